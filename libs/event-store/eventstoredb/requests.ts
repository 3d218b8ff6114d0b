import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { Position } from '@touchline/core';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { randomUUID } from 'node:crypto';
import type { EventToAppend, ExpectedRevision } from '../port.js';
import { parsePosition } from './records.js';
import { wireIdOf, withId } from './wire-id.js';

export interface StreamPageRequest {
  stream: string;
  direction: 'forwards' | 'backwards';
  /** 'edge': from the first event forwards, from the last backwards. */
  from: number | 'edge';
  count: number;
}

export interface AllPageRequest {
  direction: 'forwards' | 'backwards';
  /** Forwards inclusive, backwards exclusive: so the server has it. 'edge': the beginning or the end of the log. */
  from: Position | 'edge';
  count: number;
}

export function streamPageRequest({ stream, direction, from, count }: StreamPageRequest): streams.ReadReq {
  const source = new streams.ReadReq.Options.StreamOptions().setStreamIdentifier(identifierOf(stream));
  if (from !== 'edge') source.setRevision(from.toString());
  else if (direction === 'forwards') source.setStart(new shared.Empty());
  else source.setEnd(new shared.Empty());
  return readRequest(direction, (options) => options.setStream(source).setCount(count.toString()));
}

export function allPageRequest({ direction, from, count }: AllPageRequest): streams.ReadReq {
  const source = from === 'edge' ? allEdge(direction) : new streams.ReadReq.Options.AllOptions().setPosition(wirePosition(from));
  return readRequest(direction, (options) => options.setAll(source).setCount(count.toString()));
}

/** An endless read of $all, unfiltered (ADR 0001), of what comes after the position. */
export function subscriptionRequest(after: Position | null): streams.ReadReq {
  const source = after === null ? allEdge('forwards') : new streams.ReadReq.Options.AllOptions().setPosition(wirePosition(after));
  const endless = new streams.ReadReq.Options.SubscriptionOptions();
  return readRequest('forwards', (options) => options.setAll(source).setSubscription(endless));
}

/** The messages of one append: a header, then an event each. */
export function appendMessages(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): streams.AppendReq[] {
  const header = new streams.AppendReq.Options().setStreamIdentifier(identifierOf(stream));
  if (expected === 'no-stream') header.setNoStream(new shared.Empty());
  else header.setRevision(expected.toString());
  return [
    new streams.AppendReq().setOptions(header),
    ...events.map((event) => new streams.AppendReq().setProposedMessage(proposed(new streams.AppendReq.ProposedMessage(), event))),
  ];
}

/** One append whole, as one of many that go over one call; the server gives it up at the deadline. */
export function batchMessage(
  stream: string,
  expected: ExpectedRevision,
  events: readonly EventToAppend[],
  deadline: Date,
): streams.BatchAppendReq {
  const options = new streams.BatchAppendReq.Options()
    .setStreamIdentifier(identifierOf(stream))
    .setDeadline(timestamp.Timestamp.fromDate(deadline));
  if (expected === 'no-stream') options.setNoStream(new shared.Empty());
  else options.setStreamPosition(expected.toString());
  return new streams.BatchAppendReq()
    .setCorrelationId(new shared.UUID().setString(randomUUID()))
    .setOptions(options)
    .setProposedMessagesList(events.map((event) => proposed(new streams.BatchAppendReq.ProposedMessage(), event)))
    .setIsFinal(true);
}

type Proposed = streams.AppendReq.ProposedMessage | streams.BatchAppendReq.ProposedMessage;

function proposed<M extends Proposed>(message: M, event: EventToAppend): M {
  message.getMetadataMap().set('type', event.type).set('content-type', 'application/json');
  message.setId(new shared.UUID().setString(wireIdOf(event)));
  message.setData(bytesOf(event.data));
  message.setCustomMetadata(bytesOf(withId(event.id, event.metadata)));
  return message;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

const identifierOf = (stream: string): shared.StreamIdentifier => new shared.StreamIdentifier().setStreamName(bytesOf(stream));

function allEdge(direction: 'forwards' | 'backwards'): streams.ReadReq.Options.AllOptions {
  const source = new streams.ReadReq.Options.AllOptions();
  return direction === 'forwards' ? source.setStart(new shared.Empty()) : source.setEnd(new shared.Empty());
}

function wirePosition(position: Position): streams.ReadReq.Options.Position {
  const parts = parsePosition(position);
  if (parts === null) throw new RangeError(`"${position}" is not a position of an EventStoreDB log`);
  return new streams.ReadReq.Options.Position().setCommitPosition(parts.commit).setPreparePosition(parts.prepare);
}

function readRequest(direction: 'forwards' | 'backwards', choose: (options: streams.ReadReq.Options) => void): streams.ReadReq {
  const { FORWARDS, BACKWARDS } = streams.ReadReq.Options.ReadDirection;
  const options = new streams.ReadReq.Options()
    .setReadDirection(direction === 'forwards' ? FORWARDS : BACKWARDS)
    .setResolveLinks(false)
    .setNoFilter(new shared.Empty())
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()));
  choose(options);
  return new streams.ReadReq().setOptions(options);
}

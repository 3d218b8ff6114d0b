import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { asPosition, type Position } from '@touchline/core';
import type { StoredEvent } from '../port.js';
import { CallFailure } from './call-failure.js';
import { isForeign, LOG_STREAM, type StreamNames } from './stream-names.js';
import { withoutId } from './wire-id.js';

/** What the server sends where it does not know a position: all bits set. */
const UNKNOWN_POSITION = (1n << 64n) - 1n;

const hex16 = (part: string): string => BigInt(part).toString(16).padStart(16, '0');

/** Commit and prepare position, each 16 hex digits: fixed width, so that text order is the order of the log (ADR 0001). */
export const positionOf = (commit: string, prepare: string): Position => asPosition(`${hex16(commit)}-${hex16(prepare)}`);

/** The two numbers in decimal, as the protocol wants them; null where the text is not a position of this driver. */
export function parsePosition(position: string): { commit: string; prepare: string } | null {
  const match = /^([0-9a-f]{16})-([0-9a-f]{16})$/.exec(position);
  return match && { commit: BigInt(`0x${match[1]!}`).toString(), prepare: BigInt(`0x${match[2]!}`).toString() };
}

/** True for the server's own events, those of others on it, and for our housekeeping: dropped here, since filters on the server are not to be trusted (ADR 0036). */
export const isHousekeeping = (event: { stream: string; type: string }): boolean =>
  event.type.startsWith('$') || event.stream.startsWith('$') || event.stream === LOG_STREAM;

/** True for an event of others who share the server; what the server notes of their streams is none. */
export const isOfOthers = ({ stream, type }: { stream: string; type: string }): boolean => isForeign(stream) && !type.startsWith('$');

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');

/** The record as it was appended. Data and metadata stay the very text: nothing here parses JSON. */
export function toStoredEvent(record: streams.ReadResp.ReadEvent.RecordedEvent, names: StreamNames): StoredEvent {
  const metadata = record.getMetadataMap();
  const name = text(record.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array());
  if (BigInt(record.getCommitPosition()) === UNKNOWN_POSITION)
    throw new CallFailure('refused', `the server gives no position for events of stream ${name}; EventStoreDB 22.10 or newer is needed`);
  return {
    ...withoutId(record.getId()?.getString() ?? '', text(record.getCustomMetadata_asU8())),
    type: metadata.get('type') ?? '',
    stream: names.fromServer(name),
    revision: Number(record.getStreamRevision()),
    position: positionOf(record.getCommitPosition(), record.getPreparePosition()),
    data: text(record.getData_asU8()),
  };
}

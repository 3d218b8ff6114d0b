import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerWritableStream } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { serverError, type ServerState } from './server-state.js';
import type { LogRecord } from './transaction-log.js';

type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

/** The real server keeps this many live events for a subscription; one that reads more slowly is back in the history. */
const LIVE_BUFFER = 100;

/** Streams.Read: pages and subscriptions, of one stream and of $all. */
export async function read(state: ServerState, call: ReadCall): Promise<void> {
  const options = call.request.getOptions()!;
  state.calls[options.hasSubscription() ? 'subscribe' : 'read'] += 1;
  state.checkLeader(call.metadata);
  if (options.hasSubscription()) {
    if (!options.hasAll() || !options.hasNoFilter()) throw serverError(status.UNIMPLEMENTED, 'only unfiltered subscriptions to $all');
    await subscribe(state, call, options.getAll()!);
    return;
  }
  const count = Number(options.getCount());
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  if (options.hasAll()) await readAll(state, call, options.getAll()!, backwards, count);
  else await readStream(state, call, options.getStream()!, backwards, count);
}

async function readAll(
  state: ServerState,
  call: ReadCall,
  all: streams.ReadReq.Options.AllOptions,
  backwards: boolean,
  count: number,
): Promise<void> {
  const { log } = state;
  // Forwards begins with the event at the position, backwards with the one before it.
  let index = all.hasStart() ? 0 : all.hasEnd() ? log.length : indexAt(state, all.getPosition()!);
  for (let sent = 0; sent < count; sent++) {
    const record = backwards ? log.at(--index) : log.at(index++);
    if (record === undefined) return;
    await send(state, call, eventMessage(record));
  }
}

async function readStream(
  state: ServerState,
  call: ReadCall,
  source: streams.ReadReq.Options.StreamOptions,
  backwards: boolean,
  count: number,
): Promise<void> {
  const name = Buffer.from(source.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8');
  const records = state.log.stream(name);
  if (records === undefined) {
    const notFound = new streams.ReadResp.StreamNotFound().setStreamIdentifier(source.getStreamIdentifier());
    await send(state, call, new streams.ReadResp().setStreamNotFound(notFound));
    return;
  }
  const last = records.length - 1;
  const start = source.hasStart() ? 0 : source.hasEnd() ? last : Number(source.getRevision());
  const wanted = backwards ? records.slice(0, Math.min(start, last) + 1).reverse() : records.slice(start);
  for (const record of wanted.slice(0, count)) await send(state, call, eventMessage(record));
}

/** History, then live; the word that it has caught up comes whenever it goes live, never a word that it fell behind. */
async function subscribe(state: ServerState, call: ReadCall, all: streams.ReadReq.Options.AllOptions): Promise<void> {
  const { log, settings } = state;
  const ended = new AbortController();
  call.on('cancelled', () => ended.abort());
  const forgotten = state.forgotten;
  let index = all.hasStart() ? 0 : all.hasEnd() ? log.length : indexAt(state, all.getPosition()!) + 1;
  await send(
    state,
    call,
    new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())),
  );
  for (let live = false; !ended.signal.aborted;) {
    if (forgotten.aborted) {
      await new Promise((resolve) => call.on('cancelled', resolve));
      return;
    }
    if (log.length - index > LIVE_BUFFER) live = false;
    const record = log.at(index);
    if (record !== undefined) {
      await send(state, call, eventMessage(record));
      index++;
      continue;
    }
    if (!live && settings.caughtUpMessages) await send(state, call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    live = true;
    if (log.at(index) === undefined) await log.grown(ended.signal);
  }
}

function indexAt(state: ServerState, position: streams.ReadReq.Options.Position): number {
  const index = state.log.indexOf(BigInt(position.getCommitPosition()), BigInt(position.getPreparePosition()));
  if (index === null) throw serverError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
  return index;
}

/** Waits for the reader, as the real server does, and while the server is silent. */
async function send(state: ServerState, call: ReadCall, message: streams.ReadResp): Promise<void> {
  await state.answering();
  if (call.cancelled) throw serverError(status.CANCELLED, 'the caller is gone');
  if (!call.write(message)) await Promise.race([once(call, 'drain'), once(call, 'cancelled')]);
  if (message.hasEvent()) state.eventSent();
}

function eventMessage(record: LogRecord): streams.ReadResp {
  const event = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(new shared.UUID().setString(record.id))
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(bytesOf(record.stream)))
    .setStreamRevision(String(record.revision))
    .setCommitPosition(String(record.commit))
    .setPreparePosition(String(record.prepare))
    .setData(bytesOf(record.data))
    .setCustomMetadata(bytesOf(record.metadata));
  event.getMetadataMap().set('type', record.type).set('content-type', 'application/json').set('created', '0');
  return new streams.ReadResp().setEvent(new streams.ReadResp.ReadEvent().setEvent(event).setCommitPosition(String(record.commit)));
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'));

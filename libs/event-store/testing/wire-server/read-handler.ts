import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { status, type ServerWritableStream } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { deleted } from './delete-handler.js';
import { serverError } from './server-error.js';
import type { ServerState } from './server-state.js';
import type { LogRecord } from './transaction-log.js';

type ReadCall = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

/** The real server keeps about so many live events for a subscription. */
const LIVE_BUFFER = 500;

/** Positions so far beyond the end are asked for without an error; nearer ones name the middle of something. */
const FAR_BEYOND = 10_000n;

/** Streams.Read: pages and subscriptions, of one stream and of $all. */
export async function read(state: ServerState, call: ReadCall): Promise<void> {
  const options = call.request.getOptions()!;
  if (!options.hasSubscription()) return state.round('read', () => readPage(state, call, options));
  state.calls.subscribe += 1;
  await mayRead(state, call, options);
  if (!options.hasAll() || !options.hasNoFilter()) throw serverError(status.UNIMPLEMENTED, 'only unfiltered subscriptions to $all');
  await subscribe(state, call, options.getAll()!);
}

async function mayRead(state: ServerState, call: ReadCall, options: streams.ReadReq.Options): Promise<void> {
  await state.answering();
  state.checkRight('read', options.hasAll() ? '$all' : nameOf(options.getStream()!), call.metadata);
  state.checkLeader(call.metadata);
}

async function readPage(state: ServerState, call: ReadCall, options: streams.ReadReq.Options): Promise<void> {
  await mayRead(state, call, options);
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
  let index = all.hasStart() ? 0 : all.hasEnd() ? log.length : (indexAt(state, all.getPosition()!) ?? log.length);
  for (let sent = 0; sent < count;) {
    const record = backwards ? log.at(--index) : log.at(index++);
    if (record === undefined) return;
    if (!log.holds(record)) continue;
    await send(state, call, eventMessage(record));
    sent++;
  }
}

async function readStream(
  state: ServerState,
  call: ReadCall,
  source: streams.ReadReq.Options.StreamOptions,
  backwards: boolean,
  count: number,
): Promise<void> {
  const name = nameOf(source);
  const shown = state.log.shown(name);
  if (shown.kind === 'tombstoned') throw deleted(name);
  const records = state.log.stream(name);
  if (records === undefined || shown.kind === 'soft-deleted') {
    const notFound = new streams.ReadResp.StreamNotFound().setStreamIdentifier(source.getStreamIdentifier());
    await send(state, call, new streams.ReadResp().setStreamNotFound(notFound));
    return;
  }
  const last = records.length - 1;
  const start = source.hasStart() ? 0 : source.hasEnd() ? last : Number(source.getRevision());
  const wanted = backwards
    ? records.slice(shown.from, Math.max(shown.from, Math.min(start, last) + 1)).reverse()
    : records.slice(Math.max(start, shown.from));
  for (const record of wanted.filter((each) => state.log.holds(each)).slice(0, count)) await send(state, call, eventMessage(record));
}

/**
 * History, then live: the word that it has caught up comes once, when it goes live. Where more comes at once than fits, 23.10
 * gives the reader up, also one that keeps up; 24.6 is back in the history, and says it again.
 */
async function subscribe(state: ServerState, call: ReadCall, all: streams.ReadReq.Options.AllOptions): Promise<void> {
  const { log, settings } = state;
  const ended = new AbortController();
  call.on('cancelled', () => ended.abort());
  const forgotten = state.forgotten;
  const from: From | null = all.hasStart()
    ? { index: 0 }
    : all.hasEnd()
      ? { index: log.length }
      : subscribedAfter(state, all.getPosition()!);
  if (from === null && settings.version === '23.10') throw serverError(status.UNKNOWN, 'Exception was thrown by handler.');
  await send(
    state,
    call,
    new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID())),
  );
  if (from === null) throw serverError(status.INVALID_ARGUMENT, 'Trying to read from an invalid position.');
  let { index } = from;
  for (let live = false; !ended.signal.aborted;) {
    if (forgotten.aborted) {
      await new Promise((resolve) => call.on('cancelled', resolve));
      return;
    }
    if (live && log.length - index > LIVE_BUFFER) {
      live = false;
      if (settings.version === '23.10')
        throw serverError(
          status.ABORTED,
          'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
        );
    }
    const record = log.at(index);
    if (record !== undefined) {
      // 24.6 leaves out what comes at lower positions than the one that was asked for.
      const isLeftOut = settings.version === '24.6' && record.commit <= (from.beyond ?? -1n);
      if (!isLeftOut && log.holds(record)) await send(state, call, eventMessage(record));
      index++;
      continue;
    }
    if (!live && settings.caughtUpMessages) await send(state, call, new streams.ReadResp().setCaughtUp(new streams.ReadResp.CaughtUp()));
    live = true;
    if (log.at(index) === undefined) await log.grown(ended.signal);
  }
}

interface From {
  index: number;
  /** Where the position asked for lies far beyond the end. */
  beyond?: bigint;
}

/** The record after the position; null for one in the middle of something. Beyond the end nothing tells that none stands there. */
function subscribedAfter({ log }: ServerState, position: streams.ReadReq.Options.Position): From | null {
  const [commit, prepare] = [BigInt(position.getCommitPosition()), BigInt(position.getPreparePosition())];
  const index = log.indexOf(commit, prepare);
  if (index !== null) return { index: index + 1 };
  const last = log.at(log.length - 1)?.commit ?? 0n;
  if (commit === last + 1n) return { index: log.length };
  return commit > last + FAR_BEYOND ? { index: log.length, beyond: commit } : null;
}

/** Null for a position far beyond the end, from which there is nothing to read. */
function indexAt({ log, settings }: ServerState, position: streams.ReadReq.Options.Position): number | null {
  const commit = BigInt(position.getCommitPosition());
  const index = log.indexOf(commit, BigInt(position.getPreparePosition()));
  if (index !== null) return index;
  if (commit > (log.at(log.length - 1)?.commit ?? 0n) + FAR_BEYOND) return null;
  const result = settings.version === '23.10' ? 'Error' : 'InvalidPosition';
  throw serverError(status.UNKNOWN, `Unexpected ReadAllResult: ${result}`);
}

/** Waits for the reader, as the real server does, and while the server is silent. */
async function send(state: ServerState, call: ReadCall, message: streams.ReadResp): Promise<void> {
  await state.answering();
  if (call.cancelled) throw serverError(status.CANCELLED, 'the caller is gone');
  if (!call.write(message)) await drained(call);
  if (message.hasEvent()) state.eventSent();
}

/** Resolves when the reader can take more, or is gone. */
async function drained(call: ReadCall): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  const either = ['drain', 'cancelled'].map((event) => once(call, event, { signal }));
  await Promise.race(either).finally(() => settled.abort());
  await Promise.allSettled(either);
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

const nameOf = (source: streams.ReadReq.Options.StreamOptions): string =>
  Buffer.from(source.getStreamIdentifier()!.getStreamName_asU8()).toString('utf8');

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf8'));

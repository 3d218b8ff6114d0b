import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '@touchline/core';
import type { OrderedLog, StoredEvent, StreamAppend } from '@touchline/event-store';
import { AppendOutcomeUnknown, EventStoreUnavailable, MAX_APPEND_BYTES, WrongExpectedRevision } from '@touchline/event-store';
import type { CopyPair, Difference } from './compare-logs.js';
import { compareLogs } from './compare-logs.js';

/** What a run of a copy is at: first what an earlier one left is compared, then the rest is copied and compared. */
export type CopyPhase = 'comparing' | 'copying';

export interface CopyOptions {
  signal?: AbortSignal;
  /** Told of every event, by its position in the log that is copied. */
  onEvent?: (phase: CopyPhase, old: Position) => void;
}

export interface CopyVerdict {
  fromLog: string;
  toLog: string;
  /** Events written by this run. */
  copied: number;
  /** Events that are equal on both sides, from the beginning on. */
  equal: number;
  /** Root over their hashes, hex; what a signed head of so many events says too. */
  root: string;
  /** Position of the last of them, here and there. */
  last: { old: Position; new: Position } | null;
  /** Why it is no copy; null where it is one. */
  difference: Difference | null;
  /** The log has gone on since: somebody still writes to it. */
  behind: boolean;
  interrupted: boolean;
}

/** The copy holds what the log does not, or somebody else writes to it, or the log itself is not whole; nothing more is written. */
export class ForeignEvents extends Error {
  override readonly name = 'ForeignEvents';
}

/**
 * A number that grows with the log, for a bar of progress and nothing else: the positions of either driver begin with one,
 * of events or of bytes.
 */
export const lengthUpTo = (position: Position | null): number => Number.parseInt(position?.slice(0, 16) ?? '0', 16);

const CHUNK_EVENTS = 1_000;
const CHUNK_BYTES = 2 * 1024 * 1024;
/** A run that copied no more than this has come as near to a log in use as it gets. */
const NEAR = 1_000;
const PAUSES_MS = [100, 200, 500, 1_000, 2_000, 5_000, 5_000, 5_000];

/**
 * Copies a log into an empty one, or goes on with a copy that was cut short, in the log's total order and to the byte (ADR 0019).
 * What is there already is held against the log before a single event is written, all else after; where they differ nothing
 * more is written. How far a copy has come is read from the copy itself.
 * @throws ForeignEvents
 */
export async function copyLog(pair: CopyPair<OrderedLog>, options: CopyOptions = {}): Promise<CopyVerdict> {
  const { signal = new AbortController().signal, onEvent = () => undefined } = options;
  const compare = () => compareLogs(pair, { signal, onEvent: (old) => onEvent('comparing', old) });
  let comparison = await compare();
  let copied = 0;
  while (comparison.difference === null && !signal.aborted) {
    const before = comparison.compared.events;
    copied += await copyOn(pair, comparison.compared.last?.old ?? null, signal, (old) => onEvent('copying', old));
    comparison = await compare();
    if (comparison.compared.events - before <= NEAR) break;
  }
  const { compared, difference, root } = comparison;
  return {
    fromLog: pair.copy.from,
    toLog: pair.copy.to,
    copied,
    equal: compared.events,
    root,
    last: compared.last === null ? null : { old: compared.last.old, new: compared.last.new },
    difference,
    behind: (await pair.source.head()) !== (compared.last?.old ?? null),
    interrupted: signal.aborted,
  };
}

/** Copies what comes after a position, up to the head at the time of asking; gives how many events. */
async function copyOn(
  pair: CopyPair<OrderedLog>,
  after: Position | null,
  signal: AbortSignal,
  onEvent: (old: Position) => void,
): Promise<number> {
  let copied = 0;
  for (let [from, failures] = [after, 0]; ;) {
    try {
      for await (const chunk of written(pair, from, signal)) {
        copied += chunk.length;
        for (const { position } of chunk) onEvent(position);
        failures = 0;
      }
      return copied;
    } catch (error) {
      if (!isPassing(error)) throw error;
      const pause = PAUSES_MS[failures++];
      if (pause === undefined || signal.aborted) throw error instanceof WrongExpectedRevision ? notInOrder(error) : error;
      await delay(pause, undefined, { signal }).catch(() => undefined);
      // Whatever became of what was sent: the copy itself says how far it has come.
      const reached = await reachedBy(pair).catch((cause: unknown) => {
        if (isPassing(cause)) return undefined;
        throw cause;
      });
      if (reached !== undefined) from = reached;
    }
  }
}

/** Again and again, so it is no append of before that landed late. */
const notInOrder = ({ message }: WrongExpectedRevision): ForeignEvents =>
  new ForeignEvents(
    `an event does not follow the one before it: ${message}. Somebody else writes to the copy, or the log lacks an event (touchline log verify)`,
  );

/** A conflict too: an append of before, given up here, may have landed late. */
const isPassing = (error: unknown): boolean =>
  error instanceof EventStoreUnavailable || error instanceof AppendOutcomeUnknown || error instanceof WrongExpectedRevision;

/** The position, in the log, of the last event that the copy holds. @throws ForeignEvents */
async function reachedBy({ source, target }: CopyPair<OrderedLog>): Promise<Position | null> {
  const head = await target.head();
  if (head === null) return null;
  const last = await target.eventAt(head);
  if (last === null) throw new ForeignEvents(`the copy no longer holds an event at its own head, ${head}`);
  for await (const original of source.readStream(last.stream, { from: last.revision, limit: 1 }))
    if (original.id === last.id) return original.position;
  throw new ForeignEvents(`the copy ends in an event that the log does not hold: ${last.id}, revision ${last.revision} of ${last.stream}`);
}

/** Writes chunk by chunk, and reads the next meanwhile; gives each once it stands. One chunk at a time is under way. */
async function* written(
  { source, target }: CopyPair<OrderedLog>,
  after: Position | null,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent[]> {
  let writing: Promise<StoredEvent[]> | null = null;
  try {
    for await (const chunk of inChunks(source.readAll({ after }))) {
      if (writing !== null) yield await writing;
      if (signal.aborted) return;
      writing = target.appendInOrder(asAppends(chunk)).then(() => chunk);
      // Its failure belongs to whoever waits for it, after the next chunk was read.
      writing.catch(() => undefined);
    }
    if (writing !== null) yield await writing;
  } finally {
    // Also where the reading failed: nobody begins anew while something is still being written.
    await writing?.catch(() => undefined);
  }
}

const sizeOf = ({ data, metadata }: StoredEvent): number => Buffer.byteLength(data) + Buffer.byteLength(metadata);

async function* inChunks(events: AsyncIterable<StoredEvent>): AsyncGenerator<StoredEvent[]> {
  let [chunk, bytes]: [StoredEvent[], number] = [[], 0];
  for await (const event of events) {
    chunk.push(event);
    bytes += sizeOf(event);
    if (chunk.length < CHUNK_EVENTS && bytes < CHUNK_BYTES) continue;
    yield chunk;
    [chunk, bytes] = [[], 0];
  }
  if (chunk.length > 0) yield chunk;
}

/** Neighbours of one stream go together, as far as an append may be large. */
function asAppends(events: readonly StoredEvent[]): StreamAppend[] {
  const appends: (Omit<StreamAppend, 'events'> & { events: StoredEvent[]; bytes: number })[] = [];
  for (const event of events) {
    const [last, bytes] = [appends.at(-1), sizeOf(event)];
    if (last?.stream === event.stream && last.bytes + bytes <= MAX_APPEND_BYTES) {
      last.events.push(event);
      last.bytes += bytes;
    } else {
      const expected = event.revision === 0 ? 'no-stream' : event.revision - 1;
      appends.push({ stream: event.stream, expected, events: [event], bytes });
    }
  }
  return appends;
}

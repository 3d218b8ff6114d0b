import { status } from '@grpc/grpc-js';
import { sqlState } from '@touchline/postgres';
import { randomUUID } from 'node:crypto';
import { EventTooLarge, InvalidEventText, WrongExpectedRevision } from '../../errors.js';
import type { EventToAppend } from '../../port.js';
import { escaped } from './hidden.js';
import { serverError } from './server-error.js';
import type { ServerState } from './server-state.js';
import type { LogRecord } from './transaction-log.js';

export type WireExpectation = number | 'no-stream' | 'any' | 'stream-exists';

export type WriteResult =
  | { kind: 'written'; last: LogRecord }
  | { kind: 'conflict'; current: number | 'no-stream' }
  | { kind: 'too-large' }
  | { kind: 'deleted' }
  | { kind: 'bad-request'; message: string };

/** The parts that Append's and BatchAppend's proposed messages have in common. */
export interface ProposedMessage {
  getId(): { getString(): string } | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
}

/** Writes to the store behind the server and waits until readers of this server see it, as the real one does. */
export async function write(
  state: ServerState,
  stream: string,
  expected: WireExpectation,
  messages: readonly ProposedMessage[],
): Promise<WriteResult> {
  const missing = messages.find((message) => !message.getMetadataMap().get('type') || !message.getMetadataMap().get('content-type'));
  if (missing !== undefined) return { kind: 'bad-request', message: "Required Metadata Property 'type' or 'content-type' is missing" };
  if (messages.reduce((sum, message) => sum + sizeOnDisk(message), 0) > state.settings.maxAppendBytes) return { kind: 'too-large' };
  await state.beforeWrite();
  if (stream === '') return { kind: 'bad-request', message: 'the stream has no name' };
  if (state.log.shown(stream).kind === 'tombstoned') return { kind: 'deleted' };
  if (messages.length === 0) return appendNothing(state, stream, expected);
  try {
    return await append(state, stream, expected, messages.map(toEvent));
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return { kind: 'conflict', current: error.actual };
    if (error instanceof EventTooLarge) return { kind: 'too-large' };
    if (error instanceof InvalidEventText) return { kind: 'bad-request', message: error.message };
    throw error;
  }
}

/**
 * At an exact revision. As the real server does, it looks at ids alone: the same ones at that place are answered with what
 * stands there, whatever the bytes; one that stands elsewhere in the log is written again.
 */
async function append(state: ServerState, stream: string, expected: WireExpectation, events: EventToAppend[]): Promise<WriteResult> {
  if (typeof expected !== 'number' && expected !== 'no-stream') return appendAnywhere(state, stream, expected, events);
  if (state.log.shown(stream).kind === 'soft-deleted') return revive(state, stream, expected, events);
  try {
    const { position } = await appendNamed(state, stream, expected, events);
    return { kind: 'written', last: await state.log.recordOf(position) };
  } catch (error) {
    if (!(error instanceof WrongExpectedRevision)) throw error;
    const last = await repeatedAt(state, stream, expected, events, error.actual);
    if (last === null) throw error;
    return { kind: 'written', last };
  }
}

/** A soft-deleted stream is back at its next revision, also for whoever says that there is none, without what it held before. */
async function revive(state: ServerState, stream: string, expected: number | 'no-stream', events: EventToAppend[]): Promise<WriteResult> {
  const last = (state.log.stream(stream)?.length ?? 0) - 1;
  if (expected !== 'no-stream' && expected !== last) return { kind: 'conflict', current: last };
  const metadata = { id: randomUUID(), type: '$metadata', data: `{"$tb":${last + 1}}`, metadata: '' };
  await writeAnywhere(state, `$$${stream}`, metadata);
  const { position } = await appendNamed(state, stream, last, events);
  return { kind: 'written', last: await state.log.recordOf(position) };
}

/** Writes one event at the end of a stream, wherever that is, in the server's own name. */
export async function writeAnywhere(state: ServerState, stream: string, event: EventToAppend): Promise<LogRecord> {
  const result = await appendAnywhere(state, stream, 'any', [event]);
  if (result.kind !== 'written') throw new Error(`not written: ${result.kind}`);
  return result.last;
}

/** The store behind wants ids to be unique in all of it, which the real server does not. */
async function appendNamed(state: ServerState, stream: string, expected: number | 'no-stream', events: EventToAppend[]) {
  try {
    return await state.store.append(escaped(stream), expected, events.map(named));
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
    return await state.store.append(escaped(stream), expected, renamed(state, events).map(named));
  }
}

const named = (event: EventToAppend): EventToAppend => ({ ...event, type: escaped(event.type) });

const UNIQUE_VIOLATION = '23505';

function renamed(state: ServerState, events: EventToAppend[]): EventToAppend[] {
  return events.map((event) => {
    const id = randomUUID();
    state.log.showAs(id, event.id);
    return { ...event, id };
  });
}

/** The last of the records at that place where their ids are those of the events. */
async function repeatedAt(
  state: ServerState,
  stream: string,
  expected: number | 'no-stream',
  events: EventToAppend[],
  actual: number | 'no-stream',
): Promise<LogRecord | null> {
  const first = expected === 'no-stream' ? 0 : expected + 1;
  if (actual === 'no-stream' || actual < first + events.length - 1) return null;
  const held = (await state.log.streamUpTo(stream, actual)).slice(first, first + events.length);
  return held.every(({ id }, index) => id === events[index]!.id) ? (held.at(-1) ?? null) : null;
}

/**
 * Without an exact revision the events go to wherever the stream stands by then, a repeat a second time. Since the
 * store behind may want ids to be unique, it is given others.
 */
async function appendAnywhere(
  state: ServerState,
  stream: string,
  expected: 'any' | 'stream-exists',
  events: EventToAppend[],
): Promise<WriteResult> {
  const others = renamed(state, events);
  for (;;) {
    const current = await revisionOf(state, stream);
    if (expected === 'stream-exists' && current === 'no-stream') return { kind: 'conflict', current };
    try {
      const { position } = await state.store.append(escaped(stream), current, others.map(named));
      return { kind: 'written', last: await state.log.recordOf(position) };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}

/** Of an append without events the server says whether it could be made. */
async function appendNothing(state: ServerState, stream: string, expected: WireExpectation): Promise<WriteResult> {
  const current = await revisionOf(state, stream);
  const fits = expected === 'any' || (expected === 'stream-exists' ? current !== 'no-stream' : current === expected);
  const last = typeof current === 'number' ? (await state.log.streamUpTo(stream, current)).at(-1) : undefined;
  return fits && last !== undefined ? { kind: 'written', last } : { kind: 'conflict', current };
}

async function revisionOf(state: ServerState, stream: string): Promise<number | 'no-stream'> {
  for await (const event of state.store.readStream(escaped(stream), { direction: 'backwards', limit: 1 })) return event.revision;
  return 'no-stream';
}

/** No single message of a call may be larger, bytes; what was seen. */
const MAX_MESSAGE_BYTES = 16_500_000;

/** @throws the server's answer where a message is larger than it takes at all */
export function checkMessageSize(message: ProposedMessage): void {
  if (sizeOnDisk(message) > MAX_MESSAGE_BYTES)
    throw serverError(status.RESOURCE_EXHAUSTED, 'Received message exceeds the maximum configured message size.');
}

const sizeOnDisk = (message: ProposedMessage): number =>
  message.getData_asU8().byteLength + message.getCustomMetadata_asU8().byteLength + 2 * (message.getMetadataMap().get('type')?.length ?? 0);

const toEvent = (message: ProposedMessage): EventToAppend => ({
  id: message.getId()!.getString(),
  type: message.getMetadataMap().get('type')!,
  data: Buffer.from(message.getData_asU8()).toString('utf8'),
  metadata: Buffer.from(message.getCustomMetadata_asU8()).toString('utf8'),
});

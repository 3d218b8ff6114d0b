import { randomUUID } from 'node:crypto';
import { EventTooLarge, InvalidEventText, WrongExpectedRevision } from '../../errors.js';
import type { EventToAppend } from '../../port.js';
import type { ServerState } from './server-state.js';
import type { LogRecord } from './transaction-log.js';

export type WireExpectation = number | 'no-stream' | 'any' | 'stream-exists';

export type WriteResult =
  | { kind: 'written'; last: LogRecord }
  | { kind: 'conflict'; current: number | 'no-stream' }
  | { kind: 'too-large' }
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
  try {
    return await append(state, stream, expected, messages.map(toEvent));
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return { kind: 'conflict', current: error.actual };
    if (error instanceof EventTooLarge) return { kind: 'too-large' };
    if (error instanceof InvalidEventText) return { kind: 'bad-request', message: error.message };
    throw error;
  }
}

async function append(state: ServerState, stream: string, expected: WireExpectation, events: EventToAppend[]): Promise<WriteResult> {
  if (typeof expected !== 'number' && expected !== 'no-stream') return appendAnywhere(state, stream, expected, events);
  const { position } = await state.store.append(stream, expected, events);
  return { kind: 'written', last: await state.log.recordOf(position) };
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
  const renamed = events.map((event) => ({ ...event, id: randomUUID() }));
  for (const [index, { id }] of renamed.entries()) state.log.showAs(id, events[index]!.id);
  for (;;) {
    const current = await revisionOf(state, stream);
    if (expected === 'stream-exists' && current === 'no-stream') return { kind: 'conflict', current };
    try {
      const { position } = await state.store.append(stream, current, renamed);
      return { kind: 'written', last: await state.log.recordOf(position) };
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    }
  }
}

async function revisionOf(state: ServerState, stream: string): Promise<number | 'no-stream'> {
  for await (const event of state.store.readStream(stream, { direction: 'backwards', limit: 1 })) return event.revision;
  return 'no-stream';
}

const sizeOnDisk = (message: ProposedMessage): number =>
  message.getData_asU8().byteLength + message.getCustomMetadata_asU8().byteLength + 2 * (message.getMetadataMap().get('type')?.length ?? 0);

const toEvent = (message: ProposedMessage): EventToAppend => ({
  id: message.getId()!.getString(),
  type: message.getMetadataMap().get('type')!,
  data: Buffer.from(message.getData_asU8()).toString('utf8'),
  metadata: Buffer.from(message.getCustomMetadata_asU8()).toString('utf8'),
});

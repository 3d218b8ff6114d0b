import { hasReached } from '@touchline/core';
import { setTimeout as delay } from 'node:timers/promises';
import { checkAppend } from '../check-append.js';
import { AppendOutcomeUnknown, EventStoreUnavailable, EventTooLarge, WrongExpectedRevision } from '../errors.js';
import {
  MAX_APPEND_BYTES,
  type AppendResult,
  type EventToAppend,
  type ExpectedRevision,
  type StoredEvent,
  type StreamAppend,
} from '../port.js';
import { CallFailure } from './call-failure.js';
import type { LogReader } from './log-reader.js';
import type { AppendAnswer, StreamsApi } from './streams-api.js';

/** Reads after a conflict may lag behind the writer's own view; how often and how long to look again, ms. */
const LAG_DELAYS_MS = [0, 10, 20, 50, 100, 200];

/** Appends at an exact revision, idempotent by stream, revision and ids (D2). */
export class Appender {
  private readonly running = new Map<string, Promise<AppendResult>>();

  constructor(
    private readonly api: StreamsApi,
    private readonly reader: LogReader,
  ) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    checkAppend(stream, expected, events);
    // The server would answer both of two equal appends alike; here the second is known to be the repeat.
    const key = JSON.stringify([stream, expected, ...events.map((event) => event.id)]);
    const running = this.running.get(key);
    if (running !== undefined) return { ...(await running), repeated: true };
    const append = this.write(stream, expected, events).finally(() => this.running.delete(key));
    this.running.set(key, append);
    return append;
  }

  /** Each only when the one before is known to stand: what is under way together may land in any order. */
  async appendInOrder(appends: readonly StreamAppend[]): Promise<void> {
    for (const { stream, expected, events } of appends) {
      checkAppend(stream, expected, events);
      const answer = await this.send(stream, expected, events);
      if (answer.conflict) await this.repeatOrConflict(stream, expected, events, answer.current);
    }
  }

  private async write(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    // The server answers a repeat like a write. What lies not beyond the head of before was there already.
    const before = await this.reader.newest();
    const answer = await this.send(stream, expected, events);
    if (answer.conflict) return this.repeatOrConflict(stream, expected, events, answer.current);
    const position = answer.position ?? (await this.reader.eventOf(stream, answer.revision))?.position;
    if (position === undefined) throw new AppendOutcomeUnknown(`the server confirmed an append to ${stream} whose events cannot be read`);
    return { revision: answer.revision, position, repeated: answer.position === null || hasReached(before, position) };
  }

  private async send(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendAnswer> {
    try {
      return await this.api.append(stream, expected, events);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      switch (error.reason) {
        case 'not-sent':
        case 'not-leader':
          throw new EventStoreUnavailable(error.message, { cause: error });
        case 'interrupted':
          throw new AppendOutcomeUnknown(error.message, { cause: error });
        case 'too-large':
          throw new EventTooLarge(bytesOf(events), MAX_APPEND_BYTES);
        default:
          throw error;
      }
    }
  }

  /** @throws WrongExpectedRevision with where the stream really stands, unless it holds these very events at that place */
  private async repeatOrConflict(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
    reported: ExpectedRevision,
  ): Promise<AppendResult> {
    const first = expected === 'no-stream' ? 0 : expected + 1;
    let actual: ExpectedRevision = 'no-stream';
    for (const pause of LAG_DELAYS_MS) {
      await delay(pause);
      const [last] = await collect(this.reader.readStream(stream, { direction: 'backwards', limit: 1 }));
      actual = last?.revision ?? 'no-stream';
      if (placeOf(actual) >= placeOf(reported)) break;
    }
    if (placeOf(actual) >= first + events.length - 1) {
      const held = await collect(this.reader.readStream(stream, { from: first, limit: events.length }));
      const last = held.at(-1);
      if (last !== undefined && held.every((event, i) => event.id === events[i]!.id))
        return { revision: last.revision, position: last.position, repeated: true };
    }
    throw new WrongExpectedRevision(stream, expected, placeOf(actual) >= placeOf(reported) ? actual : reported);
  }
}

const placeOf = (revision: ExpectedRevision): number => (revision === 'no-stream' ? -1 : revision);

async function collect(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const collected: StoredEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const bytesOf = (events: readonly EventToAppend[]): number =>
  events.reduce((sum, event) => sum + Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata), 0);

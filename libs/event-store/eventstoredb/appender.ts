import { setTimeout as delay } from 'node:timers/promises';
import { checkAppend } from '../check-append.js';
import { AppendOutcomeUnknown, EventStoreUnavailable, EventTooLarge, StreamDamaged, WrongExpectedRevision } from '../errors.js';
import {
  MAX_APPEND_BYTES,
  type AppendResult,
  type EventToAppend,
  type ExpectedRevision,
  type StoredEvent,
  type StreamAppend,
} from '../port.js';
import { CallFailure, denied } from './call-failure.js';
import type { LogReader } from './log-reader.js';
import type { AppendAnswer, StreamsApi } from './streams-api.js';

/** Reads after a conflict may lag behind the writer's own view; how often and how long to look again, ms. */
const LAG_DELAYS_MS = [0, 10, 20, 50, 100, 200];

/** How long an append among others waits for its answer, ms, before it is made by itself. */
const PATIENCE_MS = 2_000;

/**
 * Appends at an exact revision in one call. The ids that the server sees are made of the bytes, so that its answer holds for
 * these very bytes, whoever wrote them, and any other attempt at that revision is a conflict (ADR 0029).
 */
export class Appender {
  constructor(
    private readonly api: StreamsApi,
    private readonly reader: LogReader,
  ) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    checkAppend(stream, expected, events);
    const answer = await this.send(stream, expected, events);
    if (answer.conflict) return this.heldOrConflict(stream, expected, events, answer.current);
    const { revision } = answer;
    checkPlace({ stream, expected, events }, revision);
    const position = answer.position ?? (await this.reader.eventOf(stream, revision))?.position;
    if (position === undefined) throw new AppendOutcomeUnknown(`the server confirmed an append to ${stream} whose events cannot be read`);
    return { revision, position };
  }

  /**
   * Each only when the one before is known to stand: what is under way together may land in any order. They go over one call;
   * one that is not simply told to stand there is made by itself, which tells why, and the others after it over the next.
   */
  async appendInOrder(appends: readonly StreamAppend[]): Promise<void> {
    for (const { stream, expected, events } of appends) checkAppend(stream, expected, events);
    for (let [done, together] = [0, true]; done < appends.length; done += 1) {
      const before = done;
      if (together) done += await this.appendTogether(appends.slice(done));
      // A server that takes none so is not asked again.
      together &&= done > before;
      const next = appends[done];
      if (next !== undefined) await this.append(next.stream, next.expected, next.events);
    }
  }

  /** How many of them stand, the first so many. */
  private async appendTogether(appends: readonly StreamAppend[]): Promise<number> {
    let standing = 0;
    try {
      await this.api.appendOneByOne(appends, PATIENCE_MS, (append, revision) => {
        checkPlace(append, revision);
        standing += 1;
      });
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (error.cause instanceof StreamDamaged) throw error.cause;
    }
    return standing;
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
        case 'denied':
          throw denied(error);
        case 'deleted':
          throw new StreamDamaged(stream, 'it was deleted for good');
        case 'too-large':
          throw new EventTooLarge(bytesOf(events), MAX_APPEND_BYTES);
        default:
          throw error;
      }
    }
  }

  /**
   * What was recorded before the ids were made of the bytes has other ids; sent again it is answered as a conflict.
   * @throws WrongExpectedRevision with where the stream really stands, unless it holds these very bytes at that place
   */
  private async heldOrConflict(
    stream: string,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
    current: ExpectedRevision,
  ): Promise<AppendResult> {
    const first = expected === 'no-stream' ? 0 : expected + 1;
    if (placeOf(current) >= first + events.length - 1)
      for (const pause of LAG_DELAYS_MS) {
        await delay(pause);
        const held = await collect(this.reader.readStream(stream, { from: first, limit: events.length }));
        if (held.length < events.length) continue;
        const last = held.at(-1);
        if (last !== undefined && held.every((event, index) => isSame(event, events[index])))
          return { revision: last.revision, position: last.position };
        break;
      }
    throw new WrongExpectedRevision(stream, expected, current);
  }
}

/** @throws StreamDamaged where an append was written elsewhere: so it is where a stream was deleted, which is back without its events */
function checkPlace({ stream, expected, events }: StreamAppend, revision: number): void {
  const next = expected === 'no-stream' ? 0 : expected + 1;
  if (revision === next + events.length - 1) return;
  const written = revision - events.length + 1;
  throw new StreamDamaged(stream, `an append at revision ${next} was written at ${written}: it was deleted before`);
}

const placeOf = (revision: ExpectedRevision): number => (revision === 'no-stream' ? -1 : revision);

const isSame = (a: EventToAppend, b: EventToAppend | undefined): boolean =>
  a.id === b?.id && a.type === b.type && a.data === b.data && a.metadata === b.metadata;

async function collect(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const collected: StoredEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const bytesOf = (events: readonly EventToAppend[]): number =>
  events.reduce((sum, event) => sum + Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata), 0);

import { isConnectionLoss, sqlState } from '@touchline/postgres';
import type { Pool, PoolClient } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppendResult, EventToAppend, ExpectedRevision, StreamAppend } from '../port.js';
import { callAppend } from './append-call.js';
import { checkAppend } from '../check-append.js';
import { AppendOutcomeUnknown, EventStoreUnavailable, WrongExpectedRevision } from '../errors.js';

const MAX_GROUP_BYTES = 4 * 1024 * 1024;
const MAX_GROUP_APPENDS = 512;
const RETRY_PAUSE_MS = 50;
/** Cancelled by the statement timeout, serialization failure, deadlock, lock not available. */
const PASSING_SQL_STATES = new Set(['57014', '40001', '40P01', '55P03']);

interface Waiting extends StreamAppend {
  bytes: number;
  /** Instant by performance.now(). */
  deadline: number;
  /** True while a call that carried it may have been committed without our knowing. */
  open: boolean;
  settled: boolean;
  succeed(result: AppendResult): void;
  fail(error: Error): void;
}

/**
 * Groups the appends of this process: those that come while a call is under way go together in the next one, so that
 * lock and commit are paid for once per group (ADR 0002). A call whose connection breaks is sent again until the deadline:
 * the same append is safe to repeat, so most breaks stay unnoticed and only an unanswered one ends as "unknown".
 */
export class Appender {
  private readonly queue: Waiting[] = [];
  private running: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly pool: Pool,
    private readonly deadlineMs: number,
    private readonly maxAppendBytes?: number,
  ) {}

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      const bytes = checkAppend(stream, expected, events, this.maxAppendBytes);
      if (this.closed) throw new EventStoreUnavailable('the event store is closed');
      const waiting: Waiting = {
        stream,
        expected,
        events: [...events],
        bytes,
        deadline: performance.now() + this.deadlineMs,
        open: false,
        settled: false,
        succeed: (result) => settle(() => resolve(result)),
        fail: (error) => settle(() => reject(error)),
      };
      const timer = setTimeout(() => waiting.fail(this.late(waiting)), this.deadlineMs);
      const settle = (how: () => void): void => {
        clearTimeout(timer);
        waiting.settled = true;
        how();
      };
      this.queue.push(waiting);
      this.running ??= this.run();
    });
  }

  /** Waits for what is under way; later appends are refused. */
  async close(): Promise<void> {
    this.closed = true;
    await this.running;
  }

  private late({ stream, open }: Waiting): Error {
    return open
      ? new AppendOutcomeUnknown(`the append to ${stream} was not answered within ${this.deadlineMs} ms`)
      : new EventStoreUnavailable(`the append to ${stream} could not be sent within ${this.deadlineMs} ms; nothing was written`);
  }

  private async run(): Promise<void> {
    // A turn later, so that appends made together go together from the first call on.
    await Promise.resolve();
    while (this.queue.length > 0) await this.write(this.nextGroup());
    this.running = null;
  }

  private nextGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const waiting of this.queue) {
      bytes += waiting.bytes;
      if (count > 0 && (count === MAX_GROUP_APPENDS || bytes > MAX_GROUP_BYTES)) break;
      count += 1;
    }
    return this.queue.splice(0, count);
  }

  /** Sends a group until every append in it has its answer or its deadline has passed. */
  private async write(appends: readonly Waiting[]): Promise<void> {
    for (;;) {
      const group = appends.filter(({ settled }) => !settled);
      if (group.length === 0) return;
      const error = await this.send(group);
      if (error === null) return;
      if (isDataError(error)) {
        // On its own everyone but the culprit goes through.
        if (group.length === 1) this.refuse(group, error);
        else for (const single of group) await this.write([single]);
        return;
      }
      if (!isPassing(error)) this.refuse(group, error);
      else await delay(RETRY_PAUSE_MS);
    }
  }

  /** One call. @returns null when everybody has an answer, else what went wrong */
  private async send(group: readonly Waiting[]): Promise<unknown> {
    let client: PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      return error;
    }
    const wasOpen = group.map(({ open }) => open);
    for (const waiting of group) waiting.open = true;
    try {
      const patience = Math.max(1, Math.max(...group.map(({ deadline }) => deadline)) - performance.now());
      const answers = await callAppend(client, group, Math.ceil(patience));
      client.release();
      for (const [index, answer] of answers.entries()) {
        if (answer instanceof WrongExpectedRevision) group[index]!.fail(answer);
        else group[index]!.succeed(answer);
      }
      return null;
    } catch (error) {
      const refused = sqlState(error) !== undefined && !isConnectionLoss(error);
      // The server's refusal undid the whole call; a broken connection says nothing about it.
      if (refused) group.forEach((waiting, index) => (waiting.open = wasOpen[index] ?? false));
      client.release(!refused);
      return error;
    }
  }

  private refuse(group: readonly Waiting[], cause: unknown): void {
    const error = cause instanceof Error ? cause : new Error(String(cause), { cause });
    for (const waiting of group) waiting.fail(error);
  }
}

/** The call can be sent again as it is: another connection, or a server less busy, may take it. */
const isPassing = (error: unknown): boolean => isConnectionLoss(error) || PASSING_SQL_STATES.has(sqlState(error) ?? '');

/** One of the appends holds something the database refuses. */
const isDataError = (error: unknown): boolean => /^2[23]/.test(sqlState(error) ?? '');

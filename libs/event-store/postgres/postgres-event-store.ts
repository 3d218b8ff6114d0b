import type { Position } from '@touchline/core';
import { createPool, Notifications, runSqlMigrations, sqlState } from '@touchline/postgres';
import type { Pool } from 'pg';
import type {
  AppendResult,
  EventToAppend,
  ExpectedRevision,
  OrderedLog,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamAppend,
  SubscribeOptions,
  SubscriptionBatch,
} from '../port.js';
import { PositionUnknown } from '../errors.js';
import { appendInOrder } from './append-in-order.js';
import { Appender } from './appender.js';
import { LogReader } from './log-reader.js';
import { EVENT_LOG_CHANNEL, eventLogMigrations } from './migrations.js';
import { rowAfter, rowOf, toPosition } from './positions.js';
import { SharedPages } from './shared-pages.js';
import { subscribeToAll } from './subscribe-to-all.js';
import { Wakeups } from './wakeups.js';

export interface PostgresEventStoreOptions {
  url: string;
  /** For every call, waiting for a connection included, ms; default 10,000. */
  deadlineMs?: number;
  /** How often subscriptions look by themselves, should a notification be lost, ms; default 1,000. */
  pollMs?: number;
  /** Connections for reading; one more writes and one listens. Default 4. */
  maxReaders?: number;
  /** False where the tables are made by somebody with more rights (`eventLogMigrations`). Default true. */
  migrate?: boolean;
  /** Where it holds the records of a server that takes more than we do; default MAX_APPEND_BYTES. */
  maxAppendBytes?: number;
  onConnectionError?: (error: Error) => void;
}

const DEFAULT_DEADLINE_MS = 10_000;
const PAGE_SIZE = 500;
/** Above every revision a stream can have. */
const LAST_REVISION = 2 ** 31 - 1;

/** The event log on Postgres (ADR 0002): one writer at a time, in groups; dense positions in the order of the commits. */
export class PostgresEventStore implements OrderedLog {
  private readonly appender: Appender;
  private readonly reader: LogReader;
  private readonly pages: SharedPages;
  private readonly wakeups: Wakeups;
  private readonly closing = new AbortController();
  private readonly deadlineMs: number;
  private notifications: Notifications | null = null;
  private readonly onListeningFault: (error: unknown) => void;

  private constructor(
    private readonly pools: { writer: Pool; readers: Pool },
    options: PostgresEventStoreOptions,
  ) {
    this.deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    this.onListeningFault = (error) => options.onConnectionError?.(error as Error);
    this.appender = new Appender(pools.writer, this.deadlineMs, options.maxAppendBytes);
    this.reader = new LogReader(pools.readers, this.deadlineMs);
    this.pages = new SharedPages(this.reader);
    this.wakeups = new Wakeups(options.pollMs ?? 1_000);
  }

  /** Connects, brings the log's tables up to date. @throws EventStoreUnavailable */
  static async open(options: PostgresEventStoreOptions): Promise<PostgresEventStore> {
    const { url, deadlineMs = DEFAULT_DEADLINE_MS, onConnectionError } = options;
    const connecting = {
      url,
      statementTimeoutMs: deadlineMs,
      connectTimeoutMs: deadlineMs,
      ...(onConnectionError === undefined ? {} : { onConnectionError }),
    };
    const pools = {
      writer: createPool({ ...connecting, applicationName: 'touchline-log-writer', max: 1 }),
      readers: createPool({
        ...connecting,
        applicationName: 'touchline-log-reader',
        max: (options.maxReaders ?? 4) + 1,
        // A plan made while the table was small would read all of it once it is large.
        settings: { enable_seqscan: 'off' },
      }),
    };
    const store = new PostgresEventStore(pools, options);
    try {
      await store.reader.reach();
      if (options.migrate ?? true) await migrate(url);
      await store.logId();
      return store;
    } catch (error) {
      await store.close();
      if (sqlState(error) === '42P01' || sqlState(error) === '3F000')
        throw new Error('the event log has no tables in this database; run its migrations', { cause: error });
      throw error;
    }
  }

  logId(): Promise<string> {
    return this.reader.logId();
  }

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    return this.appender.append(stream, expected, events);
  }

  appendInOrder(appends: readonly StreamAppend[]): Promise<void> {
    return appendInOrder(this.pools.writer, appends, this.deadlineMs);
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<StoredEvent> {
    const { direction = 'forwards', limit = Infinity } = options;
    const step = direction === 'forwards' ? 1 : -1;
    let from = options.from ?? (direction === 'forwards' ? 0 : LAST_REVISION);
    let isShort = limit === Infinity && direction === 'forwards';
    for (let left = limit; left > 0;) {
      const { events, atEnd } = isShort
        ? await this.reader.shortPage(stream, from)
        : await this.reader.streamPage(stream, direction, from, Math.min(left, PAGE_SIZE));
      isShort = false;
      yield* events;
      const last = events[events.length - 1];
      if (last === undefined || atEnd) return;
      left -= events.length;
      from = last.revision + step;
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncGenerator<StoredEvent> {
    let after = rowAfter(options.after);
    const head = await this.reader.headRow();
    if (after > head) throw new PositionUnknown(toPosition(after));
    for (let left = options.limit ?? Infinity; left > 0 && after < head;) {
      const { events, before } = await this.reader.allPage(after, head, Math.min(left, PAGE_SIZE));
      if (after > 0 && before === null) throw new PositionUnknown(toPosition(after));
      yield* events;
      const last = events[events.length - 1];
      if (last === undefined) return;
      left -= events.length;
      after = rowAfter(last.position);
    }
  }

  async head(): Promise<Position | null> {
    const row = await this.reader.headRow();
    return row === 0 ? null : toPosition(row);
  }

  async eventAt(position: Position): Promise<StoredEvent | null> {
    const row = rowOf(position);
    return row === null ? null : this.reader.eventAt(row);
  }

  subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    if (this.notifications === null && !this.closing.signal.aborted) {
      this.notifications = new Notifications(this.pools.readers, [EVENT_LOG_CHANNEL], this.onListeningFault);
      this.notifications.on(EVENT_LOG_CHANNEL, () => this.wakeups.wake());
    }
    return subscribeToAll(this.pages, this.wakeups, { ...options, signal: AbortSignal.any([options.signal, this.closing.signal]) });
  }

  /** Waits for appends under way; ends subscriptions. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    this.reader.close();
    await this.appender.close();
    await this.notifications?.close();
    await Promise.all([this.pools.writer.end(), this.pools.readers.end()]);
  }
}

/** On a connection without a time limit: others that start may be at work, and a step may take its time. */
async function migrate(url: string): Promise<void> {
  const pool = createPool({ url, applicationName: 'touchline-log-migrations', max: 1 });
  try {
    await runSqlMigrations(pool, eventLogMigrations);
  } finally {
    await pool.end();
  }
}

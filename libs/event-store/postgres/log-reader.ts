import { BatchLoader, isConnectionLoss, sqlState, type TimedQuery } from '@touchline/postgres';
import type { Pool, QueryResultRow } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreUnavailable } from '../errors.js';
import type { StoredEvent } from '../port.js';
import { toPosition } from './positions.js';

/** A page ends with the event that takes it past this, so that large events do not fill the memory. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;
/** Events that are read of a stream before it is known to be a long one. */
const SHORT_LENGTH = 100;
const RETRY_PAUSE_MS = 50;
const QUERY_CANCELED = '57014';

interface EventRow extends QueryResultRow {
  position: string;
  stream: string;
  revision: number;
  id: string;
  type: string;
  data: string;
  metadata: string;
}

interface Empty extends QueryResultRow {
  position: null;
}

/** Some events of a stream, and whether they surely reach its end. */
export interface StreamPage {
  events: StoredEvent[];
  atEnd: boolean;
}

export interface Page {
  events: StoredEvent[];
  /** True where the log held nothing further when the page was read. */
  atHead: boolean;
  /** Id of the event the page comes after; null where there is none. */
  before: string | null;
}

const COLUMNS = 'position, stream, revision, id, type, data, metadata';

/** At most $1 events in this order, ended by size; sizes are known without fetching the texts. */
const pageOf = (where: string, order: string): string => `
  select ${COLUMNS}
  from (
    select e.*, sum(e.bytes) over (order by ${order}) - e.bytes as bytes_before
    from (
      select ${COLUMNS}, octet_length(data) + octet_length(metadata) as bytes
      from event_log.events where ${where} order by ${order} limit $1
    ) e
  ) page
  where bytes_before < ${MAX_PAGE_BYTES} order by ${order}`;

/** At most $1 events of each of these streams from its revision on, ended by size all together; `place` counts them from 1. */
const SHORT = `
  select place, ${COLUMNS}
  from (
    select e.*, sum(e.bytes) over (order by place, revision) - e.bytes as bytes_before
    from (
      select asked.place, first.* from unnest($2::text[], $3::integer[]) with ordinality as asked(name, first, place)
      cross join lateral (
        select ${COLUMNS}, octet_length(data) + octet_length(metadata) as bytes
        from event_log.events where stream = asked.name and revision >= asked.first order by revision limit $1
      ) first
    ) e
  ) page
  where bytes_before < ${MAX_PAGE_BYTES} order by place, revision`;

/** With what the log looked like when the page was read; one row, all else null, where the page is empty. */
const inLog = (page: string): string => `
  select page.*, (select max(position) from event_log.events) as head, (select id from event_log.events where position = $2) as before
  from (values (true)) always left join (${page}) page on true order by page.position`;

const QUERIES = {
  forwards: { name: 'event_log_forwards', text: pageOf('stream = $2 and revision >= $3', 'revision') },
  short: { name: 'event_log_short', text: SHORT },
  backwards: { name: 'event_log_backwards', text: pageOf('stream = $2 and revision <= $3', 'revision desc') },
  all: { name: 'event_log_all', text: inLog(pageOf('position > $2 and position <= $3', 'position')) },
  at: { name: 'event_log_at', text: `select ${COLUMNS} from event_log.events where position = $1` },
  head: { name: 'event_log_head', text: 'select max(position) as position from event_log.events' },
  logId: { name: 'event_log_id', text: 'select id from event_log.log' },
};

interface ShortRead {
  stream: string;
  from: number;
  /** Instant by performance.now(). */
  deadline: number;
}

/** Every read, with the deadline of the port: tried again until then when the connection breaks. */
export class LogReader {
  private closed = false;
  /** Commands of many callers load their streams at once, each of them short: one query reads many for the cost of few. */
  private readonly short = new BatchLoader((asked: readonly ShortRead[]) => this.readShort(asked), { maxConcurrent: 2, maxBatchSize: 64 });

  constructor(
    private readonly pool: Pool,
    private readonly deadlineMs: number,
  ) {}

  /** Later reads fail; those under way may end. */
  close(): void {
    this.closed = true;
  }

  /** Waits for the server. @throws EventStoreUnavailable */
  async reach(): Promise<void> {
    await this.query({ name: 'event_log_reach', text: 'select 1' }, []);
  }

  /** Events from a revision on, itself included, in the given direction. */
  async streamPage(stream: string, direction: 'forwards' | 'backwards', from: number, limit: number): Promise<StreamPage> {
    const events = (await this.query<EventRow>(QUERIES[direction], [limit, stream, from])).map(toEvent);
    return { events, atEnd: events.length < limit && isWhole(events) };
  }

  /** Events from a revision on of a stream that is probably short: together with what others ask for meanwhile. */
  shortPage(stream: string, from: number): Promise<StreamPage> {
    // A name that the database refuses fails its own reader, and nobody else.
    if (stream.includes('\0')) return this.streamPage(stream, 'forwards', from, SHORT_LENGTH);
    return this.short.load({ stream, from, deadline: performance.now() + this.deadlineMs });
  }

  /** Events after one row and up to another. */
  async allPage(after: number, upTo: number, limit: number): Promise<Page> {
    const rows = await this.query<(EventRow | Empty) & { head: string | null; before: string | null }>(QUERIES.all, [limit, after, upTo]);
    const last = rows[rows.length - 1];
    const events = rows.flatMap((row) => (row.position === null ? [] : [toEvent(row)]));
    return { events, atHead: events.length === 0 || last?.position === last?.head, before: last?.before ?? null };
  }

  async eventAt(row: number): Promise<StoredEvent | null> {
    const [found] = await this.query<EventRow>(QUERIES.at, [row]);
    return found === undefined ? null : toEvent(found);
  }

  /** Row number of the newest event; 0 on an empty log. */
  async headRow(): Promise<number> {
    const [row] = await this.query<{ position: string | null }>(QUERIES.head, []);
    return Number(row?.position ?? 0);
  }

  async logId(): Promise<string> {
    const [row] = await this.query<{ id: string }>(QUERIES.logId, []);
    if (row === undefined) throw new Error('the log has lost its id: event_log.log is empty');
    return row.id;
  }

  /** Fails all who ask as soon as the first of them has waited long enough: the server was silent all the while. */
  private async readShort(asked: readonly ShortRead[]): Promise<StreamPage[]> {
    const values = [SHORT_LENGTH, asked.map(({ stream }) => stream), asked.map(({ from }) => from)];
    const deadline = Math.min(...asked.map((each) => each.deadline));
    const rows = await this.query<EventRow & { place: string }>(QUERIES.short, values, deadline);
    const pages = asked.map((): StreamPage => ({ events: [], atEnd: true }));
    // Some may have been cut off by size, nobody knows of which stream: each by itself then.
    if (!isWhole(rows))
      for (const [place, { stream, from }] of asked.entries()) pages[place] = await this.streamPage(stream, 'forwards', from, SHORT_LENGTH);
    else for (const row of rows) pages[Number(row.place) - 1]?.events.push(toEvent(row));
    for (const page of pages) page.atEnd &&= page.events.length < SHORT_LENGTH;
    return pages;
  }

  /** @throws EventStoreUnavailable when the deadline passes without an answer */
  private async query<Row extends QueryResultRow>(
    query: { name: string; text: string },
    values: unknown[],
    deadline = performance.now() + this.deadlineMs,
  ): Promise<Row[]> {
    for (;;) {
      if (this.closed) throw new EventStoreUnavailable('the event store is closed');
      const left = Math.ceil(deadline - performance.now());
      try {
        const timed: TimedQuery = { ...query, values, query_timeout: Math.max(1, left) };
        return (await this.pool.query<Row>(timed)).rows;
      } catch (cause) {
        if (!isConnectionLoss(cause) && sqlState(cause) !== QUERY_CANCELED) throw cause;
        if (performance.now() + RETRY_PAUSE_MS >= deadline) {
          throw new EventStoreUnavailable(`the event log did not answer within ${this.deadlineMs} ms`, { cause });
        }
        await delay(RETRY_PAUSE_MS);
      }
    }
  }
}

/** UTF-8 takes at most three bytes for each unit of UTF-16: so far below the bound nothing was cut off by size. */
const isWhole = (events: readonly Pick<EventRow, 'data' | 'metadata'>[]): boolean =>
  3 * events.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0) < MAX_PAGE_BYTES;

const toEvent = ({ position, stream, revision, id, type, data, metadata }: EventRow): StoredEvent => ({
  id,
  type,
  data,
  metadata,
  stream,
  revision,
  position: toPosition(position),
});

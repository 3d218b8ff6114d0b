import type { ClientBase, Pool } from 'pg';
import type { Position } from '@touchline/core';
import { parseStreamName } from '@touchline/core';
import { sqlState } from '@touchline/postgres';
import { CONTROL_CHANNEL } from './checkpoints.js';
import type { FailedEvent } from './failures.js';
import { EventFailure, describeFault } from './failures.js';

/**
 * A stream that one reader cannot work in: its rows stand as before the event that failed, and all that comes after waits,
 * in order, while everything else goes on. Instants are ISO 8601 UTC.
 */
export interface SetAside {
  stream: string;
  /** All of the stream that lies up to there in the log is in its rows; null where nothing is. */
  after: Position | null;
  event: FailedEvent;
  error: string;
  stack: string;
  attempts: number;
  /** Events of the stream that wait since then, the one at which it was set aside among them. */
  waiting: number;
  since: string;
  failedAt: string;
  /** When it is tried again by itself. */
  retryAt: string;
}

/** What events lead to for streams that are, or were, set aside. */
export interface AsideChanges {
  failed: Map<string, SetAside>;
  settled: Set<string>;
  /** How many more events of a stream wait. */
  passed: Map<string, number>;
}

export const noAsideChanges = (): AsideChanges => ({ failed: new Map(), settled: new Set(), passed: new Map() });

export const changesAside = ({ failed, settled, passed }: AsideChanges): boolean => failed.size + settled.size + passed.size > 0;

/** Of data that a column, a constraint or an index does not take; any other refusal of the database is no event's fault. */
const DATA_REFUSED = new Set(['22', '23', '54']);

/** True where an event is to blame: its fold, its bytes, or the row it leads to. The same again gives the same. */
export const isPoison = (error: unknown): boolean => error instanceof EventFailure || DATA_REFUSED.has(sqlState(error)?.slice(0, 2) ?? '');

const MINUTE = 60_000;

/** A stream is tried again after each of these delays, the last one over and over, until it goes or its event is skipped. */
export const RETRY_AFTER_MS: readonly number[] = [MINUTE, 5 * MINUTE, 30 * MINUTE, 60 * MINUTE];

/** A further failure of a stream, or its first, by this process's clock. `delays`: until it is tried again. */
export function failedAside(
  known: SetAside | undefined,
  { stream, at, after, waiting, error }: { stream: string; at: FailedEvent; after: Position | null; waiting: number; error: unknown },
  { personal }: { personal: boolean },
  delays: readonly number[],
): SetAside {
  const now = Date.now();
  const failedAt = new Date(now).toISOString();
  const { id, type, stream: of, position } = error instanceof EventFailure ? error.event : (known?.event ?? at);
  const attempts = (known?.attempts ?? 0) + 1;
  return {
    ...{ stream, after: known?.after ?? after, event: { id, type, stream: of, position }, ...describeFault(error, personal), attempts },
    ...{ waiting: known?.waiting ?? waiting, since: known?.since ?? failedAt, failedAt },
    retryAt: new Date(now + (delays[attempts - 1] ?? delays.at(-1) ?? 0)).toISOString(),
  };
}

interface Row extends Omit<SetAside, 'since' | 'failedAt' | 'retryAt' | 'waiting'> {
  reader: string;
  waiting: string;
  since: Date;
  failedAt: Date;
  retryAt: Date;
}

const COLUMNS = `reader, stream, after_position as after, event, error, stack, attempts, waiting, since, failed_at as "failedAt", retry_at as "retryAt"`;

const toSetAside = ({ reader, waiting, since, failedAt, retryAt, ...row }: Row): SetAside & { reader: string } => ({
  ...row,
  ...{ reader, waiting: Number(waiting), since: since.toISOString() },
  ...{ failedAt: failedAt.toISOString(), retryAt: retryAt.toISOString() },
});

/** What a reader has set aside, by stream. Under its lease nobody else adds to it or takes from it. */
export async function asideOf(pool: Pick<Pool, 'query'>, reader: string): Promise<Map<string, SetAside>> {
  const { rows } = await pool.query<Row>(`select ${COLUMNS} from touchline.set_aside where reader = $1`, [reader]);
  return new Map(rows.map((row) => [row.stream, toSetAside(row)]));
}

/** Within the transaction that moves the reader's checkpoint. */
export async function writeAside(
  client: Pick<ClientBase, 'query'>,
  reader: string,
  { failed, settled, passed }: AsideChanges,
): Promise<void> {
  await client.query('delete from touchline.set_aside where reader = $1 and stream = any($2)', [reader, [...settled]]);
  for (const aside of failed.values()) {
    const { stream, after, event, error, stack, attempts, waiting, since, failedAt, retryAt } = aside;
    await client.query(
      `insert into touchline.set_aside
         (reader, stream, tenant, after_position, event, error, stack, attempts, waiting, since, failed_at, retry_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (reader, stream) do update set event = excluded.event, error = excluded.error, stack = excluded.stack,
         attempts = excluded.attempts, failed_at = excluded.failed_at, retry_at = excluded.retry_at`,
      [
        ...[reader, stream, parseStreamName(stream)?.tenant ?? null, after, JSON.stringify(event), error, stack],
        ...[attempts, waiting, since, failedAt, retryAt],
      ],
    );
  }
  await client.query(
    `update touchline.set_aside as held set waiting = waiting + more
     from unnest($2::text[], $3::bigint[]) as passed(stream, more) where reader = $1 and held.stream = passed.stream`,
    [reader, [...passed.keys()], [...passed.values()]],
  );
}

/** As it stands after such changes. */
export function applyAside(aside: Map<string, SetAside>, { failed, settled, passed }: AsideChanges): void {
  for (const stream of settled) aside.delete(stream);
  for (const [stream, each] of failed) aside.set(stream, { ...each, waiting: aside.get(stream)?.waiting ?? each.waiting });
  for (const [stream, more] of passed) {
    const known = aside.get(stream);
    if (known !== undefined) aside.set(stream, { ...known, waiting: known.waiting + more });
  }
}

/** How much a reader has set aside. */
export interface AsideCount {
  reader: string;
  streams: number;
  /** Since when the oldest waits. */
  since: string;
}

/** What is set aside, for whoever is to settle it. */
export class SetAsides {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** In the order of their streams, from one stream on; of one group, or of all. */
  async list(readers: readonly string[], { tenant, after = '', limit }: { tenant?: string; after?: string; limit: number }) {
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from touchline.set_aside
       where reader = any($1) and ($2::text is null or tenant = $2) and (stream || ' ' || reader) collate "C" > $3
       order by (stream || ' ' || reader) collate "C" limit $4`,
      [readers, tenant ?? null, after, limit],
    );
    return rows.map(toSetAside);
  }

  /**
   * What one of these readers has set aside of an event's stream, so that this event is not in its rows; null where there is
   * nothing. `eventAt`: looked up only where anything is set aside at all.
   */
  async missing(
    readers: readonly string[],
    eventAt: () => Promise<{ stream: string; position: Position } | null>,
  ): Promise<(SetAside & { reader: string }) | null> {
    const { rowCount } = await this.pool.query('select from touchline.set_aside where reader = any($1) limit 1', [readers]);
    const event = rowCount === 0 ? null : await eventAt();
    if (event === null) return null;
    const { rows } = await this.pool.query<Row>(
      `select ${COLUMNS} from touchline.set_aside
       where reader = any($1) and stream = $2 and (after_position is null or after_position < $3) limit 1`,
      [readers, event.stream, event.position],
    );
    return rows[0] === undefined ? null : toSetAside(rows[0]);
  }

  /** The stream that a reader has set aside for this event; null where there is none. */
  async at(readers: readonly string[], eventId: string): Promise<string | null> {
    const { rows } = await this.pool.query<{ stream: string }>(
      `select stream from touchline.set_aside where reader = any($1) and event->>'id' = $2 limit 1`,
      [readers, eventId],
    );
    return rows[0]?.stream ?? null;
  }

  async counts(tenant?: string): Promise<AsideCount[]> {
    const { rows } = await this.pool.query<{ reader: string; streams: number; since: Date }>(
      `select reader, count(*)::integer as streams, min(since) as since from touchline.set_aside
       where $1::text is null or tenant = $1 group by reader order by reader`,
      [tenant ?? null],
    );
    return rows.map(({ since, ...row }) => ({ ...row, since: since.toISOString() }));
  }

  /** Has a projection, and its rebuild, try again at once; of one group, or of all. Gives how many streams that is of. */
  async retry(projection: string, readers: readonly string[], tenant?: string): Promise<number> {
    const { rowCount } = await this.pool.query(
      'update touchline.set_aside set retry_at = failed_at where reader = any($1) and ($2::text is null or tenant = $2)',
      [readers, tenant ?? null],
    );
    if ((rowCount ?? 0) > 0) await this.pool.query('select pg_notify($1, $2)', [CONTROL_CHANNEL, projection]);
    return rowCount ?? 0;
  }
}

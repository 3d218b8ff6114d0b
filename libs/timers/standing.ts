import type { Pool } from 'pg';
import type { Timer } from '@touchline/core';
import { TIMER_SHARDS } from '@touchline/core';
import { READ_MODEL_SCHEMA, describeFault } from '@touchline/subscriptions';
import { dueRows } from './due-timers.js';

/** How the timers stand, over all processes. */
export interface TimersStanding {
  /** By kind. */
  open: Readonly<Record<string, number>>;
  /** Due and not fired; of each shard counted up to a thousand. */
  late: number;
  /** By how much the oldest of them is. */
  lateSeconds: number;
  /** Shards that stand at a timer which could not be fired. */
  standing: number;
}

const MOST_COUNTED = 1_000;

const LATE = `
  select count(*)::integer as late, extract(epoch from $1::timestamptz - min(due_at))::float8 as seconds
  from generate_series(0, ${TIMER_SHARDS - 1}) as shard cross join lateral (
    select timer.due_at from ${dueRows('shard.shard', '$1')} order by timer.due_at limit ${MOST_COUNTED}) as due`;

export async function timersStanding(pool: Pick<Pool, 'query'>, now: string): Promise<TimersStanding> {
  const { rows: kinds } = await pool.query<{ kind: string; open: number }>(
    `select kind, count(*)::integer as open from ${READ_MODEL_SCHEMA}.timers group by kind`,
  );
  const { rows: late } = await pool.query<{ late: number; seconds: number | null }>(LATE, [now]);
  const { rows: faults } = await pool.query<{ standing: number }>('select count(*)::integer as standing from touchline.timer_faults');
  return {
    open: Object.fromEntries(kinds.map(({ kind, open }) => [kind, open])),
    late: late[0]?.late ?? 0,
    lateSeconds: late[0]?.seconds ?? 0,
    standing: faults[0]?.standing ?? 0,
  };
}

/** Between tries, doubled up to the longest. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** The very timer that it stood at before. */
const AGAIN = '(known.key, known.due_at, known.kind) = (excluded.key, excluded.due_at, excluded.kind)';

// By the database's clock, as leases are: whichever process comes next sees how long to leave it.
const STAND = `
  insert into touchline.timer_faults as known (shard, key, due_at, kind, error, attempts, since, retry_at)
  values ($1, $2, $3, $4, $5, 1, clock_timestamp(), clock_timestamp() + $6 * interval '1 millisecond')
  on conflict (shard) do update set
    key = excluded.key, due_at = excluded.due_at, kind = excluded.kind, error = excluded.error,
    attempts = case when ${AGAIN} then known.attempts + 1 else 1 end,
    since = case when ${AGAIN} then known.since else excluded.since end,
    retry_at = case
      when ${AGAIN} then clock_timestamp() + least($6 * 2 ^ least(known.attempts, 20), ${LONGEST_RETRY_MS}) * interval '1 millisecond'
      else excluded.retry_at end`;

// Whose timer was closed, or is due at another instant: nothing stands there any more.
const LEAVE = `
  delete from touchline.timer_faults as fault where not exists (
    select from ${READ_MODEL_SCHEMA}.timers as timer
    where timer.key = fault.key and timer.due_at = fault.due_at and timer.kind = fault.kind)`;

/** Shards that stand, since a fault is not passed over: what comes after it in its shard waits. */
export class TimerFaults {
  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly firstRetryMs = FIRST_RETRY_MS,
  ) {}

  /** Told the kind of error alone: what it says may be of what events hold. */
  async stand(shard: number, { key, dueAt, kind }: Timer, error: unknown): Promise<void> {
    await this.pool.query(STAND, [shard, key, dueAt, kind, describeFault(error, true).error, this.firstRetryMs]);
  }

  async goOn(shard: number): Promise<void> {
    await this.pool.query('delete from touchline.timer_faults where shard = $1', [shard]);
  }

  async leaveClosed(): Promise<void> {
    await this.pool.query(LEAVE);
  }
}

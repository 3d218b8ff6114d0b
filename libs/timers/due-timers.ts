import type { Pool } from 'pg';
import type { Timer } from '@touchline/core';
import { TIMER_SHARDS } from '@touchline/core';
import { READ_MODEL_SCHEMA, rowTypes } from '@touchline/subscriptions';

/** Rows of the read model that are due and unclaimed, of `shard`, by `now`: names of the tables are `timer` and `claim`. */
export const dueRows = (shard: string, now: string): string => `
  ${READ_MODEL_SCHEMA}.timers as timer
  where timer.shard = ${shard} and timer.due_at <= ${now} and not exists (
    select from touchline.timer_claims as claim
    where claim.key = timer.key and claim.due_at = timer.due_at and claim.kind = timer.kind)`;

const SHARDS = {
  name: 'timers_shards_due',
  text: `
    select shard from generate_series(0, ${TIMER_SHARDS - 1}) as shard
    where not exists (select from touchline.timer_faults as fault where fault.shard = shard.shard and fault.retry_at > clock_timestamp())
      and exists (select from ${dueRows('shard.shard', '$1')})`,
};

const PAGE = {
  name: 'timers_page_due',
  text: `
    select timer.key, timer.tenant, timer.kind, timer.stream, timer.due_at as "dueAt", timer.cause from ${dueRows('$1', '$2')}
      and ($3::timestamptz is null or (timer.due_at, timer.key) > ($3, $4))
    order by timer.due_at, timer.key limit $5`,
};

/** What is due by the rows, less what was fired. */
export class DueTimers {
  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  /** Shards with something due that do not stand at a fault. `now` is ISO 8601 UTC, as everywhere here. */
  async shards(now: string): Promise<number[]> {
    return (await this.pool.query<{ shard: number }>({ ...SHARDS, values: [now] })).rows.map(({ shard }) => shard);
  }

  /** Those of a shard in due order, behind `after`. */
  async page(shard: number, now: string, after: Timer | null, limit: number): Promise<Timer[]> {
    const values = [shard, now, after?.dueAt ?? null, after?.key ?? '', limit];
    return (await this.pool.query<Timer>({ ...PAGE, values, types: rowTypes })).rows;
  }
}

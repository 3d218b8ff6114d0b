import type { Pool } from 'pg';
import type { Clock } from '@touchline/core';
import type { Revealable } from '@touchline/touchpoints/reveal/reveal.events.js';

/** What somebody under a mask learns of a customer whom they found: it is as they typed. */
export interface Learned {
  customerId: string;
  fields: readonly Revealable[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** One row for each person who searches so: of their last day alone, and never of an earlier one, whatever a process takes for today. */
const COUNT = {
  name: 'masked_searches_count',
  text: `
    insert into touchline.masked_searches as known (tenant, user_id, day, times) values ($1, $2, $3::date, 1)
    on conflict (tenant, user_id) do update set
      day = greatest(known.day, excluded.day),
      times = case when known.day < excluded.day then 1 else known.times + 1 end
    returning times`,
};

/**
 * Searches of those who see names and numbers masked: they are counted over all processes, found or not, since that
 * somebody is not there is told as well; and what one learns is recorded as a reveal (domain §13.2).
 */
export class MaskedSearches {
  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly clock: Clock,
    readonly mostADay: number,
  ) {}

  /** Counts one more; the seconds until the next day (UTC) where it is one too many. */
  async count(tenant: string, userId: string): Promise<number | null> {
    const now = await this.clock.now();
    const { rows } = await this.pool.query<{ times: number }>({ ...COUNT, values: [tenant, userId, now.slice(0, 10)] });
    if ((rows[0]?.times ?? Infinity) <= this.mostADay) return null;
    return Math.ceil((DAY_MS - (Date.parse(now) % DAY_MS)) / 1000);
  }
}

import { createHash } from 'node:crypto';
import type { Pool } from 'pg';

/** So often more within this minute. */
export interface Counted {
  who: string;
  times: number;
}

/** Adds to what all processes have counted, and gives the sums, in the order asked. What is over is forgotten, so the table stays small. */
export async function countTimes(pool: Pick<Pool, 'query'>, counted: readonly Counted[], minute: number): Promise<number[]> {
  const { rows } = await pool.query<Counted>(
    `with past as (delete from touchline.counts where minute < $3 - 1)
     insert into touchline.counts as known (who, minute, times)
     select who, $3, times from unnest($1::text[], $2::int[]) as more (who, times) order by who
     on conflict (who, minute) do update set times = known.times + excluded.times returning who, times`,
    [counted.map(({ who }) => who), counted.map(({ times }) => times), minute],
  );
  const sums = new Map(rows.map(({ who, times }) => [who, times]));
  return counted.map(({ who }) => sums.get(who) ?? 0);
}

/** Of what would else name an address or a person. */
export const digest = (...parts: string[]): string => createHash('sha256').update(parts.join('|')).digest('base64url');

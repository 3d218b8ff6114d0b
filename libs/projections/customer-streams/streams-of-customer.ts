import type { SiteScope } from '@touchline/core';
import type { SqlQuery } from '../sql-query.js';

/** Streams that tell of a customer at these sites, as far as the view has come; in the order in which they began. */
export async function streamsOfCustomer(
  ask: SqlQuery,
  { tenant, customer, sites }: { tenant: string; customer: string; sites: SiteScope },
): Promise<string[]> {
  const rows = await ask<{ stream: string }>(
    `select stream from read_model.customer_streams
     where tenant = $1 and customer_id = $2 and ($3::text[] is null or site_id = any($3))
     order by first_position`,
    [tenant, customer, sites === 'all' ? null : sites],
  );
  return rows.map(({ stream }) => stream);
}

import type { Pool } from 'pg';

/** A contact can be untied again; what the other streams tell of a customer never reverts (ADR 0041). */
const FOR_GOOD = ['customer', 'journey', 'complaint'];

/** Sites at which a customer is known, as far as the view has come. */
export async function sitesOfCustomer(pool: Pick<Pool, 'query'>, tenant: string, customerId: string): Promise<string[]> {
  const { rows } = await pool.query<{ site_id: string }>(
    `select site_id from read_model.customer_streams
     where tenant = $1 and customer_id = $2 and category = any($3) and site_id is not null
     union select at_site_id from read_model.identity_questions where tenant = $1 and customer_id = $2 and answer = 'share'`,
    [tenant, customerId, FOR_GOOD],
  );
  return rows.map(({ site_id }) => site_id);
}

/** Streams that tell of a customer, as far as the view has come. */
export async function streamsOfCustomer(pool: Pick<Pool, 'query'>, tenant: string, customerId: string): Promise<string[]> {
  const { rows } = await pool.query<{ stream: string }>(
    'select stream from read_model.customer_streams where tenant = $1 and customer_id = $2 order by first_position, stream',
    [tenant, customerId],
  );
  return rows.map(({ stream }) => stream);
}

/**
 * Keys that stand although the log tells that whoever they are of was erased: of what was tied to them at that very moment,
 * or in a table of keys that was restored from before.
 */
export async function keysOfErasedPeople(pool: Pick<Pool, 'query'>): Promise<{ tenant: string; subject: string }[]> {
  const { rows } = await pool.query<{ tenant: string; subject: string }>(`
    with gone as (
      select tenant, customer_id, 'customer:' || customer_id as subject from read_model.person_directory where erased
      union all
      select tenant, customer_id, category || ':' || split_part(stream, '.', 2)
      from read_model.customer_streams join read_model.person_directory using (tenant, customer_id)
      where erased and category in ('contact', 'journey', 'complaint'))
    select tenant, subject from gone join touchline.personal_keys using (tenant, subject) where wrapped_key is not null`);
  return rows;
}

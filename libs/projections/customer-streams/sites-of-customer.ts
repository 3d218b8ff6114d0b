import type { Pool } from 'pg';

/** A contact can be untied again; what the other streams tell of a customer never reverts (D1). */
const FOR_GOOD = ['customer', 'journey', 'complaint'];

/** Sites at which a customer is known, as far as the view has come. */
export async function sitesOfCustomer(pool: Pick<Pool, 'query'>, tenant: string, customerId: string): Promise<string[]> {
  const { rows } = await pool.query<{ site_id: string }>(
    `select distinct site_id from read_model.customer_streams
     where tenant = $1 and customer_id = $2 and category = any($3) and site_id is not null`,
    [tenant, customerId, FOR_GOOD],
  );
  return rows.map(({ site_id }) => site_id);
}

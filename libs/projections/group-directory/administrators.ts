import type { Pool } from 'pg';

/** Those who administer the whole group, as far as the read model shows. */
export async function shownAdministrators(pool: Pick<Pool, 'query'>, tenant: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from read_model.group_directory
     where tenant = $1 and kind = 'user' and record->'roles' ? 'admin' and record->'sites' = '"all"' and record->'active' = 'true'`,
    [tenant],
  );
  return rows.map(({ id }) => id);
}

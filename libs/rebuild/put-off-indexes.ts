import type { Pool } from 'pg';
import { inTransaction } from '@touchline/postgres';
import type { Build, StoredProjection } from '@touchline/subscriptions';

// A table is filled several times as fast without the indexes that only queries need. They are noted with the build, so
// that whoever goes on after a kill makes them.

/** Takes the indexes away that hold no constraint; once per build. */
export async function putOffIndexes(pool: Pool, { table }: StoredProjection, { projection, build, schema }: Build): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `select 1 from touchline.builds where projection = $1 and build = $2 and state = 'building' and indexes is null for update`,
      [projection, build],
    );
    if (rowCount === 0) return;
    const { rows } = await client.query<{ name: string; definition: string }>(
      `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
       where indrelid = $1::regclass and not exists (select from pg_constraint where conindid = indexrelid) order by 1`,
      [`${schema}.${table}`],
    );
    for (const { name } of rows) await client.query(`drop index ${name}`);
    await client.query('update touchline.builds set indexes = $3 where projection = $1 and build = $2', [
      projection,
      build,
      rows.map(({ definition }) => definition),
    ]);
  });
}

/** Makes the ones that are missing, on a table that has been cleared of the old versions of its rows. */
export async function makeIndexes(pool: Pool, { table }: StoredProjection, { schema, indexes }: Build): Promise<void> {
  await pool.query(`vacuum (analyze) ${schema}.${table}`);
  const missing = (indexes ?? []).map((definition) => definition.replace(/^CREATE (UNIQUE )?INDEX /, '$&IF NOT EXISTS '));
  await Promise.all(missing.map((statement) => pool.query(statement)));
}

import type { ClientBase, Pool } from 'pg';
import { MIGRATIONS_LOCK, createPool, inTransaction, runMigrations, withAdvisoryLock } from '@touchline/postgres';
import type { Build } from '@touchline/subscriptions';
import { Builds, READ_MODEL_SCHEMA, buildSchema, liveView } from '@touchline/subscriptions';
import type { ReadModel } from './index.js';
import { projections } from './index.js';

/**
 * Sees that every read model has live rows, and runs the migrations that those of this release's version lack. Rows of
 * another version stay as they are: they are rebuilt beside. Any number of starting processes may call it at once: one
 * works under the advisory lock, the others wait and find nothing to do. Gives the names of the migrations it ran.
 */
export function migrateReadModels(url: string): Promise<string[]> {
  return locked(url, async (client, pool) => {
    await client.query(`create schema if not exists ${READ_MODEL_SCHEMA}`);
    const ran: string[] = [];
    for (const model of projections) ran.push(...(await migrateLive(client, pool, model)));
    return ran;
  });
}

/** Makes the tables of a build, or what a process that was killed has left of them to make. */
export async function makeBuildTables(url: string, model: ReadModel, schema: string): Promise<void> {
  await locked(url, (client) => migrateBuild(client, model, schema));
}

async function locked<T>(url: string, work: (client: ClientBase, pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ url, applicationName: 'touchline-migrate', max: 3 });
  try {
    const client = await pool.connect();
    try {
      return await withAdvisoryLock(client, MIGRATIONS_LOCK, () => work(client, pool));
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

async function migrateLive(client: ClientBase, pool: Pool, model: ReadModel): Promise<string[]> {
  const { projection } = model;
  const live = (await new Builds(pool).live(projection.name)) ?? (await adopt(pool, model));
  if (live !== null && live.version !== projection.version) return [];
  const schema = live?.schema ?? buildSchema(projection, 1);
  const ran = await migrateBuild(client, model, schema);
  if (live === null || ran.length > 0)
    await inTransaction(pool, async (switching) => {
      await switching.query(
        `insert into touchline.builds (projection, build, version, schema, state) values ($1, 1, $2, $3, 'live') on conflict do nothing`,
        [projection.name, projection.version, schema],
      );
      await switching.query(liveView(projection, schema));
    });
  return ran;
}

/**
 * The table of a release that knew no builds becomes the first build, with the migrations it has had. What that release
 * noted of its migrations stays, so that it can still start on this database.
 */
async function adopt(pool: Pool, { projection, migrations }: ReadModel): Promise<Build | null> {
  const { name, table } = projection;
  const { rows } = await pool.query(`select 1 from pg_tables where schemaname = $1 and tablename = $2`, [READ_MODEL_SCHEMA, table]);
  if (rows.length === 0) return null;
  const known = await pool.query<{ version: number }>('select version from touchline.checkpoints where name = $1', [name]);
  const version = known.rows[0]?.version ?? projection.version;
  const schema = buildSchema({ table, version }, 1);
  await inTransaction(pool, async (client) => {
    await client.query(`create schema ${schema}`);
    await client.query(`alter table ${READ_MODEL_SCHEMA}.${table} set schema ${schema}`);
    await client.query(`create table ${schema}.migrations (id serial primary key, timestamp bigint not null, name varchar not null)`);
    await client.query(
      `insert into ${schema}.migrations (timestamp, name)
       select timestamp, name from ${READ_MODEL_SCHEMA}.migrations where name = any($1) order by id`,
      [migrations.map((each) => each.name)],
    );
    await client.query(`insert into touchline.builds (projection, build, version, schema, state) values ($1, 1, $2, $3, 'live')`, [
      name,
      version,
      schema,
    ]);
    await client.query('update touchline.checkpoints set build = 1 where name = $1', [name]);
    // That release stopped here for good; by now what it waited for is a rebuild.
    await client.query(
      `update touchline.checkpoints set state = 'running', failure = null
       where name = $1 and failure->>'code' = 'projection.version-changed'`,
      [name],
    );
    await client.query(liveView(projection, schema));
  });
  return new Builds(pool).live(name);
}

/** Migrations name no schema: they run on the build's. */
async function migrateBuild(client: ClientBase, { migrations }: ReadModel, schema: string): Promise<string[]> {
  await client.query(`set search_path to ${schema}`);
  try {
    return await runMigrations(client, schema, migrations);
  } finally {
    await client.query('reset search_path');
  }
}

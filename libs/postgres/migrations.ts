import type { ClientBase, Pool } from 'pg';
import type { DataSourceOptions, MigrationInterface, QueryRunner } from 'typeorm';
import { withAdvisoryLock } from './pool.js';

/** A step of the machinery's own tables. Runs once; never edited once released. */
export interface SqlMigration {
  /** Unique over all steps; ends in a dash and thirteen digits, by which they run in order. */
  name: string;
  sql: string;
}

export type MigrationClass = new () => MigrationInterface;

/** Of all that migrate one database one works, the others wait. */
export const MIGRATIONS_LOCK = 'touchline.migrations';

const SCHEMA = 'touchline';

/**
 * TypeORM's table, made of the one that releases before it kept. A step that stands there without its digits has run; its row
 * stays, so that such a release can still start on this database (ADR 0045).
 */
const BOOKKEEPING = `
  create schema if not exists ${SCHEMA};
  create table if not exists ${SCHEMA}.migrations (name text primary key, applied_at timestamptz not null default now());
  alter table ${SCHEMA}.migrations
    add column if not exists id serial, add column if not exists "timestamp" bigint not null default 0`;

/**
 * Runs the steps that have not run on this database, in order, each in a transaction of its own. Any number of starting
 * processes may call it at once: one works, the others wait and find nothing to do. Gives the names of the steps it ran.
 */
export async function runSqlMigrations(pool: Pool, steps: readonly SqlMigration[]): Promise<string[]> {
  const client = await pool.connect();
  try {
    return await withAdvisoryLock(client, MIGRATIONS_LOCK, async () => {
      const names = steps.map(({ name }) => name);
      if ((await missingOf(client, SCHEMA, names)).length === 0) return [];
      await client.query(BOOKKEEPING);
      await client.query(
        `insert into ${SCHEMA}.migrations (name, "timestamp") select step, right(step, 13)::bigint from unnest($1::text[]) as step
         where left(step, -14) in (select name from ${SCHEMA}.migrations) on conflict do nothing`,
        [names],
      );
      return runMigrations(client, SCHEMA, steps.map(classOf));
    });
  } finally {
    client.release();
  }
}

/**
 * Has TypeORM run what is missing of these migrations, noted in a table of this schema; by a connection that holds the lock.
 * Gives the names of those it ran.
 */
export async function runMigrations(client: ClientBase, schema: string, migrations: readonly MigrationClass[]): Promise<string[]> {
  const missing = await missingOf(
    client,
    schema,
    migrations.map((each) => new each().name ?? each.name),
  );
  if (missing.length === 0) return [];
  await client.query(`create schema if not exists ${schema}`);
  // Loaded and put together only here: it takes a while, and at nearly every start nothing is missing.
  const { DataSource } = await import('typeorm');
  const dataSource = await new DataSource({ ...onConnection(client), schema, migrations: [...migrations] }).initialize();
  try {
    return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
  } finally {
    await dataSource.destroy();
  }
}

async function missingOf(client: ClientBase, schema: string, names: readonly string[]): Promise<string[]> {
  const { rows: found } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [`${schema}.migrations`]);
  if (found[0]?.there !== true) return [...names];
  const { rows } = await client.query<{ name: string }>(`select name from ${schema}.migrations`);
  const ran = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !ran.has(name));
}

const classOf = ({ name, sql }: SqlMigration): MigrationClass =>
  class implements MigrationInterface {
    readonly name = name;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(sql);
    }

    down(): Promise<void> {
      return Promise.reject(new Error('the tables of the machinery only go forward'));
    }
  };

/** TypeORM on the one connection that holds the lock; which is the pool's, and stays open. */
function onConnection(client: ClientBase): Extract<DataSourceOptions, { type: 'postgres' }> {
  class OneConnection {
    on(): this {
      return this;
    }

    connect(done: (error: null, connection: ClientBase, release: () => void) => void): void {
      done(null, client, () => undefined);
    }

    end(done: () => void): void {
      done();
    }
  }
  return { type: 'postgres', driver: { Pool: OneConnection } };
}

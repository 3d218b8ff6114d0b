import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { eventLogMigrations } from '@touchline/event-store/postgres/migrations.js';
import { migrateReadModels } from '@touchline/projections/migrate.js';
import { projections } from '@touchline/projections';
import { runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { machineryMigrations } from './platform.js';

const steps = [...eventLogMigrations, ...machineryMigrations];

/** As releases noted them that ran them by themselves; never edited. */
const NOTED_BEFORE = [
  ...['event-log-1-events', 'event-log-2-append', 'event-log-3-append-one', 'event-log-4-repeats-to-the-byte'],
  ...['sealing-1-personal-keys', 'sealing-2-secret-marks', 'sealing-3-erasures', 'auth-001-local-credentials', 'auth-002-counts'],
  ...['commands-1-request-claims', 'commands-2-masked-searches', 'subscriptions-1-checkpoints-and-leases', 'subscriptions-2-builds'],
  ...['subscriptions-3-set-aside', 'audit-1-log-heads', 'moving-1-log-copies', 'rebuild-1-row-checks'],
  ...['relay-1-sequences-people-status', 'relay-2-manifests', 'intake-1-installation-standing-skips'],
];

/** Of releases since. */
const SINCE = ['timers-1-claims-and-faults'];

/** What those releases did at every start. */
async function startOfReleaseBefore(pool: Pool): Promise<string[]> {
  await pool.query('create schema if not exists touchline');
  await pool.query(
    'create table if not exists touchline.migrations (name text primary key, applied_at timestamptz not null default now())',
  );
  const { rows } = await pool.query<{ name: string }>('select name from touchline.migrations');
  const missing = NOTED_BEFORE.filter((name) => !rows.some((row) => row.name === name));
  for (const name of missing) {
    const { sql } = steps.find((step) => step.name.startsWith(`${name}-`)) ?? { sql: `select 1 / 0 as "${name} is gone"` };
    await pool.query(`begin; ${sql}; insert into touchline.migrations (name) values ('${name}'); commit`);
  }
  return missing;
}

const schemaOf = async (pool: Pool): Promise<string[]> => {
  const { rows } = await pool.query<{ line: string }>(
    `select format('%s.%s %s %s %s', table_schema, table_name, column_name, data_type, is_nullable) as line from information_schema.columns
     where table_schema in ('event_log', 'touchline') and table_name <> 'migrations'
     union all select indexdef from pg_indexes where schemaname in ('event_log', 'touchline') and tablename <> 'migrations' order by 1`,
  );
  return rows.map(({ line }) => line);
};

describe('the migrations of the machinery', () => {
  const fresh = useDatabase();
  const old = useDatabase();

  it('run once and in order, however many processes start at once', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => runSqlMigrations(fresh.pool, steps)));
    expect(ran.flat()).toEqual(steps.map(({ name }) => name));
    expect(await runSqlMigrations(fresh.pool, steps)).toEqual([]);
    const { rows } = await fresh.pool.query('select name, "timestamp"::text as at from touchline.migrations order by id');
    expect(rows).toEqual(steps.map(({ name }) => ({ name, at: name.slice(-13) })));
  });

  describe('on a database of the releases that ran them by themselves', () => {
    beforeAll(async () => {
      expect(await startOfReleaseBefore(old.pool)).toEqual(NOTED_BEFORE);
      await old.pool.query(`insert into touchline.leases values ('kept', 'somebody', 7, now())`);
    });

    it('count as run, and run no more; those since run once', async () => {
      const ran = await Promise.all([1, 2].map(() => runSqlMigrations(old.pool, steps)));
      expect(ran.flat().map((name) => name.slice(0, -14))).toEqual(SINCE);
      expect(await schemaOf(old.pool)).toEqual(await schemaOf(fresh.pool));
      const { rows } = await old.pool.query('select fence from touchline.leases');
      expect(rows).toEqual([{ fence: '7' }]);
    });

    it('go on with the next, and leave such a release nothing to do', async () => {
      const next = { name: 'subscriptions-4-next-1790000000000', sql: 'alter table touchline.leases add column note text' };
      expect(await runSqlMigrations(old.pool, [...steps, next])).toEqual([next.name]);
      expect(await runSqlMigrations(old.pool, [...steps, next])).toEqual([]);
      expect(await startOfReleaseBefore(old.pool)).toEqual([]);
    });

    it('run those that such a release had not come to', async () => {
      await old.pool.query(
        `drop table touchline.request_claims; delete from touchline.migrations where name like 'commands-1-request-claims%'`,
      );
      expect(await runSqlMigrations(old.pool, steps)).toEqual([steps.find(({ name }) => name.startsWith('commands-1-'))?.name]);
      expect(await runSqlMigrations(old.pool, steps)).toEqual([]);
    });

    it('take back a step that fails, and keep those before it', async () => {
      const [good, bad] = [
        { name: 'next-5-good-1790000000001', sql: 'create table touchline.good (id text)' },
        { name: 'next-6-bad-1790000000002', sql: 'create table touchline.bad (id text); select 1 / 0' },
      ];
      await expect(runSqlMigrations(old.pool, [...steps, good, bad])).rejects.toThrow('division by zero');
      const { rows } = await old.pool.query(`select tablename from pg_tables where tablename in ('good', 'bad')`);
      expect(rows).toEqual([{ tablename: 'good' }]);
      expect(await runSqlMigrations(old.pool, [...steps, good])).toEqual([]);
    });

    it('leave the connection as it was for the read models, whose migrations run on it', async () => {
      const ran = await migrateReadModels(old.url);
      expect(ran).toEqual(projections.flatMap(({ migrations }) => migrations.map(({ name }) => name)));
      expect(await migrateReadModels(old.url)).toEqual([]);
    });
  });
});

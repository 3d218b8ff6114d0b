import { beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, ensureDatabase, inTransaction, isConnectionLoss, withAdvisoryLock, withDatabase } from '@touchline/postgres';
import { eventually } from '@touchline/testing/eventually.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { Pool } from 'pg';

describe('the pool', () => {
  const database = useDatabase();

  beforeAll(async () => {
    await database.pool.query('create table notes (text text not null)');
  });

  it('commits what a transaction did, and undoes all of it on an error', async () => {
    await inTransaction(database.pool, (client) => client.query(`insert into notes values ('kept')`));
    const failing = inTransaction(database.pool, async (client) => {
      await client.query(`insert into notes values ('undone')`);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const { rows } = await database.pool.query('select text from notes');
    expect(rows).toEqual([{ text: 'kept' }]);
  });

  it('keeps the process alive when connections break, idle or in use, and goes on with new ones', async () => {
    const broken: Error[] = [];
    const pool = createPool({ url: database.url, applicationName: 'victim', max: 2, onConnectionError: (error) => broken.push(error) });
    const held = await pool.connect();
    await pool.query('select 1');
    await database.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'`);
    expect(isConnectionLoss(await failure(held.query('select 1')))).toBe(true);
    held.release(true);
    // The idle one may be handed out until its end is noticed; a query on it fails like any other that breaks.
    await eventually(() => pool.totalCount === 0);
    const { rows } = await pool.query('select 2 as two');
    expect(rows).toEqual([{ two: 2 }]);
    expect(broken.length).toBeGreaterThan(0);
    await pool.end();
  });

  it('lets the server cancel a statement that takes too long', async () => {
    const pool = createPool({ url: database.url, applicationName: 'slow', statementTimeoutMs: 50 });
    await expect(pool.query('select pg_sleep(20)')).rejects.toMatchObject({ code: '57014' });
    await pool.end();
  });

  it('tells a server that is away from a query that is wrong', async () => {
    const pool = createPool({ url: 'postgresql://nobody@127.0.0.1:1/none', applicationName: 'away' });
    expect(isConnectionLoss(await failure(pool.query('select 1')))).toBe(true);
    await pool.end();
    expect(isConnectionLoss(await failure(database.pool.query('select no_such_column')))).toBe(false);
  });

  it('lets one holder of an advisory lock work at a time', async () => {
    const [first, second] = [await database.pool.connect(), await database.pool.connect()];
    const steps: string[] = [];
    let waiting: Promise<unknown> | undefined;
    await withAdvisoryLock(first, 'job', async () => {
      steps.push('first in');
      waiting = withAdvisoryLock(second, 'job', async () => steps.push('second in'));
      await somebodyWaits(database.pool);
      steps.push('first out');
    });
    await waiting;
    expect(steps).toEqual(['first in', 'first out', 'second in']);
    first.release();
    second.release();
  });

  it('makes a missing database once, however many ask', async () => {
    const url = withDatabase(database.url, `${new URL(database.url).pathname.slice(1)}_made`);
    await Promise.all([ensureDatabase(url), ensureDatabase(url), ensureDatabase(url)]);
    const pool = createPool({ url, applicationName: 'made' });
    await expect(pool.query('select 1')).resolves.toBeDefined();
    await pool.end();
    await database.pool.query(`drop database ${new URL(url).pathname.slice(1)}`);
  });
});

async function somebodyWaits(pool: Pool): Promise<void> {
  for (let asked = 0; asked < 1_000; asked += 1) {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_locks
       where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
    );
    if (rows[0]!.n > 0) return;
  }
  throw new Error('nobody waits for the lock');
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

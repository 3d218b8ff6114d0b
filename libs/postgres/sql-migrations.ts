import type { Pool } from 'pg';
import { withAdvisoryLock } from './pool.js';

/** A step of the machinery's own tables. Runs once; never edited once released. */
export interface SqlMigration {
  /** Unique over all steps. */
  name: string;
  sql: string;
}

/**
 * Runs the steps that have not run on this database, in order, each in a transaction of its own. Any number of starting
 * processes may call it at once: one works, the others wait and find nothing to do. Gives the names of the steps it ran.
 */
export async function runSqlMigrations(pool: Pool, steps: readonly SqlMigration[]): Promise<string[]> {
  const client = await pool.connect();
  try {
    return await withAdvisoryLock(client, 'touchline.migrations', async () => {
      await client.query('create schema if not exists touchline');
      await client.query(
        'create table if not exists touchline.migrations (name text primary key, applied_at timestamptz not null default now())',
      );
      const { rows } = await client.query<{ name: string }>('select name from touchline.migrations');
      const applied = new Set(rows.map((row) => row.name));
      const missing = steps.filter((step) => !applied.has(step.name));
      for (const step of missing) {
        await client.query('begin');
        try {
          await client.query(step.sql);
          await client.query('insert into touchline.migrations (name) values ($1)', [step.name]);
          await client.query('commit');
        } catch (error) {
          await client.query('rollback');
          throw error;
        }
      }
      return missing.map((step) => step.name);
    });
  } finally {
    client.release();
  }
}

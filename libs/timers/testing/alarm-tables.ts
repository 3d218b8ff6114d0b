import type { Pool } from 'pg';
import { runSqlMigrations } from '@touchline/postgres';
import { migrateReadModels } from '@touchline/projections/migrate.js';
import { subscriptionMigrations } from '@touchline/subscriptions';
import { timerMigrations } from '../migrations.js';
import { START } from './alarm-world.js';

/** Tables of everything, and the clock. Apart from the rest, since it loads every read model. */
export async function makeTables(pool: Pool, url: string): Promise<void> {
  await runSqlMigrations(pool, [...subscriptionMigrations, ...timerMigrations]);
  await migrateReadModels(url);
  await pool.query(`create table public.test_clock as select '${START}'::timestamptz as now`);
}

import { READ_MODEL_SCHEMA, readModelDataSource } from './data-source.js';

/**
 * Runs the read models' migrations that have not run on this database. Any number of starting processes may call it at
 * once: one works under the advisory lock, the others wait and find nothing to do. Gives the names of those it ran.
 */
export async function migrateReadModels(url: string): Promise<string[]> {
  const dataSource = readModelDataSource({ url, applicationName: 'touchline-migrate', max: 2 });
  await dataSource.initialize();
  try {
    const lock = dataSource.createQueryRunner();
    try {
      await lock.query(`select pg_advisory_lock(hashtextextended('touchline.migrations', 0))`);
      await lock.query(`create schema if not exists ${READ_MODEL_SCHEMA}`);
      return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
    } finally {
      // Ends with the connection at the latest.
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}

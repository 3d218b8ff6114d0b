import { beforeAll, describe, expect, it } from '@jest/globals';
import { columnName } from '@touchline/subscriptions';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { DataSource } from 'typeorm';
import { readModelDataSource } from './data-source.js';
import { projections } from './index.js';
import { migrateReadModels } from './migrate.js';

describe('the migrations of the read models', () => {
  const database = useDatabase();
  let ran: string[][];
  beforeAll(async () => {
    ran = await Promise.all([migrateReadModels(database.url), migrateReadModels(database.url), migrateReadModels(database.url)]);
  });
  const connected = async <T>(use: (dataSource: DataSource) => Promise<T>): Promise<T> => {
    const dataSource = await readModelDataSource({ url: database.url, applicationName: 'test', max: 2 }).initialize();
    try {
      return await use(dataSource);
    } finally {
      await dataSource.destroy();
    }
  };

  it('run once, however many processes start at once', () => {
    const all = projections.flatMap(({ migrations }) => migrations.map((each) => each.name));
    expect(ran.flat().sort()).toEqual(all.sort());
  });

  it('lead to the tables that the entities say, and leave nothing to change', async () => {
    const drift = await connected((dataSource) => dataSource.driver.createSchemaBuilder().log());
    expect(drift.upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('make a column for every property of a row, and two for the place it is folded to', async () => {
    for (const { projection } of projections) {
      const { rows } = await database.pool.query<{ name: string }>(
        `select column_name as name from information_schema.columns where table_schema = 'read_model' and table_name = $1`,
        [projection.table],
      );
      const expected = [...projection.columns.map(columnName), 'folded_at', 'folded_position'];
      expect([projection.name, rows.map(({ name }) => name).sort()]).toEqual([projection.name, expected.sort()]);
    }
  });

  it('mark the columns that hold personal data, in the one view that may', async () => {
    const { rows } = await database.pool.query<{ place: string }>(
      `select relname || '.' || attname as place from pg_description
       join pg_class on pg_class.oid = objoid join pg_attribute on attrelid = objoid and attnum = objsubid
       where description = 'personal' order by 1`,
    );
    const columns = ['form_of_address', 'identifiers', 'name', 'name_grams', 'name_search'];
    expect(rows.map(({ place }) => place)).toEqual(columns.map((column) => `person_directory.${column}`));
    expect(projections.filter(({ projection }) => projection.personal).map(({ name }) => name)).toEqual(['person-directory']);
  });

  it('can be taken back one by one', async () => {
    await connected(async (dataSource) => {
      for (const _ of projections.flatMap(({ migrations }) => migrations)) await dataSource.undoLastMigration();
    });
    const { rows } = await database.pool.query(`select 1 from pg_tables where schemaname = 'read_model' and tablename <> 'migrations'`);
    expect(rows).toEqual([]);
  });
});

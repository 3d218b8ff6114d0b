import { beforeAll, describe, expect, it } from '@jest/globals';
import { runSqlMigrations } from '@touchline/postgres';
import type { Build } from '@touchline/subscriptions';
import { Builds, FOLDED_COLUMNS, subscriptionMigrations } from '@touchline/subscriptions';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { DataSource } from 'typeorm';
import { buildDataSource } from './testing/data-source.js';
import type { ReadModel } from './index.js';
import { PersonDirectoryNoStatistics1790000000010 } from './person-directory/person-directory.migrations.js';
import { projections } from './index.js';
import { makeBuildTables, migrateReadModels } from './migrate.js';

describe('the migrations of the read models', () => {
  const database = useDatabase();
  let ran: string[][];
  beforeAll(async () => {
    await runSqlMigrations(database.pool, subscriptionMigrations);
    ran = await Promise.all([migrateReadModels(database.url), migrateReadModels(database.url), migrateReadModels(database.url)]);
  });
  const connected = async <T>(model: ReadModel, schema: string, use: (dataSource: DataSource) => Promise<T>): Promise<T> => {
    const dataSource = await buildDataSource(model, { url: database.url, schema, applicationName: 'test' }).initialize();
    try {
      return await use(dataSource);
    } finally {
      await dataSource.destroy();
    }
  };
  const liveOf = async ({ name }: ReadModel): Promise<Build> => {
    const live = await new Builds(database.pool).live(name);
    if (live === null) throw new Error(`${name} has no live build`);
    return live;
  };
  const tables = async (): Promise<string[]> => {
    const { rows } = await database.pool.query<{ name: string }>(
      `select schemaname || '.' || tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  it('run once, however many processes start at once', async () => {
    const all = projections.flatMap(({ migrations }) => migrations.map((each) => each.name));
    expect(ran.flat().sort()).toEqual(all.sort());
    expect(await migrateReadModels(database.url)).toEqual([]);
  });

  it('lead to the tables that the entities say, and leave nothing to change', async () => {
    for (const model of projections) {
      const { schema } = await liveOf(model);
      const drift = await connected(model, schema, (dataSource) => dataSource.driver.createSchemaBuilder().log());
      expect([model.name, drift.upQueries.map(({ query }) => query)]).toEqual([model.name, []]);
    }
  });

  it('make a column for every property of a row, and two for the place it is folded to', async () => {
    for (const { projection } of projections) {
      const { rows } = await database.pool.query<{ line: string }>(
        `select attname || ' ' || format_type(atttypid, atttypmod) as line from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [`read_model.${projection.table}`],
      );
      const expected = [...projection.columns, ...FOLDED_COLUMNS].map(({ name, type }) => `${name} ${type}`);
      expect([projection.name, rows.map(({ line }) => line).sort()]).toEqual([projection.name, expected.sort()]);
      expect(projection.columns.map(({ name }) => name)).toContain('tenant');
    }
  });

  it('make the same tables in the schema of any build, and nothing outside of it', async () => {
    for (const model of projections) {
      const [before, schema] = [await tables(), `${model.projection.table}_v7_9`];
      await makeBuildTables(database.url, model, schema);
      await makeBuildTables(database.url, model, schema);
      const made = (await tables()).filter((name) => !before.includes(name));
      expect(made).toEqual([`${schema}.${model.projection.table}`, `${schema}.migrations`].sort());
      const drift = await connected(model, schema, (dataSource) => dataSource.driver.createSchemaBuilder().log());
      expect(drift.upQueries).toEqual([]);
      await database.pool.query(`drop schema ${schema} cascade`);
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

  it('have no statistics taken of a personal column, and drop those there were', async () => {
    const sampled = async (): Promise<string[]> => {
      const { rows } = await database.pool.query<{ place: string }>(
        `select schemaname || '.' || stats.attname as place from pg_description
         join pg_class on pg_class.oid = objoid and classoid = 'pg_class'::regclass join pg_namespace on pg_namespace.oid = relnamespace
         join pg_attribute on attrelid = objoid and attnum = objsubid
         join pg_stats as stats on (schemaname, tablename, stats.attname) = (nspname, relname, pg_attribute.attname)
         where description = 'personal' union all select stxname from pg_statistic_ext order by 1`,
      );
      return rows.map(({ place }) => place);
    };
    const model = projections.find(({ name }) => name === 'person-directory')!;
    const { schema } = await liveOf(model);
    const people = `${schema}.person_directory`;
    await database.pool.query(`
      insert into ${people} select 'c' || n, 'dongfang', 'person', 'Ada', 'Ms', 'ada', '{a,d,ad,da}', '[]', '{}', now(), 'p' || n, false, '{}'
      from generate_series(1, 100) as n`);
    await database.pool.query('analyze');
    expect(await sampled()).toEqual([]);
    await connected(model, schema, async (dataSource) => {
      const noStatistics = new PersonDirectoryNoStatistics1790000000010();
      const runner = dataSource.createQueryRunner();
      await noStatistics.down(runner);
      await database.pool.query('analyze');
      expect(await sampled()).toContain(`${schema}.name_grams`);
      await runner.startTransaction();
      await noStatistics.up(runner);
      await runner.commitTransaction();
      await runner.release();
    });
    expect(await sampled()).toEqual([]);
    const { rows } = await database.pool.query('select name from read_model.person_directory group by name');
    expect(rows).toEqual([{ name: 'Ada' }]);
    await database.pool.query(`truncate ${people}`);
  });

  it('can be taken back one by one', async () => {
    for (const model of projections) {
      const { schema } = await liveOf(model);
      await database.pool.query(`drop view read_model.${model.projection.table}`);
      await connected(model, schema, async (dataSource) => {
        for (const _ of model.migrations) await dataSource.undoLastMigration();
      });
      expect((await tables()).filter((name) => name.startsWith(`${schema}.`))).toEqual([`${schema}.migrations`]);
    }
  });
});

describe('a database of the release before builds', () => {
  const database = useDatabase();
  /** As that release left it: tables of the fixed name, one table of migrations, checkpoints that know no builds. */
  beforeAll(async () => {
    await runSqlMigrations(database.pool, subscriptionMigrations);
    await migrateReadModels(database.url);
    const builds = await new Builds(database.pool).list();
    await database.pool.query(
      'create table read_model.migrations (id serial primary key, timestamp bigint not null, name varchar not null)',
    );
    for (const { schema, projection } of builds) {
      const { table } = projections.find(({ name }) => name === projection)!.projection;
      await database.pool.query(`
        drop view read_model.${table};
        insert into read_model.migrations (timestamp, name) select timestamp, name from ${schema}.migrations;
        alter table ${schema}.${table} set schema read_model;
        drop schema ${schema} cascade`);
    }
    await database.pool.query(`
      truncate touchline.builds;
      insert into read_model.group_directory values ('site-dongfang.pudong', 'dongfang', 'site', 'pudong', '{}', now(), '0000000000000007');
      insert into touchline.checkpoints (name, version, log_id, position, event_id, fence) values
        ('group-directory', 1, 'log', '0000000000000007', 'e7', 3);
      insert into touchline.checkpoints (name, version, log_id, fence, state, failure) values
        ('customer-streams', 1, 'log', 3, 'stopped', '{"code":"projection.version-changed"}')`);
  });

  it('keeps its rows and its places in the log; what is of an older version stays as it is', async () => {
    expect(await migrateReadModels(database.url)).toEqual([]);
    expect(await migrateReadModels(database.url)).toEqual([]);
    const live = (await new Builds(database.pool).list()).map(({ projection, build, version, state }) => [
      projection,
      build,
      version,
      state,
    ]);
    expect(live).toEqual(
      projections.map(({ name, projection }) => [
        name,
        1,
        ['customer-streams', 'group-directory'].includes(name) ? 1 : projection.version,
        'live',
      ]),
    );
    const { rows } = await database.pool.query<{ id: string }>('select id from read_model.group_directory');
    expect(rows).toEqual([{ id: 'pudong' }]);
    const { rows: checkpoints } = await database.pool.query(
      'select name, version, position, build, events, state, failure from touchline.checkpoints order by name',
    );
    expect(checkpoints).toEqual([
      { name: 'customer-streams', version: 1, position: null, build: 1, events: null, state: 'running', failure: null },
      { name: 'group-directory', version: 1, position: '0000000000000007', build: 1, events: null, state: 'running', failure: null },
    ]);
  });

  it('is still of use to that release: it writes through the fixed names', async () => {
    await database.pool.query(`
      insert into read_model.group_directory select * from read_model.group_directory
      on conflict (stream) do update set record = '{"name":"浦东"}'`);
    const { rows } = await database.pool.query<{ record: object }>('select record from group_directory_v1_1.group_directory');
    expect(rows).toEqual([{ record: { name: '浦东' } }]);
  });
});

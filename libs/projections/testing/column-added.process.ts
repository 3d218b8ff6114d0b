import { asPosition } from '@touchline/core';
import { createPool, runSqlMigrations } from '@touchline/postgres';
import { Checkpoints, RowStore, buildSchema, subscriptionMigrations } from '@touchline/subscriptions';
import { projections } from '../index.js';
import { migrateReadModels } from '../migrate.js';
import { buildDataSource } from './data-source.js';

// Run in a copy of the repository: makes the tables of one read model on an empty database, and says what then differs from
// its entity, and how a row comes back that was written with every value given.

const [url = '', name = '', given = '{}'] = process.argv.slice(2);
const model = projections.find((each) => each.name === name);
if (model === undefined) throw new Error(`there is no read model ${name}`);
const pool = createPool({ url, applicationName: 'column-added' });
await runSqlMigrations(pool, subscriptionMigrations);
await migrateReadModels(url);

const schema = buildSchema(model.projection, 1);
const dataSource = await buildDataSource(model, { url, schema, applicationName: 'column-added' }).initialize();
const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
await dataSource.destroy();

const row = JSON.parse(given) as Record<string, string>;
const key = row[model.projection.columns[0].property] ?? '';
const store = new RowStore<object>(model.projection, schema);
const checkpoints = new Checkpoints(pool);
const lease = { name, holder: 'column-added', fence: 1 };
await checkpoints.claim(lease, { version: 1, logId: 'log' });
const folded = { row, foldedAt: '2026-03-02T09:00:00.000Z', foldedPosition: asPosition('0000000000000007') };
await checkpoints.move(pool, lease, null, { position: asPosition('1'), id: 'e1' }, {}, store.changes(new Map([[key, folded]])));
const read = (await store.load(pool, [key])).get(key)?.row;
await pool.end();
process.stdout.write(JSON.stringify({ drift: upQueries.map(({ query }) => query), read }));

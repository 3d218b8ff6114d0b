import { DataSource } from 'typeorm';
import { projections } from './index.js';

/** Postgres schema of every read model. */
export const READ_MODEL_SCHEMA = 'read_model';

/** Entities and migrations by explicit lists; nothing is ever synchronised from the entities. Not yet initialised. */
export const readModelDataSource = (options: { url: string; applicationName: string; max?: number }): DataSource =>
  new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    schema: READ_MODEL_SCHEMA,
    synchronize: false,
    entities: projections.map(({ entity }) => entity),
    migrations: projections.flatMap(({ migrations }) => [...migrations]),
    extra: { max: options.max ?? 10, connectionTimeoutMillis: 5_000, keepAlive: true },
  });

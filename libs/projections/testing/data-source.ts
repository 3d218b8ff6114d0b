import { DataSource } from 'typeorm';
import type { ReadModel } from '../index.js';
import { namingStrategy } from '../table-of.js';

/**
 * The tables of one build. Its migrations name no schema: they run on its search path. Entities and migrations by explicit
 * lists; nothing is ever synchronised from the entities. Not yet initialised.
 */
export const buildDataSource = (
  { entity, migrations }: Pick<ReadModel, 'entity' | 'migrations'>,
  { url, schema, applicationName }: { url: string; schema: string; applicationName: string },
): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    applicationName,
    schema,
    namingStrategy,
    synchronize: false,
    entities: [entity],
    migrations: [...migrations],
    extra: { max: 1, connectionTimeoutMillis: 5_000, keepAlive: true, options: `-c search_path=${schema}` },
  });

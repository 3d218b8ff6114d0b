import { DataSource, DefaultNamingStrategy, getMetadataArgsStorage } from 'typeorm';
import type { EntityMetadata } from 'typeorm';
import { EntityMetadataBuilder } from 'typeorm/metadata-builder/EntityMetadataBuilder.js';
import type { RowColumn, RowTable } from '@touchline/subscriptions';
import { FOLDED_COLUMNS, READ_MODEL_SCHEMA } from '@touchline/subscriptions';

/** `openedAt` → `opened_at`; keys are named as Postgres names them. */
class Names extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }

  override primaryKeyName(table: Parameters<DefaultNamingStrategy['primaryKeyName']>[0]): string {
    return `${typeof table === 'string' ? table : table.name}_pkey`;
  }
}
export const namingStrategy = new Names();

/** A class whose decorators say what a row is. */
export type EntityClass<Row extends object = object> = abstract new () => Row;

/** Never connected: it only knows what entities say. */
const dataSource = new DataSource({ type: 'postgres', schema: READ_MODEL_SCHEMA, namingStrategy });

const metadata = new Map<EntityClass, EntityMetadata>();

function metadataOf(entity: EntityClass): EntityMetadata {
  const known = metadata.get(entity) ?? new EntityMetadataBuilder(dataSource, getMetadataArgsStorage()).build([entity])[0];
  if (known === undefined) throw new Error(`${entity.name} is no entity`);
  metadata.set(entity, known);
  return known;
}

/** What statements on an entity are put together with; it is not connected, and whoever asks runs them. */
export function entitySource(entity: EntityClass): DataSource {
  dataSource.entityMetadatasMap.set(entity, metadataOf(entity));
  return dataSource;
}

const tables = new Map<EntityClass, RowTable>();

/** The table that an entity describes. */
export function tableOf(entity: EntityClass): RowTable {
  const known = tables.get(entity) ?? described(entity);
  tables.set(entity, known);
  return known;
}

function described(entity: EntityClass): RowTable {
  const { tableName, columns, primaryColumns } = metadataOf(entity);
  const [key] = primaryColumns;
  if (key === undefined) throw new Error(`${entity.name} is no entity with a key`);
  const places = new Set(FOLDED_COLUMNS.map(({ property }) => property));
  const rest = columns.filter((column) => column !== key && !places.has(column.propertyName));
  return { table: tableName, columns: [columnOf(key), ...rest.map(columnOf)] };
}

const columnOf = (column: EntityMetadata['columns'][number]): RowColumn => ({
  property: column.propertyName,
  name: column.databaseName,
  type: dataSource.driver.normalizeType(column) + (column.isArray ? '[]' : ''),
});

/** The columns of a row that queries give: not what the fold alone goes on from, nor those left out. */
export const columnsOf = <Row extends object>(entity: EntityClass<Row>, ...without: (keyof Row & string)[]): RowColumn[] =>
  tableOf(entity).columns.filter(({ property }) => property !== 'state' && !(without as string[]).includes(property));

/** `opened_at as "openedAt", …` */
export const selected = (columns: readonly RowColumn[]): string =>
  columns.map(({ name, property }) => `${name} as "${property}"`).join(', ');

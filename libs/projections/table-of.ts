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

const tables = new Map<EntityClass, RowTable>();

/** The table that an entity describes. */
export function tableOf(entity: EntityClass): RowTable {
  const known = tables.get(entity) ?? described(entity);
  tables.set(entity, known);
  return known;
}

function described(entity: EntityClass): RowTable {
  const [metadata] = new EntityMetadataBuilder(dataSource, getMetadataArgsStorage()).build([entity]);
  const key = metadata?.primaryColumns[0];
  if (metadata === undefined || key === undefined) throw new Error(`${entity.name} is no entity with a key`);
  const places = new Set(FOLDED_COLUMNS.map(({ property }) => property));
  const rest = metadata.columns.filter((column) => column !== key && !places.has(column.propertyName));
  return { table: metadata.tableName, columns: [columnOf(key), ...rest.map(columnOf)] };
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

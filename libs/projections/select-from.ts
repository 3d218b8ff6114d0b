import type { SelectQueryBuilder } from 'typeorm';
import type { Caller } from '@touchline/core';
import type { Paging } from '@touchline/http';
import { keyset } from './keyset.js';
import type { SqlQuery } from './sql-query.js';
import type { EntityClass } from './table-of.js';
import { entitySource } from './table-of.js';

// Statements on the live rows of a read model, by TypeORM's query builder. Those that a replay answers from rows of its own, that sum over
// many rows, or that each request waits for are SQL beside their read model (ADR 0045).

/** Selects these properties of rows, which `row` stands for in conditions. */
export function selectFrom<Row extends object>(
  entity: EntityClass<Row>,
  ...properties: readonly (keyof Row & string)[]
): SelectQueryBuilder<Row> {
  const query = entitySource(entity).createQueryBuilder(entity, 'row').select([]);
  for (const property of properties) query.addSelect(`row.${property}`, property);
  return query;
}

/** Rows of the caller's group and sites (domain §1.2); what belongs to no site is for those who see all. */
export function visibleTo<Row extends object>(query: SelectQueryBuilder<Row>, { tenant, sites }: Caller): SelectQueryBuilder<Row> {
  query.andWhere('row.tenant = :tenant', { tenant });
  return sites === 'all' ? query : query.andWhere('row.siteId = any(:sites)', { sites });
}

/** One page, in the order of these properties, and one row more. @throws Problem 400 `cursor.malformed` */
export function paged<Row extends object>(
  query: SelectQueryBuilder<Row>,
  paging: Paging,
  ...key: readonly (keyof Row & string)[]
): SelectQueryBuilder<Row> {
  let count = 0;
  const place = (value: unknown): string => {
    const name = `key${(count += 1)}`;
    query.setParameter(name, value);
    return `:${name}`;
  };
  const { beyond, order, limit } = keyset(place, paging, ...key.map((property) => `row.${property}`));
  for (const condition of beyond) query.andWhere(condition);
  for (const [column, direction] of order) query.addOrderBy(column, direction === 'asc' ? 'ASC' : 'DESC');
  return query.limit(limit);
}

/** Runs it where the caller's statements run, with their bounds. */
export function rowsOf<Row extends object>(ask: SqlQuery, query: SelectQueryBuilder<object>): Promise<Row[]> {
  const [text, values] = query.getQueryAndParameters();
  return ask<Row>(text, values as unknown[]);
}

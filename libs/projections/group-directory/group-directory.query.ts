import type { SiteScope } from '@touchline/core';
import type { Paging } from '@touchline/http';
import type { SqlQuery } from '../sql-query.js';
import { paged, rowsOf, selectFrom } from '../select-from.js';
import type { Listed } from './group-directory.entity.js';
import { Entry } from './group-directory.entity.js';

/** A record of the group under its id. */
export type Found<Kind extends keyof Listed> = Pick<Entry<Kind>, 'id' | 'record' | 'revision'>;

export interface DirectoryFilter {
  /** Sites of this unit. */
  unitId?: string;
  /** Users who may act at one of these sites. */
  at?: SiteScope;
}

const FOUND = () => selectFrom(Entry, 'id', 'revision', 'record');

/** One row more than the page holds, where there is one. */
export function listEntries<Kind extends keyof Listed>(
  ask: SqlQuery,
  { tenant, kind, unitId, at = 'all' }: DirectoryFilter & { tenant: string; kind: Kind },
  paging: Paging,
): Promise<Found<Kind>[]> {
  const query = paged(FOUND().where({ tenant, kind }), paging, 'id');
  if (unitId !== undefined) query.andWhere(`row.record ->> 'unitId' = :unitId`, { unitId });
  if (at !== 'all') query.andWhere(`(row.record -> 'sites' = '"all"' or row.record -> 'sites' ?| cast(:at as text[]))`, { at });
  return rowsOf(ask, query);
}

export async function findEntry<Kind extends keyof Listed>(
  ask: SqlQuery,
  { tenant, kind, id }: { tenant: string; kind: Kind; id: string },
): Promise<Found<Kind> | null> {
  const [found] = await rowsOf<Found<Kind>>(ask, FOUND().where({ tenant, kind, id }));
  return found ?? null;
}

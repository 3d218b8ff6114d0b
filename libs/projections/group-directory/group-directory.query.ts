import type { SiteScope } from '@touchline/core';
import type { Paging } from '@touchline/http';
import type { SqlQuery } from '../sql-query.js';
import { parameters } from '../read-models.js';
import type { Entry, Listed } from './group-directory.entity.js';

/** A record of the group under its id. */
export type Found<Kind extends keyof Listed> = Pick<Entry<Kind>, 'id' | 'record' | 'revision'>;

export interface DirectoryFilter {
  /** Sites of this unit. */
  unitId?: string;
  /** Users who may act at one of these sites. */
  at?: SiteScope;
}

/** One row more than the page holds, where there is one. */
export function listEntries<Kind extends keyof Listed>(
  ask: SqlQuery,
  { tenant, kind, unitId, at = 'all' }: DirectoryFilter & { tenant: string; kind: Kind },
  paging: Paging,
): Promise<Found<Kind>[]> {
  const { values, $ } = parameters();
  const [after] = paging.after() ?? [];
  const where = [
    `tenant = ${$(tenant)} and kind = ${$(kind)}`,
    ...(unitId === undefined ? [] : [`record->>'unitId' = ${$(unitId)}`]),
    ...(at === 'all' ? [] : [`(record->'sites' = '"all"' or record->'sites' ?| ${$(at)}::text[])`]),
    ...(after === undefined ? [] : [`id > ${$(after)}`]),
  ];
  const sql = `select id, revision, record from read_model.group_directory where ${where.join(' and ')}
    order by id limit ${$(paging.size + 1)}`;
  return ask<Found<Kind>>(sql, values);
}

export async function findEntry<Kind extends keyof Listed>(
  ask: SqlQuery,
  { tenant, kind, id }: { tenant: string; kind: Kind; id: string },
): Promise<Found<Kind> | null> {
  const sql = 'select id, revision, record from read_model.group_directory where tenant = $1 and kind = $2 and id = $3';
  const [found] = await ask<Found<Kind>>(sql, [tenant, kind, id]);
  return found ?? null;
}

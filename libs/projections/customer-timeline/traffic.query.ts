import type { Caller } from '@touchline/core';
import type { SqlQuery } from '../sql-query.js';
import { parameters, visible } from '../read-models.js';
import { rowsOf, selectFrom, visibleTo } from '../select-from.js';
import type { Zones } from '../zones.js';
import { zoneSql } from '../zones.js';
import { TimelineEntry } from './customer-timeline.entity.js';

/** A site's traffic of one day of its calendar (domain §2.1, §11.1); those who left no details count in all of it. */
export interface DayOfTraffic {
  siteId: string;
  /** `YYYY-MM-DD` at the site. */
  day: string;
  calls: number;
  /** Calls received whose caller left contact details. */
  callsKept: number;
  visits: number;
  /** Batches that came for the first time, and those of them that left details: contact details kept = kept ÷ first. */
  firstVisits: number;
  firstVisitsKept: number;
  /** People of all batches, where it was noted. */
  people: number;
  /** Calls and visits that left no details. */
  unidentified: number;
}

export interface TrafficQuestion {
  occurredFrom: string;
  occurredTo: string;
  siteId?: string;
  zones: Zones;
}

const IS_CALL = `(type = 'call-received' or type = 'contact-recorded' and kind = 'call')`;
const IS_VISIT = `(type = 'visit-received' or type = 'contact-recorded' and kind = 'visit')`;
const KEPT = `(details ->> 'contactTaken')::boolean`;
const FIRST = `(details ->> 'first')::boolean`;
const count = (filter: string, name: string): string => `(count(*) filter (where ${filter}))::integer as "${name}"`;

export function traffic(
  ask: SqlQuery,
  caller: Caller,
  { occurredFrom, occurredTo, siteId, zones }: TrafficQuestion,
): Promise<DayOfTraffic[]> {
  const { values, $ } = parameters();
  const zone = zoneSql($(JSON.stringify(zones)));
  const where = [
    visible($, caller),
    `type in ('call-received', 'visit-received', 'contact-recorded')`,
    `occurred_at >= ${$(occurredFrom)}::timestamptz`,
    `occurred_at < ${$(occurredTo)}::timestamptz`,
    'site_id is not null',
    ...(siteId === undefined ? [] : [`site_id = ${$(siteId)}`]),
  ];
  return ask<DayOfTraffic>(
    `select site_id as "siteId", to_char(occurred_at at time zone ${zone}, 'YYYY-MM-DD') as day,
       ${count(IS_CALL, 'calls')}, ${count(`${IS_CALL} and ${KEPT}`, 'callsKept')},
       ${count(IS_VISIT, 'visits')}, ${count(`${IS_VISIT} and ${FIRST}`, 'firstVisits')},
       ${count(`${IS_VISIT} and ${FIRST} and ${KEPT}`, 'firstVisitsKept')},
       coalesce(sum((details ->> 'batchSize')::integer) filter (where ${IS_VISIT}), 0)::bigint as people,
       ${count(`type = 'contact-recorded'`, 'unidentified')}
     from read_model.customer_timeline where ${where.join(' and ')} group by 1, 2 order by 2, 1`,
    values,
  );
}

export async function sitesWithTraffic(
  ask: SqlQuery,
  caller: Caller,
  { occurredFrom, occurredTo }: Pick<TrafficQuestion, 'occurredFrom' | 'occurredTo'>,
): Promise<string[]> {
  const query = selectFrom(TimelineEntry, 'siteId').distinct().where('row.siteId is not null');
  query.andWhere('row.occurredAt >= :occurredFrom and row.occurredAt < :occurredTo', { occurredFrom, occurredTo });
  return (await rowsOf<{ siteId: string }>(ask, visibleTo(query, caller))).map(({ siteId }) => siteId);
}

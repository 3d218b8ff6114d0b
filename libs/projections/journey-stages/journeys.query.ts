import type { Caller } from '@touchline/core';
import type { Page, Paging } from '@touchline/http';
import type { SqlQuery } from '../sql-query.js';
import { keyset, pageSql, where } from '../keyset.js';
import type { Rows } from '../read-models.js';
import { parameters, visible } from '../read-models.js';
import { columnsOf, selected } from '../table-of.js';
import type { JourneyRow, JourneysMeant } from './journey-filter.js';
import { journeysSql } from './journey-filter.js';
import { JourneyStages } from './journey-stages.entity.js';

const ROW = selected(columnsOf(JourneyStages, 'tenant'));

/** Journeys that reached a stage, with what became of it there; see `funnel`. */
export interface AtStage {
  stage: string;
  outcome: StageOutcome;
}

/** What a figure of a stage counts: those that entered (and were not taken back), that left, and each way to end there. */
export const STAGE_OUTCOMES = ['entered', 'converted', 'dropped', 'inside', 'left', 'taken-back'] as const;
export type StageOutcome = (typeof STAGE_OUTCOMES)[number];

const COUNTED: Readonly<Record<StageOutcome, readonly string[]>> = {
  entered: ['converted', 'dropped', 'inside'],
  converted: ['converted'],
  dropped: ['dropped'],
  inside: ['inside'],
  left: ['converted', 'dropped'],
  'taken-back': ['taken-back'],
};

/** Newest opened first, unless asked otherwise. */
export async function listJourneys(
  ask: SqlQuery,
  caller: Caller,
  { at, paging, ...meant }: JourneysMeant & { at?: AtStage; paging: Paging },
): Promise<Page<JourneyRow>> {
  const { values, $ } = parameters();
  const page = keyset($, paging, 'opened_at', 'id');
  const journeys = journeysSql($, caller, meant);
  const conditions = [
    ...(at === undefined
      ? []
      : [`exists (select 1 from ${STAGES} where stage = ${$(at.stage)} and outcome = any(${$(COUNTED[at.outcome])}))`]),
    ...page.beyond,
  ];
  const rows = await ask<JourneyRow>(`select ${ROW} from (${journeys}) as listed ${where(conditions)} ${pageSql(page)}`, values);
  return paging.page(rows, ({ openedAt, id }) => [openedAt, id]);
}

/** The stages of a row as rows of their own. */
export const STAGES = `jsonb_to_recordset(stages) as s(stage text, "order" integer, "enteredAt" timestamptz, "leftAt" timestamptz, outcome text)`;

export async function journeyOf(ask: SqlQuery, caller: Caller, id: string, rows: Rows): Promise<JourneyRow | undefined> {
  const { values, $ } = parameters();
  const sql = `select ${ROW} from ${rows($)} where ${visible($, caller)} and id = ${$(id)}`;
  const [journey] = await ask<JourneyRow>(sql, values);
  return journey;
}

export async function sitesWithJourneys(ask: SqlQuery, caller: Caller, rows: Rows): Promise<string[]> {
  const { values, $ } = parameters();
  const sql = `select distinct site_id as site from ${rows($)} where ${visible($, caller)} and site_id is not null`;
  return (await ask<{ site: string }>(sql, values)).map(({ site }) => site);
}

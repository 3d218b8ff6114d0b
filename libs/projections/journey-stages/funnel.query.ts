import type { Caller } from '@touchline/core';
import type { SqlQuery } from '../sql-query.js';
import type { Place } from '../read-models.js';
import { parameters } from '../read-models.js';
import type { JourneysMeant } from './journey-filter.js';
import { journeysSql, sliceSql } from './journey-filter.js';
import { STAGES } from './journeys.query.js';

/** Exact; null where there is none. Percentiles interpolate between neighbours, or are a value that occurred. */
export interface Duration {
  journeys: number;
  medianHours: number | null;
  p90Hours: number | null;
  medianOccurredHours: number | null;
  p90OccurredHours: number | null;
  meanHours: number | null;
  minHours: number | null;
  maxHours: number | null;
}

export interface StageFigures {
  playbookId: string | null;
  stageId: string;
  stageOrder: number;
  /** Reached, and not taken back: converted + dropped + inside. */
  entered: number;
  converted: number;
  dropped: number;
  inside: number;
  takenBack: number;
  /** From entering to leaving, of those that left. */
  timeInStage: Duration;
}

/** Contracts that stand, of one currency; minor units, the average unrounded. */
export interface WonValue {
  currency: string;
  journeys: number;
  amount: number;
  averageAmount: number;
}

export interface Figures {
  opportunities: number;
  open: number;
  won: number;
  lost: number;
  closed: number;
  /** Won of those that are won or lost; null where none is. Unrounded. */
  winRate: number | null;
  wonValue: WonValue[];
  openedToWon: Duration;
  openedToLost: Duration;
  openedToClosed: Duration;
  stages: StageFigures[];
}

export interface Funnel {
  by: string | null;
  overall: Figures;
  /** The largest first; `key` null where it is not known. */
  slices: (Figures & { key: string | null })[];
  /** True where there are more slices than were asked for. */
  more: boolean;
}

export interface FunnelQuestion extends JourneysMeant {
  by?: string;
  /** Most slices. */
  slices: number;
}

type Counts = Omit<Figures, 'wonValue' | 'stages' | 'winRate'>;
type Keyed<T> = T & { key: string };

/** Counts, durations and stages of the journeys meant, altogether and by slice; for a snapshot, so that they agree. */
export async function funnel(ask: SqlQuery, caller: Caller, question: FunnelQuestion): Promise<Funnel> {
  const [overall = NOTHING] = await figures(ask, caller, question, null);
  const { by } = question;
  if (by === undefined) return { by: null, overall: withoutKey(overall), slices: [], more: false };
  const slices = await figures(ask, caller, question, by);
  return {
    by,
    overall: withoutKey(overall),
    slices: slices.slice(0, question.slices).map(({ key, ...rest }) => ({ key: key === '' ? null : key, ...rest })),
    more: slices.length > question.slices,
  };
}

const withoutKey = ({ key: _, ...figures }: Keyed<Figures>): Figures => figures;

/** By slice, one more than asked for where there are more; or all in one, under the key ''. */
async function figures(ask: SqlQuery, caller: Caller, question: FunnelQuestion, by: string | null): Promise<Keyed<Figures>[]> {
  const rows = <T extends object>(
    { select, from = '', group }: Aggregate,
    end: ($: Place) => [where: string, order: string],
  ): Promise<Keyed<T>[]> => {
    const { values, $ } = parameters();
    const key = by === null ? `''` : sliceSql(by, $);
    const meant = journeysSql($, caller, question);
    const [where, order] = end($);
    // `offset 0` has the key worked out once a journey, and not again for each of its stages.
    return ask<Keyed<T>>(
      `select key, ${select} from (select *, ${key} as key from (${meant}) as meant offset 0) as keyed ${from} ${where} group by key${group} ${order}`,
      values,
    );
  };
  const counts = await rows<Counts>(COUNTS, ($) => ['', `order by count(*) desc, key limit ${$(question.slices + 1)}`]);
  const ofThese = ($: Place): string => `where key = any(${$(counts.map(({ key }) => key))}::text[])`;
  const values = await rows<WonValue>(WON_VALUE, ($) => [ofThese($), 'order by contract_currency']);
  const stages = await rows<StageFigures>(STAGE_FIGURES, ($) => [ofThese($), 'order by playbook_id, min("order"), stage']);
  const ofKey = <T extends object>(all: readonly Keyed<T>[], wanted: string): T[] =>
    all.filter(({ key }) => key === wanted).map(({ key: _, ...rest }) => rest as unknown as T);
  return counts.map(({ key, ...counted }) => {
    const { won, closed } = counted;
    return {
      key,
      ...counted,
      winRate: closed === 0 ? null : won / closed,
      wonValue: ofKey(values, key).filter(({ journeys }) => journeys > 0),
      stages: ofKey(stages, key),
    };
  });
}

interface Aggregate {
  select: string;
  from?: string;
  /** Beside the key. */
  group: string;
}

/** Instants are whole milliseconds, so hours are off by no more than one rounding of a double. */
function duration(from: string, to: string, only: string): string {
  const hours = `(date_part('epoch', ${to} - ${from}) / 3600)`;
  // Whole numbers add up to the same in whatever order rows are read; doubles do not.
  const milliseconds = `(date_part('epoch', ${to} - ${from}) * 1000)::bigint`;
  const filter = `filter (where ${only})`;
  const fractions = `array[0.5, 0.9]::float8[]`;
  const percentiles = (kind: 'cont' | 'disc'): string => `(percentile_${kind}(${fractions}) within group (order by ${hours}) ${filter})`;
  const stated = [
    `'journeys', count(*) ${filter}`,
    ...(['cont', 'disc'] as const).flatMap((kind) => {
      const name = kind === 'cont' ? 'Hours' : 'OccurredHours';
      return [`'median${name}', ${percentiles(kind)}[1]`, `'p90${name}', ${percentiles(kind)}[2]`];
    }),
    `'meanHours', sum(${milliseconds}) ${filter}::float8 / nullif(count(${milliseconds}) ${filter}, 0) / 3600000`,
    ...['min', 'max'].map((sum) => `'${sum}Hours', ${sum}(${hours}) ${filter}`),
  ];
  return `json_build_object(${stated.join(', ')})`;
}

const COUNTS: Aggregate = {
  group: '',
  select: `
  count(*)::integer as opportunities,
  (count(*) filter (where status = 'open'))::integer as open,
  (count(*) filter (where status = 'won'))::integer as won,
  (count(*) filter (where status = 'lost'))::integer as lost,
  (count(*) filter (where closed_at is not null))::integer as closed,
  ${duration('opened_at', 'closed_at', `status = 'won'`)} as "openedToWon",
  ${duration('opened_at', 'closed_at', `status = 'lost'`)} as "openedToLost",
  ${duration('opened_at', 'closed_at', `closed_at is not null`)} as "openedToClosed"`,
};

const WON_VALUE: Aggregate = {
  group: ', contract_currency',
  select: `
  contract_currency as currency,
  count(contract_amount)::integer as journeys,
  sum(contract_amount::numeric)::float8 as amount,
  sum(contract_amount::numeric)::float8 / nullif(count(contract_amount), 0) as "averageAmount"`,
};

const STAGE_FIGURES: Aggregate = {
  from: `cross join lateral ${STAGES}`,
  group: ', playbook_id, stage',
  select: `
  playbook_id as "playbookId", stage as "stageId", min("order") as "stageOrder",
  (count(*) filter (where outcome <> 'taken-back'))::integer as entered,
  (count(*) filter (where outcome = 'converted'))::integer as converted,
  (count(*) filter (where outcome = 'dropped'))::integer as dropped,
  (count(*) filter (where outcome = 'inside'))::integer as inside,
  (count(*) filter (where outcome = 'taken-back'))::integer as "takenBack",
  ${duration('"enteredAt"', '"leftAt"', `outcome in ('converted', 'dropped')`)} as "timeInStage"`,
};

const NEVER: Duration = {
  journeys: 0,
  medianHours: null,
  p90Hours: null,
  medianOccurredHours: null,
  p90OccurredHours: null,
  meanHours: null,
  minHours: null,
  maxHours: null,
};
const NOTHING: Keyed<Figures> = {
  key: '',
  opportunities: 0,
  open: 0,
  won: 0,
  lost: 0,
  closed: 0,
  winRate: null,
  wonValue: [],
  openedToWon: NEVER,
  openedToLost: NEVER,
  openedToClosed: NEVER,
  stages: [],
};

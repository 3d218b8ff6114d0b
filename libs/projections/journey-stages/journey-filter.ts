import { Matches } from 'class-validator';
import type { Caller } from '@touchline/core';
import { Instant, OneOf, QueryTextList, ReadQuery, Text } from '@touchline/http';
import type { Place, Rows } from '../read-models.js';
import { visible } from '../read-models.js';
import { columnsOf } from '../table-of.js';
import type { Zones } from '../zones.js';
import { zoneSql } from '../zones.js';
import { JourneyStages } from './journey-stages.entity.js';

/** What journeys can be sliced by; each is also a filter of the same name. A value that is not known is the empty text. */
const SLICE_SQL = {
  siteId: 'site_id',
  unitId: 'unit_id',
  ownerId: 'owner_id',
  customerId: 'customer_id',
  productLine: 'product_line',
  product: 'product',
  media: 'media',
  playbookId: 'playbook_id',
  playbookVersion: `playbook_id || '@' || playbook_version`,
  monthOpened: `to_char(opened_at at time zone zone, 'YYYY-MM')`,
  monthClosed: `to_char(closed_at at time zone zone, 'YYYY-MM')`,
} as const;
type Slice = keyof typeof SLICE_SQL;
export const SLICES = Object.keys(SLICE_SQL) as Slice[];

export const ATTRIBUTE = /^attribute:([^:]{1,60})$/;
export const ATTRIBUTE_VALUE = /^([^:]{1,60}):(.*)$/s;
export const BY = new RegExp(`^(${SLICES.join('|')})$|${ATTRIBUTE.source}`);

const STATUSES = ['open', 'won', 'lost', 'closed'] as const;

const Known = (description: string, example?: string): PropertyDecorator =>
  Text({ optional: true, min: 0, max: 200, description: `${description}; empty: none known`, ...(example !== undefined && { example }) });

/** Which journeys are meant: all that fit every field. Months are those of the site's time zone. */
export class JourneyFilter extends ReadQuery {
  @OneOf(STATUSES, { optional: true, description: 'won: a contract stands · lost: and none stands · closed: won or lost' })
  status?: (typeof STATUSES)[number];

  @Known('site', 'pudong') siteId?: string;
  @Known('unit') unitId?: string;
  @Known('owner, a user') ownerId?: string;
  @Known('customer') customerId?: string;
  @Known('product line') productLine?: string;
  @Known('product') product?: string;
  @Known('media source') media?: string;
  @Known('playbook') playbookId?: string;
  @Known('playbook in one version, as id@version', 'auto-ssp9@1') playbookVersion?: string;
  @Known('month opened', '2026-03') monthOpened?: string;
  @Known('month won or lost', '2026-03') monthClosed?: string;

  @QueryTextList({ optional: true, maxItems: 10, max: 300, description: 'attribute as name:value; may be repeated' })
  @Matches(ATTRIBUTE_VALUE, { each: true })
  attribute?: string[];

  @Text({ optional: true, max: 60, description: 'stage the journey stands at' })
  stageId?: string;

  @Text({ optional: true, min: 3, max: 3, description: 'currency of the contract that stands', example: 'CNY' })
  currency?: string;

  @Instant({ optional: true, description: 'opened at or after' })
  openedFrom?: string;

  @Instant({ optional: true, description: 'opened before' })
  openedTo?: string;

  @Instant({ optional: true, description: 'won or lost at or after' })
  closedFrom?: string;

  @Instant({ optional: true, description: 'won or lost before' })
  closedTo?: string;
}

/** The value a journey is sliced by, '' for none; the caller has checked the form of `by`. */
export function sliceSql(by: string, $: Place): string {
  const attribute = ATTRIBUTE.exec(by)?.[1];
  return attribute === undefined ? `coalesce(${SLICE_SQL[by as Slice]}, '')` : attributeSql(attribute, $);
}

const attributeSql = (name: string, $: Place): string => `coalesce(attributes ->> ${$(name)}::text, '')`;

/** Whether a question asks for months, for which the zones of its sites are needed. */
export const asksForMonths = ({ monthOpened, monthClosed }: JourneyFilter, by?: string): boolean =>
  monthOpened !== undefined || monthClosed !== undefined || by?.startsWith('month') === true;

// Without the state of the fold, which is the larger part of a row.
export const COLUMNS = columnsOf(JourneyStages)
  .map(({ name }) => name)
  .join(', ');

/** Which journeys a question means, and where their rows are. */
export interface JourneysMeant {
  filter: JourneyFilter;
  zones: Zones;
  rows: Rows;
}

/** Every journey the caller may see and the filter means, with the time zone of its site. */
export function journeysSql($: Place, caller: Caller, { filter, zones, rows }: JourneysMeant): string {
  const { status, stageId, currency, attribute = [], openedFrom, openedTo, closedFrom, closedTo } = filter;
  const given = <T>(value: T | undefined, sql: (place: string) => string): string[] => (value === undefined ? [] : [sql($(value))]);
  const where = [
    visible($, caller),
    ...(status === 'closed' ? ['closed_at is not null'] : given(status, (place) => `status = ${place}`)),
    ...SLICES.flatMap((slice) => sameSlice(SLICE_SQL[slice], filter[slice], $)),
    ...attribute.flatMap((each) => {
      const [, name = '', value = ''] = ATTRIBUTE_VALUE.exec(each) ?? [];
      return [`${attributeSql(name, $)} = ${$(value)}`];
    }),
    ...given(stageId, (place) => `stage_id = ${place}`),
    ...given(currency, (place) => `contract_currency = ${place}`),
    ...given(openedFrom, (place) => `opened_at >= ${place}::timestamptz`),
    ...given(openedTo, (place) => `opened_at < ${place}::timestamptz`),
    ...given(closedFrom, (place) => `closed_at >= ${place}::timestamptz`),
    ...given(closedTo, (place) => `closed_at < ${place}::timestamptz`),
  ];
  return `select * from (
    select ${COLUMNS}, ${zoneSql($(JSON.stringify(zones)))} as zone from ${rows($)}
  ) as journeys where ${where.join(' and ')}`;
}

/** A bare column where a value is asked for, so that an index may serve. */
function sameSlice(sql: string, value: string | undefined, $: Place): string[] {
  if (value === undefined) return [];
  return [value === '' ? `coalesce(${sql}, '') = ''` : `${sql} = ${$(value)}`];
}

/** A journey's row, without what its fold goes on from. */
export type JourneyRow = Omit<JourneyStages, 'state' | 'tenant'>;

import type { Caller } from '@touchline/core';
import type { Page, Paging } from '@touchline/http';
import { CATEGORIES, LIFECYCLES } from '@touchline/touchpoints/journey/journey-status.fold.js';
import type { Category, Lifecycle } from '@touchline/touchpoints/journey/journey-status.fold.js';
import type { SqlQuery } from '../sql-query.js';
import { keyset, pageSql, where } from '../keyset.js';
import { parameters, visible } from '../read-models.js';
import { columnsOf, selected } from '../table-of.js';
import { CustomerPart } from './customer-status.entity.js';
import type { CustomerStatus, Part } from './status-of-parts.js';
import { customerStatus } from './status-of-parts.js';

const PART = selected(columnsOf(CustomerPart));

export interface CustomerFilter {
  lifecycle?: Lifecycle;
  category?: Category;
  siteId?: string;
  ownerId?: string;
  unitId?: string;
}

export type CustomerSort = 'last-touch' | 'known-since';

/** What the reader may see of one customer; nothing where they are unknown or of other sites. */
export const partsOf = (ask: SqlQuery, caller: Caller, customerId: string): Promise<Part[]> => partsOfAll(ask, caller, [customerId]);

function partsOfAll(ask: SqlQuery, caller: Caller, customerIds: readonly string[]): Promise<Part[]> {
  const { values, $ } = parameters();
  const where = `${visible($, caller)} and customer_id = any(${$(customerIds)}::text[])`;
  return ask<Part>(`select ${PART} from read_model.customer_status where ${where} order by opened_at, id`, values);
}

/**
 * The customers of a reader, one row each, put together from the parts they may see: the same as `customerStatus` says
 * of those parts, in SQL (ADR 0007). A site, an owner or a unit picks customers; their status stays that of all their parts.
 */
function customersSql($: (value: unknown) => string, caller: Caller, filter: CustomerFilter): string {
  const { lifecycle, category, siteId, ownerId, unitId } = filter;
  const part = (column: string, value: string): string =>
    `customer_id in (select customer_id from read_model.customer_status where ${visible($, caller)} and ${column} = ${$(value)})`;
  const parts = [
    visible($, caller),
    'customer_id is not null',
    ...(siteId === undefined ? [] : [part('site_id', siteId)]),
    ...(ownerId === undefined ? [] : [part('owner_id', ownerId)]),
    ...(unitId === undefined ? [] : [part('unit_id', unitId)]),
  ];
  const customers = [
    ...(lifecycle === undefined ? [] : [`lifecycle_rank = ${$(LIFECYCLES.indexOf(lifecycle))}`]),
    ...(category === undefined ? [] : [`category = ${$(category)}`]),
  ];
  return `select * from (
    select customer_id,
      coalesce(max(lifecycle_rank), 0) as lifecycle_rank,
      case
        when bool_or(category = 'owner') then 'owner'
        when bool_and(category = 'potential') is not false then 'potential'
        when bool_and(not open) filter (where kind = 'journey') then 'lost'
        else 'prospect'
      end as category,
      min(opened_at) as known_since,
      max(last_touch_at) as last_touch_at
    from read_model.customer_status
    where ${parts.join(' and ')}
    group by customer_id
  ) as customers ${where(customers)}`;
}

// Whole milliseconds, so that a cursor can name them; a customer never touched comes after all others, the newest first.
const SORT_KEY: Readonly<Record<CustomerSort, string>> = {
  'last-touch': `coalesce((extract(epoch from last_touch_at) * 1000)::bigint, 0)`,
  'known-since': `(extract(epoch from known_since) * 1000)::bigint`,
};

export interface ListedCustomer extends CustomerStatus {
  customerId: string;
}

export async function listCustomers(
  ask: SqlQuery,
  caller: Caller,
  { filter, sort, paging }: { filter: CustomerFilter; sort: CustomerSort; paging: Paging },
): Promise<Page<ListedCustomer>> {
  const { values, $ } = parameters();
  const customers = customersSql($, caller, filter);
  const page = keyset($, paging, 'key', 'customer_id');
  const found = await ask<{ customerId: string; key: number }>(
    `select customer_id as "customerId", key from (select customer_id, ${SORT_KEY[sort]} as key from (${customers}) as c) as sorted
     ${where(page.beyond)} ${pageSql(page)}`,
    values,
  );
  const { items, next } = paging.page(found, ({ key, customerId }) => [key, customerId]);
  const parts = await partsOfAll(
    ask,
    caller,
    items.map(({ customerId }) => customerId),
  );
  const statusOf = (customerId: string): CustomerStatus => customerStatus(parts.filter((part) => part.customerId === customerId));
  return { items: items.map(({ customerId }) => ({ customerId, ...statusOf(customerId) })), next };
}

export interface CustomerCounts {
  total: number;
  byLifecycle: Record<Lifecycle, number>;
  byCategory: Record<Category, number>;
}

export async function countCustomers(ask: SqlQuery, caller: Caller, filter: CustomerFilter): Promise<CustomerCounts> {
  const { values, $ } = parameters();
  const rows = await ask<{ rank: number; category: Category; customers: number }>(
    `select lifecycle_rank as rank, category, count(*)::integer as customers
     from (${customersSql($, caller, filter)}) as counted group by 1, 2`,
    values,
  );
  const sum = (fits: (row: (typeof rows)[number]) => boolean): number =>
    rows.filter(fits).reduce((total, { customers }) => total + customers, 0);
  return {
    total: sum(() => true),
    byLifecycle: eachOf(LIFECYCLES, (_, rank) => sum((row) => row.rank === rank)),
    byCategory: eachOf(CATEGORIES, (category) => sum((row) => row.category === category)),
  };
}

const eachOf = <K extends string>(keys: readonly K[], count: (key: K, index: number) => number): Record<K, number> =>
  Object.fromEntries(keys.map((key, index) => [key, count(key, index)])) as Record<K, number>;

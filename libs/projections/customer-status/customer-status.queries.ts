import { streamName } from '@touchline/core';
import { Paging, pick } from '@touchline/http';
import { sideOf } from '@touchline/replay';
import type { AsOfQuery } from '../as-of.dto.js';
import { named, naming, shownMoment } from '../as-of.js';
import { query } from '../named-query.js';
import { unknown } from '../read-models.js';
import type {
  CountCustomersQuery,
  CustomerCountsShown,
  CustomerPageShown,
  CustomerStatusShown,
  ListCustomersQuery,
  StatusDiffQuery,
  StatusDiffShown,
} from './customer-status.dto.js';
import { customerStatusProjection } from './customer-status.projection.js';
import { countCustomers, listCustomers, partsOf } from './customer-status.query.js';
import { statusChanges } from './status-changes.js';
import { partsAmong, statusWithParts } from './status-of-parts.js';

const VIEW = customerStatusProjection.name;
/** Events named of one change; a number that every touchpoint raises may have changed by thousands. */
const MOST_NAMED = 20;

const filterOf = (asked: CountCustomersQuery): CountCustomersQuery => pick(asked, 'lifecycle', 'category', 'siteId', 'ownerId', 'unitId');

export const customersListed = query<ListCustomersQuery, CustomerPageShown>('customers-listed', async ({ read }, asked, caller) => {
  await read.upTo(asked.after, VIEW);
  const sort = asked.sort ?? 'last-touch';
  const paging = new Paging(asked, sort, ['number', 'text'], asked.order);
  return listCustomers(read.ask, caller, { filter: filterOf(asked), sort, paging });
});

export const customersCounted = query<CountCustomersQuery, CustomerCountsShown>('customers-counted', async ({ read }, asked, caller) => {
  await read.upTo(asked.after, VIEW);
  return countCustomers(read.ask, caller, filterOf(asked));
});

export const statusDiff = query<StatusDiffQuery & { customerId: string }, StatusDiffShown>(
  'customer-status-diff',
  async ({ read, replays }, { customerId, ...asked }, caller) => {
    const paging = new Paging(asked, 'field', ['text'], 'asc');
    const after = paging.after()?.[0];
    await read.upTo(asked.after, VIEW);
    const from = await replays.fixed(sideOf(asked.from, asked), 'from');
    const to = await replays.fixed(sideOf(asked.to, asked), 'to');
    const changes = await naming(statusChanges({ ...replays.deps, ask: read.ask }, caller, customerId, from, to));
    if (changes === null) throw unknown('customer');
    const left = after === undefined ? changes : changes.filter(({ field }) => field > after);
    const { items, next } = paging.page(left, ({ field }) => [field]);
    return {
      customerId,
      from: shownMoment(from),
      to: shownMoment(to),
      changes: items.map(({ by, ...change }) => ({ ...change, by: by.slice(-MOST_NAMED).map(named), byTotal: by.length })),
      changesTotal: changes.length,
      next,
    };
  },
);

export const statusOfCustomer = query<AsOfQuery & { customerId: string }, CustomerStatusShown>(
  'customer-status',
  async ({ read, replays }, { customerId, ...asked }, caller) => {
    const asOf = await replays.question(caller, asked);
    if (asOf === null) await read.upTo(asked.after, VIEW);
    const told = await asOf?.customer(customerId, [customerStatusProjection]);
    const parts = told
      ? partsAmong(told.folded(customerStatusProjection), caller, customerId)
      : await partsOf(read.ask, caller, customerId);
    if (parts.length === 0) throw unknown('customer');
    const streams = parts.map(({ kind, id }) => streamName(kind, caller.tenant, id));
    return { ...statusWithParts(customerId, parts), ...(told && { asOf: told.shown(streams) }) };
  },
);

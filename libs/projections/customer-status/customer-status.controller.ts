import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { streamName } from '@touchline/core';
import { PAGED, Paging, QueryRoute, pick } from '@touchline/http';
import { sideOf } from '@touchline/replay';
import { AsOfQuery } from '../as-of.dto.js';
import { Replays, named, naming, shownMoment } from '../as-of.js';
import { MAY_READ, ReadModels, unknown } from '../read-models.js';
import {
  CountCustomersQuery,
  CustomerCountsShown,
  CustomerPageShown,
  CustomerStatusShown,
  ListCustomersQuery,
  StatusDiffQuery,
  StatusDiffShown,
} from './customer-status.dto.js';
import { countCustomers, listCustomers, partsOf } from './customer-status.query.js';
import { customerStatusProjection } from './customer-status.projection.js';
import { statusChanges } from './status-changes.js';
import { partsAmong, statusWithParts } from './status-of-parts.js';

const VIEW = 'customer-status';
/** Events named of one change; a number that every touchpoint raises may have changed by thousands. */
const MOST_NAMED = 20;

@ApiTags('customers')
@Controller('customers')
export class CustomerStatusController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(Replays) private readonly replays: Replays,
  ) {}

  @Get()
  @Allow(MAY_READ)
  @QueryRoute('Customers with their status, over what the reader may see', CustomerPageShown, PAGED)
  async list(@Query() query: ListCustomersQuery, @CurrentCaller() caller: Caller): Promise<CustomerPageShown> {
    await this.read.upTo(query.after, VIEW);
    const sort = query.sort ?? 'last-touch';
    const paging = new Paging(query, sort, ['number', 'text'], query.order);
    return listCustomers(this.read.ask, caller, { filter: filterOf(query), sort, paging });
  }

  @Get('counts')
  @Allow(MAY_READ)
  @QueryRoute('How many customers there are, by lifecycle and by category', CustomerCountsShown)
  async counts(@Query() query: CountCustomersQuery, @CurrentCaller() caller: Caller): Promise<CustomerCountsShown> {
    await this.read.upTo(query.after, VIEW);
    return countCustomers(this.read.ask, caller, filterOf(query));
  }

  @Get(':customerId/status/diff')
  @Allow(MAY_READ)
  @QueryRoute("What of a customer's status differs between two moments, and by which events it changed", StatusDiffShown, {
    ...PAGED,
    404: ['customer.unknown'],
    503: ['replay.event-failed'],
  })
  async diff(
    @Param('customerId') customerId: string,
    @Query() query: StatusDiffQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<StatusDiffShown> {
    const paging = new Paging(query, 'field', ['text'], 'asc');
    const after = paging.after()?.[0];
    await this.read.upTo(query.after, VIEW);
    const from = await this.replays.fixed(sideOf(query.from, query), 'from');
    const to = await this.replays.fixed(sideOf(query.to, query), 'to');
    const changes = await naming(statusChanges({ ...this.replays.deps, ask: this.read.ask }, caller, customerId, from, to));
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
  }

  @Get(':customerId/status')
  @Allow(MAY_READ)
  @QueryRoute("A customer's status, over what the reader may see; now or as of a moment", CustomerStatusShown, {
    404: ['customer.unknown'],
    503: ['replay.event-failed'],
  })
  async status(
    @Param('customerId') customerId: string,
    @Query() query: AsOfQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<CustomerStatusShown> {
    const asOf = await this.replays.question(caller, query);
    if (asOf === null) await this.read.upTo(query.after, VIEW);
    const told = await asOf?.customer(customerId, [customerStatusProjection]);
    const parts = told
      ? partsAmong(told.folded(customerStatusProjection), caller, customerId)
      : await partsOf(this.read.ask, caller, customerId);
    if (parts.length === 0) throw unknown('customer');
    const streams = parts.map(({ kind, id }) => streamName(kind, caller.tenant, id));
    return { ...statusWithParts(customerId, parts), ...(told && { asOf: told.shown(streams) }) };
  }
}

const filterOf = (query: CountCustomersQuery): CountCustomersQuery => pick(query, 'lifecycle', 'category', 'siteId', 'ownerId', 'unitId');

import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, Paging, QueryRoute, ReadQuery, pick } from '@touchline/http';
import { MAY_READ, ReadModels, unknown } from '../read-models.js';
import {
  CountCustomersQuery,
  CustomerCountsShown,
  CustomerPageShown,
  CustomerStatusShown,
  ListCustomersQuery,
} from './customer-status.dto.js';
import { countCustomers, listCustomers, partsOf } from './customer-status.query.js';
import { customerStatus } from './status-of-parts.js';

const VIEW = 'customer-status';

@ApiTags('customers')
@Controller('customers')
export class CustomerStatusController {
  constructor(@Inject(ReadModels) private readonly read: ReadModels) {}

  @Get()
  @Allow(MAY_READ)
  @QueryRoute('Customers with their status (domain §5), over what the reader may see', CustomerPageShown, PAGED)
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

  @Get(':id/status')
  @Allow(MAY_READ)
  @QueryRoute("A customer's status (domain §5), over what the reader may see", CustomerStatusShown, { 404: ['customer.unknown'] })
  async status(
    @Param('id') customerId: string,
    @Query() { after }: ReadQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<CustomerStatusShown> {
    await this.read.upTo(after, VIEW);
    const parts = await partsOf(this.read.ask, caller, customerId);
    if (parts.length === 0) throw unknown('customer');
    return {
      customerId,
      ...customerStatus(parts),
      journeyList: parts.filter(({ kind }) => kind === 'journey').map((part) => ({ ...pick(part, ...JOURNEY), journeyId: part.id })),
      complaintList: parts
        .filter(({ kind }) => kind === 'complaint')
        .map((part) => ({ ...pick(part, ...COMPLAINT), complaintId: part.id })),
    };
  }
}

const filterOf = (query: CountCustomersQuery): CountCustomersQuery => pick(query, 'lifecycle', 'category', 'site', 'owner', 'unit');

const JOURNEY = [
  'siteId',
  'ownerId',
  'productLine',
  'product',
  'open',
  'stageId',
  'stageEnteredAt',
  'lifecycle',
  'category',
  'openedAt',
  'lastTouchAt',
  'lostAt',
  'contractAt',
] as const;
const COMPLAINT = ['journeyId', 'siteId', 'status', 'complaintCategory', 'severity', 'openedAt'] as const;

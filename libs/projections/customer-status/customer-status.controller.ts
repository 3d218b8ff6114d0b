import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, QueryRoute } from '@touchline/http';
import { AsOfQuery } from '../as-of.dto.js';
import { NamedQuery } from '../named-query.js';
import { MAY_READ } from '../read-models.js';
import {
  CountCustomersQuery,
  CustomerCountsShown,
  CustomerPageShown,
  CustomerStatusShown,
  ListCustomersQuery,
  StatusDiffQuery,
  StatusDiffShown,
} from './customer-status.dto.js';
import { customersCounted, customersListed, statusDiff, statusOfCustomer } from './customer-status.queries.js';

@ApiTags('customers')
@Controller('customers')
export class CustomerStatusController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get()
  @Allow(MAY_READ)
  @QueryRoute('Customers with their status, over what the reader may see', CustomerPageShown, PAGED)
  list(@Query() asked: ListCustomersQuery, @CurrentCaller() caller: Caller): Promise<CustomerPageShown> {
    return this.bus.execute(NamedQuery.of(customersListed, asked, caller));
  }

  @Get('counts')
  @Allow(MAY_READ)
  @QueryRoute('How many customers there are, by lifecycle and by category', CustomerCountsShown)
  counts(@Query() asked: CountCustomersQuery, @CurrentCaller() caller: Caller): Promise<CustomerCountsShown> {
    return this.bus.execute(NamedQuery.of(customersCounted, asked, caller));
  }

  @Get(':customerId/status/diff')
  @Allow(MAY_READ)
  @QueryRoute("What of a customer's status differs between two moments, and by which events it changed", StatusDiffShown, {
    ...PAGED,
    404: ['customer.unknown'],
    503: ['replay.event-failed'],
  })
  diff(
    @Param('customerId') customerId: string,
    @Query() asked: StatusDiffQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<StatusDiffShown> {
    return this.bus.execute(NamedQuery.of(statusDiff, Object.assign(asked, { customerId }), caller));
  }

  @Get(':customerId/status')
  @Allow(MAY_READ)
  @QueryRoute("A customer's status, over what the reader may see; now or as of a moment", CustomerStatusShown, {
    404: ['customer.unknown'],
    503: ['replay.event-failed'],
  })
  status(
    @Param('customerId') customerId: string,
    @Query() asked: AsOfQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<CustomerStatusShown> {
    return this.bus.execute(NamedQuery.of(statusOfCustomer, Object.assign(asked, { customerId }), caller));
  }
}

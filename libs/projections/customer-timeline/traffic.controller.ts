import { Controller, Get, Inject, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { QueryRoute } from '@touchline/http';
import { NamedQuery } from '../named-query.js';
import { MAY_READ } from '../read-models.js';
import { trafficAsked } from './customer-timeline.queries.js';
import { TrafficQuery, TrafficShown } from './traffic.dto.js';

@ApiTags('traffic')
@Controller('traffic')
export class TrafficController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get()
  @Allow(MAY_READ)
  @QueryRoute('Traffic of each site by day: calls, visits, and how many left contact details', TrafficShown)
  traffic(@Query() asked: TrafficQuery, @CurrentCaller() caller: Caller): Promise<TrafficShown> {
    return this.bus.execute(NamedQuery.of(trafficAsked, asked, caller));
  }
}

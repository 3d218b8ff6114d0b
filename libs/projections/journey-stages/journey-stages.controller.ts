import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, QueryRoute } from '@touchline/http';
import { AsOfQuery } from '../as-of.dto.js';
import { NamedQuery } from '../named-query.js';
import { MAY_READ } from '../read-models.js';
import { FunnelJourneysQuery, FunnelQuery, FunnelShown, JourneyPageShown, JourneyShown, ListJourneysQuery } from './journey-stages.dto.js';
import { funnelAsked, journeyAsked, journeysListed, journeysOfFunnel } from './journey-stages.queries.js';

const REPLAYED = { 503: ['replay.busy', 'replay.event-failed'] } as const;

@ApiTags('journeys')
@Controller()
export class JourneyStagesController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get('journeys')
  @Allow(MAY_READ)
  @QueryRoute('Journeys, the newest opened first', JourneyPageShown, PAGED)
  list(@Query() asked: ListJourneysQuery, @CurrentCaller() caller: Caller): Promise<JourneyPageShown> {
    return this.bus.execute(NamedQuery.of(journeysListed, asked, caller));
  }

  @Get('journeys/:journeyId')
  @Allow(MAY_READ)
  @QueryRoute('A journey with the stages it went through, now or as of a moment', JourneyShown, {
    404: ['journey.unknown'],
    503: ['replay.event-failed'],
  })
  journey(@Param('journeyId') journeyId: string, @Query() asked: AsOfQuery, @CurrentCaller() caller: Caller): Promise<JourneyShown> {
    return this.bus.execute(NamedQuery.of(journeyAsked, Object.assign(asked, { journeyId }), caller));
  }

  @Get('funnel')
  @Allow(MAY_READ)
  @QueryRoute(
    'The funnel: stages, wins, losses, values and durations of the journeys meant, and by slice; now or as of a moment',
    FunnelShown,
    REPLAYED,
  )
  funnel(@Query() asked: FunnelQuery, @CurrentCaller() caller: Caller): Promise<FunnelShown> {
    return this.bus.execute(NamedQuery.of(funnelAsked, asked, caller));
  }

  @Get('funnel/journeys')
  @Allow(MAY_READ)
  @QueryRoute('The journeys that a figure of the funnel counts, now or as of a moment', JourneyPageShown, { ...PAGED, ...REPLAYED })
  journeys(@Query() asked: FunnelJourneysQuery, @CurrentCaller() caller: Caller): Promise<JourneyPageShown> {
    return this.bus.execute(NamedQuery.of(journeysOfFunnel, asked, caller));
  }
}

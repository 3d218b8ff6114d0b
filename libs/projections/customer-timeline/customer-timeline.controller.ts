import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, QueryRoute } from '@touchline/http';
import { NamedQuery } from '../named-query.js';
import { MAY_READ } from '../read-models.js';
import { AsOfTimelineQuery, ComplaintShown, TimelinePageShown, TimelineQuery } from './customer-timeline.dto.js';
import { complaintAsked, timelineOfCustomer, timelineOfJourney } from './customer-timeline.queries.js';

@ApiTags('timelines')
@Controller()
export class CustomerTimelineController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get('customers/:customerId/timeline')
  @Allow(MAY_READ)
  @QueryRoute(
    "A customer's contacts and service acts over all journeys the reader may see, the newest first; now or as of a moment",
    TimelinePageShown,
    { ...PAGED, 404: ['customer.unknown'], 503: ['replay.event-failed'] },
  )
  ofCustomer(
    @Param('customerId') customerId: string,
    @Query() asked: AsOfTimelineQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<TimelinePageShown> {
    return this.bus.execute(NamedQuery.of(timelineOfCustomer, Object.assign(asked, { customerId }), caller));
  }

  @Get('journeys/:journeyId/timeline')
  @Allow(MAY_READ)
  @QueryRoute('The contacts and service acts of a journey, the newest first; now or as of a moment', TimelinePageShown, {
    ...PAGED,
    404: ['journey.unknown'],
    503: ['replay.event-failed'],
  })
  ofJourney(
    @Param('journeyId') journeyId: string,
    @Query() asked: AsOfTimelineQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<TimelinePageShown> {
    return this.bus.execute(NamedQuery.of(timelineOfJourney, Object.assign(asked, { journeyId }), caller));
  }

  @Get('complaints/:complaintId')
  @Allow(MAY_READ)
  @QueryRoute('A complaint and its course, from its receipt on', ComplaintShown, { ...PAGED, 404: ['complaint.unknown'] })
  complaint(
    @Param('complaintId') complaintId: string,
    @Query() asked: TimelineQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<ComplaintShown> {
    return this.bus.execute(NamedQuery.of(complaintAsked, Object.assign(asked, { complaintId }), caller));
  }
}

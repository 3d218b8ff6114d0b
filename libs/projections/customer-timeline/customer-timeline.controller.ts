import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, Paging, QueryRoute } from '@touchline/http';
import { MAY_READ, ReadModels, unknown } from '../read-models.js';
import { ComplaintShown, TimelinePageShown, TimelineQuery } from './customer-timeline.dto.js';
import { complaintOf, streamOf, streamsOf, timeline } from './timeline.query.js';

const VIEWS = ['customer-timeline', 'customer-streams'];
const pagingOf = (query: TimelineQuery, direction?: 'asc'): Paging =>
  new Paging(query, 'occurred', ['instant', 'text'], query.order ?? direction);

@ApiTags('timelines')
@Controller()
export class CustomerTimelineController {
  constructor(@Inject(ReadModels) private readonly read: ReadModels) {}

  @Get('customers/:id/timeline')
  @Allow(MAY_READ)
  @QueryRoute("A customer's contacts and service acts over all journeys the reader may see, the newest first", TimelinePageShown, {
    ...PAGED,
    404: ['customer.unknown'],
  })
  async ofCustomer(@Param('id') id: string, @Query() query: TimelineQuery, @CurrentCaller() caller: Caller): Promise<TimelinePageShown> {
    await this.read.upTo(query.after, ...VIEWS);
    const streams = await streamsOf(this.read.ask, caller, id);
    if (streams.length === 0) throw unknown('customer');
    return timeline(this.read.ask, streams, query, pagingOf(query));
  }

  @Get('journeys/:id/timeline')
  @Allow(MAY_READ)
  @QueryRoute('The contacts and service acts of a journey, the newest first', TimelinePageShown, { ...PAGED, 404: ['journey.unknown'] })
  async ofJourney(@Param('id') id: string, @Query() query: TimelineQuery, @CurrentCaller() caller: Caller): Promise<TimelinePageShown> {
    await this.read.upTo(query.after, ...VIEWS);
    const streams = await streamOf(this.read.ask, caller, 'journey', id);
    if (streams.length === 0) throw unknown('journey');
    return timeline(this.read.ask, streams, query, pagingOf(query));
  }

  @Get('complaints/:id')
  @Allow(MAY_READ)
  @QueryRoute('A complaint and its course, from its receipt on (domain §8)', ComplaintShown, { ...PAGED, 404: ['complaint.unknown'] })
  async complaint(@Param('id') id: string, @Query() query: TimelineQuery, @CurrentCaller() caller: Caller): Promise<ComplaintShown> {
    await this.read.upTo(query.after, ...VIEWS, 'customer-status');
    const stands = await complaintOf(this.read.ask, caller, id);
    if (stands === undefined) throw unknown('complaint');
    const streams = await streamOf(this.read.ask, caller, 'complaint', id);
    return { complaintId: id, ...stands, course: await timeline(this.read.ask, streams, query, pagingOf(query, 'asc')) };
  }
}

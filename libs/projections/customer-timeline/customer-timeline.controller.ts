import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, Paging, QueryRoute } from '@touchline/http';
import type { Told } from '../as-of.js';
import { Replays } from '../as-of.js';
import type { Rows } from '../read-models.js';
import { MAY_READ, ReadModels, live, unknown } from '../read-models.js';
import { TimelineEntry } from './customer-timeline.entity.js';
import { AsOfTimelineQuery, ComplaintShown, TimelinePageShown, TimelineQuery } from './customer-timeline.dto.js';
import { CustomerStream, ENTRIES_VIEW, STREAMS_VIEW, complaintOf, streamOf, streamsOf, timeline } from './timeline.query.js';

const VIEWS = ['customer-timeline', 'customer-streams'];
const FOLDED = [STREAMS_VIEW, ENTRIES_VIEW];
const STREAMS = live(CustomerStream);
const ENTRIES = live(TimelineEntry);
const pagingOf = (query: TimelineQuery, direction?: 'asc'): Paging =>
  new Paging(query, 'occurred', ['instant', 'text'], query.order ?? direction);

@ApiTags('timelines')
@Controller()
export class CustomerTimelineController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(Replays) private readonly replays: Replays,
  ) {}

  @Get('customers/:customerId/timeline')
  @Allow(MAY_READ)
  @QueryRoute(
    "A customer's contacts and service acts over all journeys the reader may see, the newest first; now or as of a moment",
    TimelinePageShown,
    { ...PAGED, 404: ['customer.unknown'], 503: ['replay.event-failed'] },
  )
  async ofCustomer(
    @Param('customerId') id: string,
    @Query() query: AsOfTimelineQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<TimelinePageShown> {
    const asOf = await this.replays.question(caller, query);
    const told = await asOf?.customer(id, FOLDED);
    const page = await this.page(query, told, (rows) => streamsOf(this.read.ask, caller, id, rows));
    if (page === null) throw unknown('customer');
    return page;
  }

  @Get('journeys/:journeyId/timeline')
  @Allow(MAY_READ)
  @QueryRoute('The contacts and service acts of a journey, the newest first; now or as of a moment', TimelinePageShown, {
    ...PAGED,
    404: ['journey.unknown'],
    503: ['replay.event-failed'],
  })
  async ofJourney(
    @Param('journeyId') id: string,
    @Query() query: AsOfTimelineQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<TimelinePageShown> {
    const asOf = await this.replays.question(caller, query);
    const told = await asOf?.stream('journey', id, FOLDED);
    const page = await this.page(query, told, (rows) => streamOf(this.read.ask, caller, 'journey', id, rows));
    if (page === null) throw unknown('journey');
    return page;
  }

  /** Null where the reader may see none of the streams. */
  private async page(
    query: AsOfTimelineQuery,
    told: Told | undefined,
    seen: (rows: Rows) => Promise<string[]>,
  ): Promise<TimelinePageShown | null> {
    if (told === undefined) await this.read.upTo(query.after, ...VIEWS);
    const streams = await seen(told?.rows(STREAMS_VIEW, CustomerStream) ?? STREAMS);
    if (streams.length === 0) return null;
    const page = await timeline(this.read.ask, streams, query, pagingOf(query), told?.rows(ENTRIES_VIEW, TimelineEntry) ?? ENTRIES);
    return { ...page, ...(told && { asOf: told.shown(streams) }) };
  }

  @Get('complaints/:complaintId')
  @Allow(MAY_READ)
  @QueryRoute('A complaint and its course, from its receipt on', ComplaintShown, { ...PAGED, 404: ['complaint.unknown'] })
  async complaint(
    @Param('complaintId') id: string,
    @Query() query: TimelineQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<ComplaintShown> {
    await this.read.upTo(query.after, ...VIEWS, 'customer-status');
    const stands = await complaintOf(this.read.ask, caller, id);
    if (stands === undefined) throw unknown('complaint');
    const streams = await streamOf(this.read.ask, caller, 'complaint', id, STREAMS);
    return { complaintId: id, ...stands, course: await timeline(this.read.ask, streams, query, pagingOf(query, 'asc'), ENTRIES) };
  }
}

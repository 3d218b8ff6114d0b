import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, SiteDirectory } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, Paging, Problem, QueryRoute, ReadQuery } from '@touchline/http';
import { MAY_READ, ReadModels, unknown } from '../read-models.js';
import type { Zones } from '../zones.js';
import { zonesOf } from '../zones.js';
import { funnel } from './funnel.query.js';
import type { JourneyFilter } from './journey-filter.js';
import { asksForMonths } from './journey-filter.js';
import { FunnelJourneysQuery, FunnelQuery, FunnelShown, JourneyPageShown, JourneyShown, ListJourneysQuery } from './journey-stages.dto.js';
import type { AtStage } from './journeys.query.js';
import { journeyOf, listJourneys, sitesWithJourneys } from './journeys.query.js';

const VIEW = 'journey-stages';

@ApiTags('journeys')
@Controller()
export class JourneyStagesController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(SiteDirectory) private readonly sites: SiteDirectory,
  ) {}

  @Get('journeys')
  @Allow(MAY_READ)
  @QueryRoute('Journeys, the newest opened first', JourneyPageShown, PAGED)
  list(@Query() query: ListJourneysQuery, @CurrentCaller() caller: Caller): Promise<JourneyPageShown> {
    return this.listed(query, caller);
  }

  @Get('journeys/:id')
  @Allow(MAY_READ)
  @QueryRoute('A journey with the stages it went through', JourneyShown, { 404: ['journey.unknown'] })
  async journey(@Param('id') id: string, @Query() { after }: ReadQuery, @CurrentCaller() caller: Caller): Promise<JourneyShown> {
    await this.read.upTo(after, VIEW);
    const journey = await journeyOf(this.read.ask, caller, id);
    if (journey === undefined) throw unknown('journey');
    return journey;
  }

  @Get('funnel')
  @Allow(MAY_READ)
  @QueryRoute('The funnel: stages, wins, losses, values and durations of the journeys meant, and by slice', FunnelShown)
  async funnel(@Query() { by, slices = 100, ...filter }: FunnelQuery, @CurrentCaller() caller: Caller): Promise<FunnelShown> {
    await this.read.upTo(filter.after, VIEW);
    const zones = await this.zonesFor(filter, caller, by);
    return this.read.snapshot((ask) => funnel(ask, caller, { filter, zones, slices, ...(by !== undefined && { by }) }));
  }

  @Get('funnel/journeys')
  @Allow(MAY_READ)
  @QueryRoute('The journeys that a figure of the funnel counts', JourneyPageShown, PAGED)
  journeys(@Query() query: FunnelJourneysQuery, @CurrentCaller() caller: Caller): Promise<JourneyPageShown> {
    const { stage, outcome } = query;
    if (stage === undefined && outcome !== undefined)
      throw new Problem(400, 'request.invalid', 'an outcome is one of a stage', {
        errors: [{ field: 'stage', rule: 'required', detail: 'name the stage' }],
      });
    return this.listed(query, caller, stage === undefined ? undefined : { stage, outcome: outcome ?? 'entered' });
  }

  private async listed(query: ListJourneysQuery, caller: Caller, at?: AtStage): Promise<JourneyPageShown> {
    await this.read.upTo(query.after, VIEW);
    const zones = await this.zonesFor(query, caller);
    const paging = new Paging(query, 'opened', ['instant', 'text'], query.order);
    return listJourneys(this.read.ask, caller, { filter: query, zones, paging, ...(at !== undefined && { at }) });
  }

  private async zonesFor(filter: JourneyFilter, caller: Caller, by?: string): Promise<Zones> {
    return asksForMonths(filter, by) ? zonesOf(this.sites, caller.tenant, await sitesWithJourneys(this.read.ask, caller)) : {};
  }
}

import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller, SiteDirectory, WordDirectory } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import type { Page } from '@touchline/http';
import { PAGED, Paging, Problem, QueryRoute } from '@touchline/http';
import type { AsOf } from '../as-of.js';
import { Replays } from '../as-of.js';
import { AsOfQuery } from '../as-of.dto.js';
import type { MaybeAsOf } from '../as-of.dto.js';
import type { SqlQuery } from '../sql-query.js';
import type { Rows } from '../read-models.js';
import { MAY_READ, ReadModels, live, unknown } from '../read-models.js';
import type { Zones } from '../zones.js';
import { zonesOf } from '../zones.js';
import type { Funnel } from './funnel.query.js';
import { funnel } from './funnel.query.js';
import { inWords, labelled } from './worded.js';
import type { JourneyFilter } from './journey-filter.js';
import { asksForMonths, journeysSql } from './journey-filter.js';
import { listedJourney, wholeJourney } from './journey-shown.js';
import type { ListedJourneyShown } from './journey-stages.dto.js';
import { FunnelJourneysQuery, FunnelQuery, FunnelShown, JourneyPageShown, JourneyShown, ListJourneysQuery } from './journey-stages.dto.js';
import { JourneyStages } from './journey-stages.entity.js';
import { journeyStagesProjection } from './journey-stages.projection.js';
import { journeysAsOf } from './journeys-as-of.js';
import type { AtStage } from './journeys.query.js';
import { journeyOf, listJourneys, sitesWithJourneys } from './journeys.query.js';

const VIEW = 'journey-stages';
const LIVE = live(JourneyStages);
const REPLAYED = { 503: ['replay.busy', 'replay.event-failed'] } as const;

@ApiTags('journeys')
@Controller()
export class JourneyStagesController {
  constructor(
    @Inject(ReadModels) private readonly read: ReadModels,
    @Inject(SiteDirectory) private readonly sites: SiteDirectory,
    @Inject(WordDirectory) private readonly words: WordDirectory,
    @Inject(Replays) private readonly replays: Replays,
  ) {}

  @Get('journeys')
  @Allow(MAY_READ)
  @QueryRoute('Journeys, the newest opened first', JourneyPageShown, PAGED)
  async list(@Query() query: ListJourneysQuery, @CurrentCaller() caller: Caller): Promise<JourneyPageShown> {
    return this.listed(await inWords(this.words, caller.tenant, query), caller);
  }

  @Get('journeys/:journeyId')
  @Allow(MAY_READ)
  @QueryRoute('A journey with the stages it went through, now or as of a moment', JourneyShown, {
    404: ['journey.unknown'],
    503: ['replay.event-failed'],
  })
  async journey(@Param('journeyId') id: string, @Query() query: AsOfQuery, @CurrentCaller() caller: Caller): Promise<JourneyShown> {
    const asOf = await this.replays.question(caller, query);
    if (asOf === null) await this.read.upTo(query.after, VIEW);
    const told = await asOf?.stream('journey', id, [journeyStagesProjection]);
    const journey = await journeyOf(this.read.ask, caller, id, told?.rows(journeyStagesProjection, JourneyStages) ?? LIVE);
    if (journey === undefined) throw unknown('journey');
    return { ...wholeJourney(journey), ...(told && { asOf: told.shown() }) };
  }

  @Get('funnel')
  @Allow(MAY_READ)
  @QueryRoute(
    'The funnel: stages, wins, losses, values and durations of the journeys meant, and by slice; now or as of a moment',
    FunnelShown,
    REPLAYED,
  )
  async funnel(@Query() query: FunnelQuery, @CurrentCaller() caller: Caller): Promise<FunnelShown> {
    const { by, slices = 100, ...filter } = await inWords(this.words, caller.tenant, query);
    const called = (shown: Funnel & MaybeAsOf): Promise<FunnelShown> => labelled(this.words, caller.tenant, shown);
    const meant = async (ask: SqlQuery, rows: Rows) => ({ filter, zones: await this.zonesFor(ask, caller, rows, filter, by), rows });
    const sliced = { slices, ...(by !== undefined && { by }) };
    const asOf = await this.replays.question(caller, query);
    if (asOf !== null)
      return journeysAsOf(asOf, async ({ ask, rows, shown }) => {
        const question = await meant(ask, rows);
        const answer = await funnel(ask, caller, { ...question, ...sliced });
        return called({ ...answer, asOf: await shown(($) => `select id from (${journeysSql($, caller, question)}) as meant`) });
      });
    await this.read.upTo(query.after, VIEW);
    const question = await meant(this.read.ask, LIVE);
    return called(await this.read.snapshot(JourneyStages, (ask) => funnel(ask, caller, { ...question, ...sliced })));
  }

  @Get('funnel/journeys')
  @Allow(MAY_READ)
  @QueryRoute('The journeys that a figure of the funnel counts, now or as of a moment', JourneyPageShown, { ...PAGED, ...REPLAYED })
  async journeys(@Query() asked: FunnelJourneysQuery, @CurrentCaller() caller: Caller): Promise<JourneyPageShown> {
    const query = await inWords(this.words, caller.tenant, asked);
    const { reachedStageId: stage, outcome } = query;
    if (stage === undefined && outcome !== undefined)
      throw new Problem(400, 'request.invalid', 'an outcome is one of a stage', {
        errors: [{ field: 'reachedStageId', rule: 'required', detail: 'name the stage' }],
      });
    const at = stage === undefined ? undefined : { stage, outcome: outcome ?? 'entered' };
    const asOf = await this.replays.question(caller, query);
    return asOf === null ? this.listed(query, caller, at) : this.listedAsOf(asOf, query, at);
  }

  private async listed(query: ListJourneysQuery, caller: Caller, at?: AtStage): Promise<JourneyPageShown> {
    await this.read.upTo(query.after, VIEW);
    return this.page(this.read.ask, caller, LIVE, query, at);
  }

  private listedAsOf(asOf: AsOf, query: ListJourneysQuery, at?: AtStage): Promise<JourneyPageShown> {
    return journeysAsOf(asOf, async ({ ask, rows, shown }) => {
      const page = await this.page(ask, asOf.caller, rows, query, at);
      const ids = page.items.map(({ journeyId }) => journeyId);
      return { ...page, asOf: await shown(($) => `select unnest(${$(ids)}::text[]) as id`) };
    });
  }

  private async page(ask: SqlQuery, caller: Caller, rows: Rows, query: ListJourneysQuery, at?: AtStage): Promise<Page<ListedJourneyShown>> {
    const zones = await this.zonesFor(ask, caller, rows, query);
    const paging = new Paging(query, 'opened', ['instant', 'text'], query.order);
    const { items, next } = await listJourneys(ask, caller, { filter: query, zones, rows, paging, ...(at !== undefined && { at }) });
    return { items: items.map(listedJourney), next };
  }

  private async zonesFor(ask: SqlQuery, caller: Caller, rows: Rows, filter: JourneyFilter, by?: string): Promise<Zones> {
    return asksForMonths(filter, by) ? zonesOf(this.sites, caller.tenant, await sitesWithJourneys(ask, caller, rows)) : {};
  }
}

import type { SiteDirectory } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import type { Page } from '@touchline/http';
import { Paging, Problem } from '@touchline/http';
import type { AsOfQuery, MaybeAsOf } from '../as-of.dto.js';
import type { QueryServices } from '../named-query.js';
import { query } from '../named-query.js';
import type { Rows } from '../read-models.js';
import { live, unknown } from '../read-models.js';
import type { SqlQuery } from '../sql-query.js';
import type { Zones } from '../zones.js';
import { zonesOf } from '../zones.js';
import type { Funnel } from './funnel.query.js';
import { funnel } from './funnel.query.js';
import type { JourneyFilter } from './journey-filter.js';
import { asksForMonths, journeysSql } from './journey-filter.js';
import { listedJourney, wholeJourney } from './journey-shown.js';
import type {
  FunnelJourneysQuery,
  FunnelQuery,
  FunnelShown,
  JourneyPageShown,
  JourneyShown,
  ListJourneysQuery,
  ListedJourneyShown,
} from './journey-stages.dto.js';
import { JourneyStages } from './journey-stages.entity.js';
import { journeyStagesProjection } from './journey-stages.projection.js';
import { journeysAsOf } from './journeys-as-of.js';
import type { AtStage } from './journeys.query.js';
import { journeyOf, listJourneys, sitesWithJourneys } from './journeys.query.js';
import { inWords, labelled } from './worded.js';

const VIEW = journeyStagesProjection.name;
const LIVE = live(JourneyStages);

export const journeysListed = query<ListJourneysQuery, JourneyPageShown>('journeys-listed', async (services, asked, caller) =>
  listed(services, await inWords(services.words, caller.tenant, asked), caller),
);

export const journeyAsked = query<AsOfQuery & { journeyId: string }, JourneyShown>(
  'journey',
  async ({ read, replays }, { journeyId, ...asked }, caller) => {
    const asOf = await replays.question(caller, asked);
    if (asOf === null) await read.upTo(asked.after, VIEW);
    const told = await asOf?.stream('journey', journeyId, [journeyStagesProjection]);
    const journey = await journeyOf(read.ask, caller, journeyId, told?.rows(journeyStagesProjection, JourneyStages) ?? LIVE);
    if (journey === undefined) throw unknown('journey');
    return { ...wholeJourney(journey), ...(told && { asOf: told.shown() }) };
  },
);

export const funnelAsked = query<FunnelQuery, FunnelShown>('funnel', async ({ read, replays, sites, words }, asked, caller) => {
  const { by, slices = 100, ...filter } = await inWords(words, caller.tenant, asked);
  const called = (shown: Funnel & MaybeAsOf): Promise<FunnelShown> => labelled(words, caller.tenant, shown);
  const meant = async (ask: SqlQuery, rows: Rows) => ({ filter, zones: await zonesFor(sites, ask, caller, rows, filter, by), rows });
  const sliced = { slices, ...(by !== undefined && { by }) };
  const asOf = await replays.question(caller, asked);
  if (asOf !== null)
    return journeysAsOf(asOf, async ({ ask, rows, shown }) => {
      const question = await meant(ask, rows);
      const answer = await funnel(ask, caller, { ...question, ...sliced });
      return called({ ...answer, asOf: await shown(($) => `select id from (${journeysSql($, caller, question)}) as meant`) });
    });
  await read.upTo(asked.after, VIEW);
  const question = await meant(read.ask, LIVE);
  return called(await read.snapshot(JourneyStages, (ask) => funnel(ask, caller, { ...question, ...sliced })));
});

export const journeysOfFunnel = query<FunnelJourneysQuery, JourneyPageShown>('funnel-journeys', async (services, asked, caller) => {
  const wanted = await inWords(services.words, caller.tenant, asked);
  const { reachedStageId: stage, outcome } = wanted;
  if (stage === undefined && outcome !== undefined)
    throw new Problem(400, 'request.invalid', 'an outcome is one of a stage', {
      errors: [{ field: 'reachedStageId', rule: 'required', detail: 'name the stage' }],
    });
  const at = stage === undefined ? undefined : { stage, outcome: outcome ?? 'entered' };
  const asOf = await services.replays.question(caller, wanted);
  if (asOf === null) return listed(services, wanted, caller, at);
  return journeysAsOf(asOf, async ({ ask, rows, shown }) => {
    const page = await pageOf(services, ask, caller, rows, wanted, at);
    const ids = page.items.map(({ journeyId }) => journeyId);
    return { ...page, asOf: await shown(($) => `select unnest(${$(ids)}::text[]) as id`) };
  });
});

async function listed(services: QueryServices, wanted: ListJourneysQuery, caller: Caller, at?: AtStage): Promise<JourneyPageShown> {
  await services.read.upTo(wanted.after, VIEW);
  return pageOf(services, services.read.ask, caller, LIVE, wanted, at);
}

async function pageOf(
  { sites }: QueryServices,
  ask: SqlQuery,
  caller: Caller,
  rows: Rows,
  wanted: ListJourneysQuery,
  at?: AtStage,
): Promise<Page<ListedJourneyShown>> {
  const zones = await zonesFor(sites, ask, caller, rows, wanted);
  const paging = new Paging(wanted, 'opened', ['instant', 'text'], wanted.order);
  const { items, next } = await listJourneys(ask, caller, { filter: wanted, zones, rows, paging, ...(at !== undefined && { at }) });
  return { items: items.map(listedJourney), next };
}

async function zonesFor(
  sites: SiteDirectory,
  ask: SqlQuery,
  caller: Caller,
  rows: Rows,
  filter: JourneyFilter,
  by?: string,
): Promise<Zones> {
  return asksForMonths(filter, by) ? zonesOf(sites, caller.tenant, await sitesWithJourneys(ask, caller, rows)) : {};
}

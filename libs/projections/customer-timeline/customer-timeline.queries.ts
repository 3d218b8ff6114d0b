import type { Json } from '@touchline/core';
import { applyCorrections } from '@touchline/core';
import type { ReadQuery } from '@touchline/http';
import { Paging } from '@touchline/http';
import type { Told } from '../as-of.js';
import { query } from '../named-query.js';
import type { ReadModels, Rows } from '../read-models.js';
import { live, unknown } from '../read-models.js';
import { rowsOf, selectFrom, visibleTo } from '../select-from.js';
import { zonesOf } from '../zones.js';
import type { AsOfTimelineQuery, ComplaintShown, TextsShown, TimelinePageShown, TimelineQuery } from './customer-timeline.dto.js';
import { TimelineEntry } from './customer-timeline.entity.js';
import { CustomerStream, ENTRIES_VIEW, STREAMS_VIEW, complaintOf, streamOf, streamsOf, timeline } from './timeline.query.js';
import type { TrafficQuery, TrafficShown } from './traffic.dto.js';
import { sitesWithTraffic, traffic } from './traffic.query.js';

const VIEWS = [ENTRIES_VIEW.name, STREAMS_VIEW.name];
const FOLDED = [STREAMS_VIEW, ENTRIES_VIEW];
const STREAMS = live(CustomerStream);
const ENTRIES = live(TimelineEntry);
const pagingOf = (asked: TimelineQuery, direction?: 'asc'): Paging =>
  new Paging(asked, 'occurred', ['instant', 'text'], asked.order ?? direction);

export const timelineOfCustomer = query<AsOfTimelineQuery & { customerId: string }, TimelinePageShown>(
  'customer-timeline',
  async ({ read, replays }, { customerId, ...asked }, caller) => {
    const told = await (await replays.question(caller, asked))?.customer(customerId, FOLDED);
    const page = await pageOf(read, asked, told, (rows) => streamsOf(read.ask, caller, customerId, rows));
    if (page === null) throw unknown('customer');
    return page;
  },
);

export const timelineOfJourney = query<AsOfTimelineQuery & { journeyId: string }, TimelinePageShown>(
  'journey-timeline',
  async ({ read, replays }, { journeyId, ...asked }, caller) => {
    const told = await (await replays.question(caller, asked))?.stream('journey', journeyId, FOLDED);
    const page = await pageOf(read, asked, told, (rows) => streamOf(read.ask, caller, 'journey', journeyId, rows));
    if (page === null) throw unknown('journey');
    return page;
  },
);

/** Null where the reader may see none of the streams. */
async function pageOf(
  read: ReadModels,
  asked: AsOfTimelineQuery,
  told: Told | undefined,
  seen: (rows: Rows) => Promise<string[]>,
): Promise<TimelinePageShown | null> {
  if (told === undefined) await read.upTo(asked.after, ...VIEWS);
  const streams = await seen(told?.rows(STREAMS_VIEW, CustomerStream) ?? STREAMS);
  if (streams.length === 0) return null;
  const page = await timeline(read.ask, streams, asked, pagingOf(asked), told?.rows(ENTRIES_VIEW, TimelineEntry) ?? ENTRIES);
  return { ...page, ...(told && { asOf: told.shown(streams) }) };
}

export const complaintAsked = query<TimelineQuery & { complaintId: string }, ComplaintShown>(
  'complaint',
  async ({ read }, { complaintId, ...asked }, caller) => {
    await read.upTo(asked.after, ...VIEWS, 'customer-status');
    const stands = await complaintOf(read.ask, caller, complaintId);
    if (stands === undefined) throw unknown('complaint');
    const streams = await streamOf(read.ask, caller, 'complaint', complaintId, STREAMS);
    return { complaintId, ...stands, course: await timeline(read.ask, streams, asked, pagingOf(asked, 'asc'), ENTRIES) };
  },
);

export const textsOfTouchpoint = query<ReadQuery & { eventId: string }, TextsShown>(
  'touchpoint-texts',
  async ({ read, services }, { after, eventId }, caller) => {
    await read.upTo(after, ENTRIES_VIEW.name);
    const [row] = await rowsOf<{ stream: string }>(read.ask, visibleTo(selectFrom(TimelineEntry, 'stream').where({ eventId }), caller));
    if (row === undefined) throw unknown('touchpoint');
    const events = await services.open(await services.deps.streams.events(row.stream));
    const event = applyCorrections(events).find(({ id }) => id === eventId);
    if (event === undefined) throw new Error('what the view shows is in the log');
    const { personal } = services.deps.registry.get(event.type);
    return { eventId, texts: Object.fromEntries((personal?.fields ?? []).flatMap((field) => entryOf(field, event.data[field]))) };
  },
);

const entryOf = (field: string, value: Json | undefined): [string, Json][] => (value === undefined ? [] : [[field, value]]);

export const trafficAsked = query<TrafficQuery, TrafficShown>('traffic', async ({ read, sites }, { after, ...question }, caller) => {
  await read.upTo(after, ENTRIES_VIEW.name);
  const zones = await zonesOf(sites, caller.tenant, await sitesWithTraffic(read.ask, caller, question));
  return { days: await traffic(read.ask, caller, { ...question, zones }) };
});

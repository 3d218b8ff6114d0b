import type { PoolClient } from 'pg';
import { streamName } from '@touchline/core';
import { requestSignal } from '@touchline/http';
import { Replay } from '@touchline/replay';
import type { AsOf } from '../as-of.js';
import { named, naming, pageOf, recordOf } from '../as-of.js';
import type { AsOfShown, EventNamedShown } from '../as-of.dto.js';
import { journeyStreams } from '../customer-streams/streams-to-replay.js';
import type { SqlQuery } from '../sql-query.js';
import type { Place, Rows } from '../read-models.js';
import { queryOn } from '../sql-query.js';
import { parameters } from '../read-models.js';
import { tableOf } from '../table-of.js';
import { COLUMNS } from './journey-filter.js';
import { JourneyStages } from './journey-stages.entity.js';
import { journeyStagesProjection } from './journey-stages.projection.js';

/** Streams folded and written at a time; what bounds the memory. */
const BATCH = 200;

/** All journeys of a reader as they stood, for the very queries that read the live ones. */
export interface JourneysThen {
  ask: SqlQuery;
  rows: Rows;
  /** Names the events of the journeys whose ids a statement gives. */
  shown: (ids: ($: Place) => string) => Promise<AsOfShown>;
}

/** Replays every journey the reader may see, batch by batch, into tables that go with the answer. Ends with the request. */
export function journeysAsOf<T>(asOf: AsOf, answer: (then: JourneysThen) => Promise<T>): Promise<T> {
  const { deps, semaphore } = asOf.replays;
  return semaphore.run(() =>
    deps.read.transaction(async (client) => {
      await client.query(`set local work_mem = '32MB'; set local jit = off;
        create temp table as_of_journeys on commit drop as select ${COLUMNS} from read_model.journey_stages with no data;
        create temp table as_of_events (stream text, event jsonb, position text collate "C") on commit drop`);
      const replay = new Replay(deps, asOf.moment, requestSignal());
      for await (const streams of journeyStreams(deps.read.ask, asOf.caller, asOf.moment.upTo, BATCH)) await fill(client, replay, streams);
      await client.query('analyze pg_temp.as_of_journeys; analyze pg_temp.as_of_events');
      const ask = queryOn(client);
      return answer({ ask, rows: () => 'pg_temp.as_of_journeys', shown: (ids) => shown(ask, asOf, ids) });
    }),
  );
}

async function fill(client: PoolClient, replay: Replay, streams: readonly string[]): Promise<void> {
  const replayed = await naming(replay.of([journeyStagesProjection], streams));
  const rows = replayed.rows(journeyStagesProjection).map((folded) => recordOf(tableOf(JourneyStages), folded));
  await client.query('insert into pg_temp.as_of_journeys select * from json_populate_recordset(null::pg_temp.as_of_journeys, $1)', [
    JSON.stringify(rows),
  ]);
  const events = replayed.events().map((event) => ({ stream: event.stream, position: event.position, event: named(event) }));
  await client.query('insert into pg_temp.as_of_events select * from json_populate_recordset(null::pg_temp.as_of_events, $1)', [
    JSON.stringify(events),
  ]);
}

async function shown(ask: SqlQuery, asOf: AsOf, ids: ($: Place) => string): Promise<AsOfShown> {
  const { after, limit } = asOf.naming;
  const theirs = ($: Place): string =>
    `from pg_temp.as_of_events where stream in (select ${$(streamName('journey', asOf.caller.tenant, ''))} || id from (${ids($)}) as shown)`;
  const all = parameters();
  const [counted] = await ask<{ total: number }>(`select count(*)::integer as total ${theirs(all.$)}`, all.values);
  const page = parameters();
  const beyond = after === null ? '' : `and position > ${page.$(after)}`;
  const events = await ask<{ event: EventNamedShown }>(
    `select event ${theirs(page.$)} ${beyond} order by position limit ${page.$(limit + 1)}`,
    page.values,
  );
  return asOf.shown({
    total: counted?.total ?? 0,
    ...pageOf(
      events.map(({ event }) => event),
      limit,
    ),
  });
}

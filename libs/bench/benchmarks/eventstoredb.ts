import { randomBytes, randomUUID } from 'node:crypto';
import type { Position } from '@touchline/core';
import { streamName } from '@touchline/core';
import { TENANT } from '@touchline/demo/cast.js';
import type { Benchmark, Figure } from '../benchmark.js';
import { beside, run } from '../child.js';
import { EVENT } from '../data/one-event.js';
import { prepareGroup } from '../data/prepare.js';
import type { LogAddress } from '../data/some-log.js';
import { openSomeLog, settingsFor } from '../data/some-log.js';
import { SEED } from '../data/write-log.js';
import { withUnit } from '../report/text.js';
import { inRounds } from '../statistics.js';
import type { World } from '../world.js';

const WAITING = [64, 1];
const CONNECTIONS = 32;
const PER_SECOND = 20;
const EVENTS_AN_APPEND = 10;
const APPENDS_AT_ONCE = 64;

/** The two logs that each figure is of. */
interface Logs {
  eventStore: LogAddress;
  postgres: LogAddress;
}

export const eventStoreDb: Benchmark = {
  name: 'eventstoredb',
  about: `The log on the EventStoreDB server of EVENTSTORE_URL, in namespaces of its own, beside the server's own client (@eventstore/db-client) and the log on Postgres: appends of one event, reading and following what is there, calls received of new customers over ${CONNECTIONS} connections, and from the answer to a recording until a query shows it, at ${PER_SECOND} a second. The server is on whatever machine it is on.`,
  missing: () => (server() === null ? 'EVENTSTORE_URL names no server' : null),
  async *measure(world) {
    yield* await appends(world, await logs(world, 'appends'));
    yield* await reads(world, await logs(world, 'reads'));
    yield* await platform(world, await logs(world, 'calls'));
  },
};

function server(): string | null {
  const url = process.env['EVENTSTORE_URL'];
  return url === undefined || url === '' ? null : url;
}

/** Fresh ones. What was written to the server stays there. */
async function logs(world: World, what: string): Promise<Logs> {
  const databaseUrl = await world.empty(`es_${what}`);
  const namespace = `bench${what}${randomBytes(4).toString('hex')}`;
  return {
    postgres: { databaseUrl: await world.empty(`pg_${what}`) },
    eventStore: { databaseUrl, eventStore: { url: server() ?? '', namespace } },
  };
}

async function appends({ size: { rounds, seconds } }: World, { eventStore, postgres }: Logs): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const waiting of WAITING) {
    const side = (log: LogAddress, raw: boolean) => async (): Promise<number> =>
      (await run('logAppends', { log, waiting, seconds, raw })).perSecond;
    const sides = await inRounds(rounds, { ours: side(eventStore, false), raw: side(eventStore, true), postgres: side(postgres, false) });
    figures.push(againstClient(`appends to EventStoreDB, ${waiting} waiting`, '/s', sides));
  }
  return figures;
}

async function reads({ size: { rounds, small } }: World, { eventStore, postgres }: Logs): Promise<Figure[]> {
  const after = { eventStore: await fill(eventStore, small), postgres: await fill(postgres, small) };
  const figures: Figure[] = [];
  for (const how of ['read', 'subscription'] as const) {
    const side = (log: LogAddress, from: Position, raw: boolean) => async (): Promise<number> =>
      (await run('logReads', { log, after: from, events: small, how, raw })).perSecond;
    const sides = await inRounds(rounds, {
      ours: side(eventStore, after.eventStore, false),
      raw: side(eventStore, after.eventStore, true),
      postgres: side(postgres, after.postgres, false),
    });
    figures.push(againstClient(how === 'read' ? 'reading all of EventStoreDB' : 'subscription to EventStoreDB', 'events/s', sides));
  }
  return figures;
}

const againstClient = (what: string, unit: string, sides: Record<'ours' | 'raw' | 'postgres', number[]>): Figure => ({
  what,
  unit,
  measured: sides.ours,
  against: { what: "the server's own client", values: sides.raw },
  goals: [{ kind: 'ratio-at-least', value: 0.8 }],
  beside: `${withUnit(sides.postgres, unit)} (the log on Postgres)`,
});

/** So many events; the position of the one before them. */
async function fill(log: LogAddress, events: number): Promise<Position> {
  const store = await openSomeLog(log);
  const append = (count: number) => {
    const some = Array.from({ length: count }, () => ({ id: randomUUID(), ...EVENT }));
    return store.append(streamName('journey', TENANT, randomUUID()), 'no-stream', some);
  };
  const { position } = await append(1);
  let left = events;
  const work = async (): Promise<void> => {
    while (left > 0) {
      const count = Math.min(left, EVENTS_AN_APPEND);
      left -= count;
      await append(count);
    }
  };
  await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, work));
  await store.close();
  return position;
}

async function platform({ size: { rounds, seconds } }: World, { eventStore, postgres }: Logs): Promise<Figure[]> {
  const on = async (log: LogAddress) => {
    const [url, settings] = [log.databaseUrl, settingsFor(log)];
    return { url, settings, journeys: await prepareGroup(url, settings) };
  };
  const sides = { eventStore: await on(eventStore), postgres: await on(postgres) };
  const calls = (at: typeof sides.postgres) => (round: number) =>
    beside('serveApi', { ...at, what: 'api' }, async (told) => {
      const served = told as { address: string; token: string };
      return (await run('load', { ...served, connections: CONNECTIONS, seconds, journeys: null, seed: SEED + round })).perSecond;
    });
  const received = await inRounds(rounds, { ours: calls(sides.eventStore), theirs: calls(sides.postgres) });
  const shown = (at: typeof sides.postgres) => (round: number) =>
    beside('project', at, () => run('visible', { ...at, perSecond: PER_SECOND, seconds: 2 * seconds, seed: SEED + round }));
  const visible = await inRounds(rounds, { ours: shown(sides.eventStore), theirs: shown(sides.postgres) });
  const against = 'the same on the Postgres log';
  const waits = (which: 'p50Ms' | 'p99Ms', percentile: string): Figure => ({
    what: `append → visible on EventStoreDB, ${percentile}`,
    unit: 'ms',
    measured: visible.ours.map((each) => each[which]),
    against: { what: against, values: visible.theirs.map((each) => each[which]) },
    goals: [{ kind: 'ratio-at-most', value: 2 }],
  });
  return [
    {
      what: `calls received on EventStoreDB, ${CONNECTIONS} connections`,
      unit: '/s',
      measured: received.ours,
      against: { what: against, values: received.theirs },
      goals: [{ kind: 'ratio-at-least', value: 0.7 }],
    },
    waits('p50Ms', 'p50'),
    waits('p99Ms', 'p99'),
  ];
}

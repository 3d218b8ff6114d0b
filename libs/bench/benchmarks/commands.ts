import { parseStreamName } from '@touchline/core';
import { createPool } from '@touchline/postgres';
import type { Benchmark } from '../benchmark.js';
import { beside, run } from '../child.js';
import { SEED } from '../data/write-log.js';
import { inRounds } from '../statistics.js';

const CONNECTIONS = 64;
/** As many as are dealt with at a time in the prepared log. */
const MOST_JOURNEYS = 2_000;

export const commands: Benchmark = {
  name: 'commands',
  about: `Calls recorded over HTTP on ${MOST_JOURNEYS} journeys of the log, some 18 events each, over ${CONNECTIONS} connections (token, validation, load, fold, decide, seal, hash, append), against the same route that after token and validation only appends an event that is there. Server, load and database are processes of their own on the same two cores.`,
  async *measure(world) {
    const { rounds, seconds, events } = world.size;
    const url = await world.log('commands', events);
    const journeys = await journeysOf(url, MOST_JOURNEYS);
    const latencies: { api: number[]; prepared: number[] } = { api: [], prepared: [] };
    const side = (what: 'api' | 'prepared') => (round: number) =>
      beside('serveApi', { url, what }, async (told) => {
        const server = told as { address: string; token: string };
        const { perSecond, p99Ms } = await run('load', { ...server, connections: CONNECTIONS, seconds, journeys, seed: SEED + round });
        latencies[what].push(p99Ms);
        return perSecond;
      });
    const { api, prepared } = await inRounds(rounds, { api: side('api'), prepared: side('prepared') });
    const against = 'the same route that only appends a prepared event';
    yield {
      what: `HTTP commands, ${CONNECTIONS} connections`,
      unit: '/s',
      measured: api,
      against: { what: against, values: prepared },
      goals: [{ kind: 'ratio-at-least', value: 0.5 }],
    };
    yield {
      what: 'p99 of these commands',
      unit: 'ms',
      measured: latencies.api,
      against: { what: against, values: latencies.prepared },
      goals: [],
    };
  },
};

/** Some journeys of a prepared log that are not lost, from all over it. */
export async function journeysOf(url: string, most: number): Promise<string[]> {
  const pool = createPool({ url, applicationName: 'bench', max: 1 });
  const open = `
    select stream from event_log.events as opened where type = 'journey-opened'
      and not exists (select from event_log.events as lost where lost.stream = opened.stream and lost.type = 'journey-lost')
    order by id limit $1`;
  const { rows } = await pool.query<{ stream: string }>(open, [most]);
  await pool.end();
  return rows.flatMap(({ stream }) => parseStreamName(stream)?.id ?? []);
}

import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { inRounds } from '../statistics.js';

/** Connections of the plain inserts, and appends under way. */
const MANY = 64;

export const appends: Benchmark = {
  name: 'appends',
  about:
    'Appends of one event each, with every check of the log (exact revision, ids, order), onto a log of a million events, against one-row inserts into a table of the same columns and as many rows that has a primary key and nothing else.',
  async *measure(world) {
    const { rounds, seconds, events } = world.size;
    const url = await world.log('appends', events);
    const side = (waiting: number, plain: boolean) => async (): Promise<number> =>
      (await run('appends', { url, waiting, seconds, plain })).perSecond;
    const many = await inRounds(rounds, { ours: side(MANY, false), plain: side(MANY, true) });
    yield {
      what: `appends, ${MANY} waiting`,
      unit: '/s',
      measured: many.ours,
      against: { what: `plain one-row inserts over ${MANY} connections`, values: many.plain },
      goals: [{ kind: 'ratio-at-least', value: 2 }],
    };
    const one = await inRounds(rounds, { ours: side(1, false), plain: side(1, true) });
    yield {
      what: 'appends, 1 waiting',
      unit: '/s',
      measured: one.ours,
      against: { what: 'plain one-row inserts over 1 connection', values: one.plain },
      goals: [{ kind: 'ratio-at-least', value: 0.6 }],
    };
  },
};

import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { inRounds } from '../statistics.js';

/** A share of the log's events. */
const SHARE = 0.1;

export const timers: Benchmark = {
  name: 'timers',
  about:
    'Timers that are all due at once, each of a stream of its own, fired by one process (rows looked up, lease, command with load, fold, decide, hash and append, claim), with the projector beside it, against the same commands sent as many side by side without timers.',
  async *measure(world) {
    const { rounds, events } = world.size;
    const side = (what: 'fired' | 'by-hand') => async () => {
      const url = await world.empty('timers');
      return (await run('timers', { url, what, timers: Math.round(events * SHARE) })).perSecond;
    };
    const { fired, byHand } = await inRounds(rounds, { fired: side('fired'), byHand: side('by-hand') });
    yield {
      what: 'timers fired',
      unit: '/s',
      measured: fired,
      against: { what: 'the same commands sent by hand, 8 at a time', values: byHand },
      goals: [{ kind: 'ratio-at-least', value: 0.5 }],
    };
  },
};

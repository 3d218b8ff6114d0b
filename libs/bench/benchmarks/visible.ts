import type { Benchmark } from '../benchmark.js';
import { beside, run } from '../child.js';
import { SEED } from '../data/write-log.js';
import { inRounds } from '../statistics.js';
import { journeysOf } from './commands.js';

const PER_SECOND = 200;
const JOURNEYS = 20_000;

export const visible: Benchmark = {
  name: 'visible',
  about: `From the answer to a recording until a query of customer-status shows it, at ${PER_SECOND} recordings a second, while a projector follows with every read model.`,
  async *measure(world) {
    const { rounds, seconds, events } = world.size;
    const url = await world.log('visible', events, { views: true });
    const journeys = await journeysOf(url, JOURNEYS);
    const { shown } = await beside('project', { url }, () =>
      inRounds(rounds, {
        shown: (round) => run('visible', { url, perSecond: PER_SECOND, seconds: 2 * seconds, journeys, seed: SEED + round }),
      }),
    );
    yield { what: 'append → visible, p50', unit: 'ms', measured: shown.map(({ p50Ms }) => p50Ms), goals: [{ kind: 'at-most', value: 10 }] };
    yield { what: 'append → visible, p99', unit: 'ms', measured: shown.map(({ p99Ms }) => p99Ms), goals: [{ kind: 'at-most', value: 50 }] };
  },
};

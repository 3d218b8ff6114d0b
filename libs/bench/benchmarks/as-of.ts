import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { entityOf } from '../data/people.js';
import { EVENTS_PER_CUSTOMER } from '../data/patterns.js';
import { SEED } from '../data/write-log.js';
import { LONG_HISTORIES } from '../size.js';
import { inRounds, quantile } from '../statistics.js';

/** Answers of one round; half of them for a warm process. */
const TIMES = 200;

export const asOf: Benchmark = {
  name: 'as-of',
  about:
    'The status of a customer with 2,000 events in 5 streams as of a place in the log, as the route answers it, against reading those streams at once and nothing else.',
  async *measure(world) {
    const { rounds, events } = world.size;
    const url = await world.log('as_of', events, { views: true });
    const others = Math.floor(events / EVENTS_PER_CUSTOMER);
    const customers = Array.from({ length: LONG_HISTORIES }, (_, n) => entityOf(SEED, others + n, 'customer'));
    const { each } = await inRounds(rounds, { each: () => run('asOf', { url, customers, times: TIMES }) });
    const p95 = (values: readonly number[]): number => quantile(values, 0.95);
    yield {
      what: `as-of status, p95, ${each[0]?.events ?? 0} events in ${each[0]?.streams ?? 0} streams`,
      unit: 'ms',
      measured: each.map(({ answeredMs }) => p95(answeredMs)),
      against: { what: 'p95 of reading those streams', values: each.map(({ readMs }) => p95(readMs)) },
      goals: [{ kind: 'ratio-at-most', value: 3 }],
    };
  },
};

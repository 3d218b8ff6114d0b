import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { overWholeLog } from './over-whole-log.js';

export const rebuild: Benchmark = {
  name: 'rebuild',
  about: 'The rows of customer-status folded anew from the whole log, against reading and parsing that log and nothing else.',
  measure: (world) => overWholeLog(world, 'rebuild of customer-status', (url) => run('rebuild', { url }), { share: 0.3, fresh: true }),
};

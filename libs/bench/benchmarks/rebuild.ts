import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { overWholeLog } from './over-whole-log.js';

export const rebuild: Benchmark = {
  name: 'rebuild',
  about:
    'A rebuild of customer-status, from its beginning to the switch: filled from the whole log beside the live rows, indexed and compared with them; against reading and parsing that log and nothing else.',
  measure: (world) => overWholeLog(world, 'rebuild of customer-status', (url) => run('rebuild', { url }), { share: 0.3, views: true }),
};

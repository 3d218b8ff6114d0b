import type { Benchmark } from '../benchmark.js';
import { run } from '../child.js';
import { overWholeLog } from './over-whole-log.js';

export const verify: Benchmark = {
  name: 'verify',
  about:
    'The check of the whole log, event by event, as touchline log verify makes it, against reading and parsing that log and nothing else.',
  measure: (world) => overWholeLog(world, 'log verify', (url) => run('verify', { url }), { share: 0.3 }),
};

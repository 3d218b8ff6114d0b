// By file: the whole of the library would be another second of starting.
import { startRelay } from '@touchline/platform/relay.js';
import { runWorker } from '@touchline/server/run-worker.js';

await runWorker('relay', 'relaying', startRelay);

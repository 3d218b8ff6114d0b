// By file: the whole of a library would be another second of starting.
import { growHeapSlowly } from '@touchline/event-store/heap-growth.js';
import { startRelay } from '@touchline/platform/relay.js';
import { runWorker } from '@touchline/server/run-worker.js';

growHeapSlowly();
await runWorker('relay', 'relaying', startRelay);

import { startIntake } from '@touchline/intake/start-intake.js';
import { runWorker } from '@touchline/server/run-worker.js';

await runWorker('intake', 'taking messages in', startIntake);

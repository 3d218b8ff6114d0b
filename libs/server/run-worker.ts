import { loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
// By file: the whole of the libraries would be another second of starting.
import type { Platform } from '@touchline/platform/platform.js';
import { openPlatform } from '@touchline/platform/platform.js';
import { runApp } from '@touchline/platform/run-app.js';
import { untilStopped } from '@touchline/platform/stop.js';
import { createHealthServer } from './create-health-server.js';

/** Work that goes on until it is drained. */
export interface Worker {
  drain(timeoutMs: number): Promise<void>;
  /** Fails where it stands still. */
  check(): Promise<void>;
}

/** What the main file of a process does that does one work, reads no rows, and answers for its health alone. */
export const runWorker = (role: string, doing: string, start: (platform: Platform) => Worker): Promise<void> =>
  runApp(role, async () => {
    const settings = loadSettings(process.env);
    const logger = createLogger({ role, level: settings.process.logLevel });
    const platform = await openPlatform({ settings, role, logger, metrics: new Metrics(), readModels: false });
    const worker = start(platform);
    const health = await createHealthServer(platform, [{ name: role, check: () => worker.check() }]);
    const stopped = untilStopped(logger);
    logger.info({ url: await health.listen() }, doing);

    await stopped;
    await Promise.all([health.drain(), worker.drain(settings.process.drainTimeoutMs)]);
    await platform.close();
  });

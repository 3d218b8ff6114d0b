import { loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
import { openPlatform, startTimers, watchErasures } from '@touchline/platform';
import { runApp } from '@touchline/platform/run-app.js';
import { untilStopped } from '@touchline/platform/stop.js';
import { createApi } from '@touchline/server';

await runApp('api', async () => {
  const settings = loadSettings(process.env);
  const logger = createLogger({ role: 'api', level: settings.process.logLevel });
  const platform = await openPlatform({ settings, role: 'api', logger, metrics: new Metrics() });
  const erasures = watchErasures(platform);
  const timers = startTimers(platform);
  const api = await createApi(platform);
  const stopped = untilStopped(logger);
  logger.info({ url: await api.listen() }, 'listening');

  await stopped;
  await api.drain();
  await Promise.all([erasures, timers].map((worker) => worker.drain(settings.process.drainTimeoutMs)));
  await platform.close();
});

import { loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
// By file: the whole of the libraries would be another second of starting.
import { openPlatform } from '@touchline/platform/platform.js';
import { startRelay } from '@touchline/platform/relay.js';
import { runApp } from '@touchline/platform/run-app.js';
import { untilStopped } from '@touchline/platform/stop.js';
import { createHealthServer } from '@touchline/server/create-health-server.js';

await runApp('relay', async () => {
  const settings = loadSettings(process.env);
  const logger = createLogger({ role: 'relay', level: settings.process.logLevel });
  const platform = await openPlatform({ settings, role: 'relay', logger, metrics: new Metrics(), readModels: false });
  const relay = startRelay(platform);
  const health = await createHealthServer(platform, [{ name: 'relay', check: () => relay.check() }]);
  const stopped = untilStopped(logger);
  logger.info({ url: await health.listen() }, 'relaying');

  await stopped;
  await Promise.all([health.drain(), relay.drain(settings.process.drainTimeoutMs)]);
  await platform.close();
});

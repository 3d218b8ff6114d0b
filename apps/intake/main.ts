import { loadSettings } from '@touchline/config';
import { startIntake } from '@touchline/intake/start-intake.js';
import { Metrics, createLogger } from '@touchline/observability';
import { openPlatform } from '@touchline/platform/platform.js';
import { runApp } from '@touchline/platform/run-app.js';
import { untilStopped } from '@touchline/platform/stop.js';
import { createHealthServer } from '@touchline/server/create-health-server.js';

await runApp('intake', async () => {
  const settings = loadSettings(process.env);
  const logger = createLogger({ role: 'intake', level: settings.process.logLevel });
  const platform = await openPlatform({ settings, role: 'intake', logger, metrics: new Metrics(), readModels: false });
  const intake = startIntake(platform);
  const health = await createHealthServer(platform, [{ name: 'intake', check: () => intake.check() }]);
  const stopped = untilStopped(logger);
  logger.info({ url: await health.listen() }, 'taking messages in');

  await stopped;
  await Promise.all([health.drain(), intake.drain(settings.process.drainTimeoutMs)]);
  await platform.close();
});

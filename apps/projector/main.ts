import { loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
import {
  openPlatform,
  startLogHeads,
  startProjector,
  startRebuilds,
  startRowChecks,
  startTimers,
  watchErasures,
} from '@touchline/platform';
import { runApp } from '@touchline/platform/run-app.js';
import { untilStopped } from '@touchline/platform/stop.js';
import { createHealthServer } from '@touchline/server/create-health-server.js';
import { followsProbe } from '@touchline/server/follows-probe.js';

await runApp('projector', async () => {
  const settings = loadSettings(process.env);
  const logger = createLogger({ role: 'projector', level: settings.process.logLevel });
  const platform = await openPlatform({ settings, role: 'projector', logger, metrics: new Metrics() });
  const projector = startProjector(platform);
  const rebuilds = startRebuilds(platform);
  const rowChecks = startRowChecks(platform);
  const logHeads = startLogHeads(platform);
  const erasures = watchErasures(platform);
  const timers = startTimers(platform);
  const health = await createHealthServer(platform, [followsProbe(platform)]);
  const stopped = untilStopped(logger);
  logger.info({ url: await health.listen() }, 'projecting');

  await stopped;
  const { drainTimeoutMs } = settings.process;
  const workers = [projector, rebuilds, rowChecks, logHeads, erasures, timers];
  await Promise.all([health.drain(), ...workers.map((worker) => worker.drain(drainTimeoutMs))]);
  await platform.close();
});

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LocalCredentials } from '@touchline/auth';
import { loadSettings } from '@touchline/config';
import { TENANT, seedDemo, seedOperator } from '@touchline/demo';
import { growHeapSlowly } from '@touchline/event-store';
import { startIntake } from '@touchline/intake/start-intake.js';
import { Metrics, createLogger } from '@touchline/observability';
import {
  openPlatform,
  startLogHeads,
  startProjector,
  startRebuilds,
  startRelay,
  startRowChecks,
  startTimers,
  untilCaughtUp,
  watchErasures,
} from '@touchline/platform';
import { whyNoBrokers } from '@touchline/platform/relay.js';
import { runApp } from '@touchline/platform/run-app.js';
import { untilStopped } from '@touchline/platform/stop.js';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '@touchline/postgres';
import { createApi } from '@touchline/server';
import { homeSecrets } from './home.js';
import { welcome } from './welcome.js';

const DATABASE = 'touchline';
const CATCHES_UP_IN_MS = 20_000;
// Server, seeding and everything else start at once, maybe on a small machine that is busy.
const CONNECTS_IN_MS = 30_000;

await runApp('standalone', async () => {
  // It tells the log on topics as well.
  growHeapSlowly();
  const home = resolve(process.env['TOUCHLINE_HOME'] ?? '.touchline');
  const { DEMO_PASSWORD, ...secrets } = await homeSecrets(home);
  // A server of one's own in place of the embedded one.
  const given = process.env['DATABASE_URL'] ?? '';
  const postgres = given === '' ? await startEmbeddedPostgres({ dataDir: join(home, 'postgres') }) : null;
  const settings = loadSettings({
    LOG_LEVEL: 'warn',
    ...secrets,
    ...process.env,
    DATABASE_URL: postgres === null ? given : postgres.url(DATABASE),
  });
  const logger = createLogger({ role: 'standalone', level: settings.process.logLevel });
  const metrics = new Metrics();
  const platform = await openPlatform({ settings, role: 'standalone', logger, metrics, connectTimeoutMs: CONNECTS_IN_MS });
  // Seeding is idempotent; the mark says that an earlier start was cut short in it.
  const mark = join(home, 'seeding');
  const credentials = new LocalCredentials(platform.pool);
  const isNew = (await platform.store.head()) === null || existsSync(mark);
  if (isNew) {
    await writeFile(mark, '');
    await seedDemo(platform.services, credentials, DEMO_PASSWORD);
    await rm(mark);
  }
  await seedOperator(platform.services, credentials, DEMO_PASSWORD);
  // After the seeding: folding many events at once costs a fraction of following each.
  const projector = startProjector(platform);
  const rebuilds = startRebuilds(platform);
  const rowChecks = startRowChecks(platform);
  const logHeads = startLogHeads(platform);
  const erasures = watchErasures(platform);
  const timers = startTimers(platform);
  const relay = startRelay(platform);
  const intake = startIntake(platform);
  await untilCaughtUp(platform, CATCHES_UP_IN_MS);
  const api = await createApi(platform, { probes: [{ name: 'intake', check: () => intake.check() }] });
  const stopped = untilStopped(logger);
  const { brokers = [], prefix } = settings.topics;
  const topics = whyNoBrokers(settings) !== null ? null : `${prefix}.* on ${brokers.join(',')}`;
  process.stdout.write(welcome({ url: await api.listen(), home, topics, tenant: TENANT, password: DEMO_PASSWORD, isNew }));

  const lost = postgres?.exited.then(() => {
    throw new EmbeddedPostgresError('the embedded database ended; its log is postgres.log beside its data. Start again.');
  });
  await Promise.race([stopped, ...(lost === undefined ? [] : [lost])]);
  await api.drain();
  const { drainTimeoutMs } = settings.process;
  const workers = [intake, relay, projector, rebuilds, rowChecks, logHeads, erasures, timers];
  await Promise.all(workers.map((worker) => worker.drain(drainTimeoutMs)));
  await platform.close();
  await postgres?.stop();
});

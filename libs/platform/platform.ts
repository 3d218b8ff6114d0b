import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { Clock, StreamCategory } from '@touchline/core';
import { BestEffort } from '@touchline/core';
import { GroupAdministrators } from '@touchline/auth/administrators.js';
import { credentialMigrations } from '@touchline/auth/credentials.js';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import { LogHeads } from '@touchline/audit/heads/log-heads.js';
import { auditMigrations } from '@touchline/audit/heads/migrations.js';
import { DIRECTORY_CHANNEL, SiteDirectory, UserDirectory, WordDirectory, publishedPlaybooks } from '@touchline/auth/directories.js';
import { commandMigrations } from '@touchline/commands/migrations.js';
import { RequestClaims } from '@touchline/commands/request-claims.js';
import type { CommandServices } from '@touchline/commands/services.js';
import type { Settings } from '@touchline/config';
import { redactedSettings } from '@touchline/config';
import type { EventStore } from '@touchline/event-store';
import { CachedStreamRepository, EventRegistry } from '@touchline/event-store';
import type { ErasureRequest, ErasureServices } from '@touchline/identity';
import {
  addIdentifiers,
  eraseCustomer,
  identify,
  registerCustomer,
  removeIdentifier,
  takeUpErasure,
  withLastFour,
} from '@touchline/identity';
import type { Logger, Metrics, Tracing } from '@touchline/observability';
import { openTracing } from '@touchline/observability';
import { intakeMigrations } from '@touchline/intake-state/migrations.js';
import { Copies, movingMigrations } from '@touchline/moving';
import { PlaybookSource, shippedPlaybooks } from '@touchline/playbooks';
import { relayMigrations } from '@touchline/relay/migrations.js';
import { Notifications, createPool, ensureDatabase, runSqlMigrations } from '@touchline/postgres';
import { customerStreamsProjection } from '@touchline/projections/customer-streams/customer-streams.projection.js';
import { sitesOfCustomer, streamsOfCustomer } from '@touchline/projections/customer-streams/customer-streams.query.js';
import { shownAdministrators } from '@touchline/projections/group-directory/administrators.js';
import { rebuildMigrations } from '@touchline/rebuild';
import { ERASED_KEYS_CHANNEL, Erasures, MasterKeys, PersonalKeys, PersonalSealing } from '@touchline/sealing';
import { assertSecrets, sealingMigrations } from '@touchline/sealing';
import type { LeaseDeps, OpenEvents } from '@touchline/subscriptions';
import {
  Builds,
  CHECKPOINT_CHANNEL,
  CONTROL_CHANNEL,
  Checkpoints,
  Leases,
  SetAsides,
  projectionEvents,
  subscriptionMigrations,
  waitFor,
} from '@touchline/subscriptions';
import { timerMigrations } from '@touchline/timers';
import { storedEvents } from '@touchline/touchpoints/list.js';
import { LogMovedAway, openLog } from './open-log.js';
import { observeStanding } from './standing-metrics.js';
import { traceLog } from './traced-log.js';
import { traceStatements } from './traced-statements.js';

/** Everything a role of the platform works with, opened from the settings. */
export interface Platform {
  settings: Settings;
  logger: Logger;
  metrics: Metrics;
  /** Null where nothing is traced. */
  tracing: Tracing | null;
  clock: Clock;
  /** For commands and all that is short. No statement takes longer than a request may: it fails, and is tried again or told. */
  pool: Pool;
  /** For questions of requests, with the same bound: however many are asked, commands have connections. */
  queries: Pool;
  /** For what takes as long as there is to do: migrating, folding, rebuilding, checking, signing. */
  untimed: Pool;
  store: EventStore;
  registry: EventRegistry;
  keys: PersonalKeys;
  sealing: PersonalSealing;
  /** Events as views that hold personal data take them: open, and with what a fold has no secret for. */
  openForViews: OpenEvents;
  sites: SiteDirectory;
  users: UserDirectory;
  words: WordDirectory;
  playbooks: PlaybookSource;
  services: CommandServices;
  claims: RequestClaims;
  erasing: ErasureServices;
  builds: Builds;
  checkpoints: Checkpoints;
  leases: Leases;
  logHeads: LogHeads;
  notifications: Notifications;
  /** Names this process where workers claim things. */
  holder: string;
  close(): Promise<void>;
}

export interface PlatformOptions {
  settings: Settings;
  role: string;
  logger: Logger;
  metrics: Metrics;
  clock?: Clock;
  /** False for a process that only records: it neither migrates the read models nor loads their code. Default true. */
  readModels?: boolean;
  /** Patience for a connection to the database, where it is to be more than the settings' own. */
  connectTimeoutMs?: number;
}

export const wallClock: Clock = { now: () => Promise.resolve(new Date().toISOString()) };

/** What this process takes leases with. */
export const leasesOf = ({ leases, holder, settings, logger }: Platform): LeaseDeps => ({
  leases,
  holder,
  heartbeatMs: settings.log.leaseTtlMs / 3,
  leaseFault: (lease, what, error) => logger.warn({ err: error, lease }, `a lease was ${what}; it runs out by itself`),
});

/** Steps of every table but the log's own and the read models'. */
export const machineryMigrations = [
  ...sealingMigrations,
  ...credentialMigrations,
  ...commandMigrations,
  ...subscriptionMigrations,
  ...auditMigrations,
  ...movingMigrations,
  ...rebuildMigrations,
  ...relayMigrations,
  ...intakeMigrations,
  ...timerMigrations,
];

/** Connects, brings every table up to date (one process works, the others wait), and puts the parts together. */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { settings, role, logger, metrics, clock = wallClock } = options;
  logger.info({ settings: redactedSettings(settings) }, 'settings');
  const url = settings.store.databaseUrl;
  await ensureDatabase(url);
  const onConnectionError = (error: Error): void => logger.warn({ err: error }, 'a database connection broke');
  const { timeoutMs } = settings.store;
  const connecting = { url, onConnectionError, connectTimeoutMs: options.connectTimeoutMs ?? timeoutMs };
  const untimed = createPool({ ...connecting, applicationName: `touchline-${role}`, max: 16 });
  const timed = { ...connecting, statementTimeoutMs: settings.http.requestTimeoutMs };
  const pool = createPool({ ...timed, applicationName: `touchline-${role}`, max: 16 });
  const queries = createPool({ ...timed, applicationName: `touchline-${role}`, max: 12 });
  const tracing = await openTracing(settings, role, logger);
  if (tracing !== null) for (const each of [pool, queries, untimed]) traceStatements(each, tracing);
  await runSqlMigrations(untimed, machineryMigrations);
  await assertSecrets(pool, settings.secrets);
  if (options.readModels ?? true) {
    const { migrateReadModels } = await import('@touchline/projections/migrate.js');
    await migrateReadModels(url);
  }

  const onForeign = (): void => metrics.foreignEvents.inc();
  const log = await openLog(settings.store, { onConnectionError, deadlineMs: timeoutMs, onForeign });
  const store = tracing === null ? log : traceLog(log, tracing, settings.store.eventStoreUrl === undefined ? 'postgresql' : 'eventstoredb');
  const movedTo = await new Copies(pool).movedTo(await store.logId());
  if (movedTo !== null) {
    await store.close();
    await Promise.all([pool.end(), untimed.end()]);
    throw new LogMovedAway(movedTo);
  }
  // In one database a claim is safe on the disk as soon as the append that follows it is; with the log elsewhere it must be before.
  const synchronous_commit = settings.store.eventStoreUrl === undefined ? 'off' : 'on';
  const claiming = createPool({ ...timed, applicationName: 'touchline-claims', max: 2, settings: { synchronous_commit } });
  if (tracing !== null) traceStatements(claiming, tracing);
  const registry = new EventRegistry([...storedEvents, ...projectionEvents]);
  const keys = new PersonalKeys(pool, new MasterKeys(settings.secrets.masterKeys));
  const sealing = new PersonalSealing(keys, registry);
  const telling = new BestEffort((error) =>
    logger.warn({ err: error }, 'other processes were not told of a change; they find out in seconds'),
  );
  const tell = (stream: string): Promise<void> => telling.run(() => pool.query('select pg_notify($1, $2)', [DIRECTORY_CHANNEL, stream]));
  const sites = new SiteDirectory({ store, registry, tell });
  const users = new UserDirectory({ store, registry, tell });
  const words = new WordDirectory({ store, registry, tell });
  const touchpointTypes = new Set(registry.all().flatMap(({ type, touchpoint }) => (touchpoint ? [type] : [])));
  const playbooks = new PlaybookSource(shippedPlaybooks(touchpointTypes), publishedPlaybooks({ store, registry }));
  const directories: { [category in StreamCategory]?: SiteDirectory | UserDirectory | WordDirectory } = { site: sites, user: users, words };
  const streams = new CachedStreamRepository(store, registry);
  const deps = { streams, registry, sealing, words, clock, toleranceMs: settings.log.clockToleranceMs };
  const identifying = { store, registry, secret: settings.secrets.identityHmacSecret };
  const identity = { deps, secret: settings.secrets.identityHmacSecret };
  const notifications = new Notifications(pool, [CHECKPOINT_CHANNEL, CONTROL_CHANNEL, ERASED_KEYS_CHANNEL, DIRECTORY_CHANNEL], (error) =>
    logger.warn({ err: error }, 'this process is told nothing at the moment, and looks by itself'),
  );
  notifications.on(DIRECTORY_CHANNEL, (stream) => {
    for (const directory of Object.values(directories)) directory.heard(stream);
  });
  notifications.on(ERASED_KEYS_CHANNEL, (erased) => keys.heard(erased));
  const checkpoints = new Checkpoints(pool);
  const erasing: ErasureServices = {
    ...identity,
    keys,
    erasures: new Erasures<ErasureRequest>(pool, keys),
    async streamsOf(tenant, customerId, upTo) {
      const waiting = { checkpoints, notifications, store };
      const view = customerStreamsProjection.name;
      const { reached } = upTo === undefined ? { reached: true } : await waitFor(waiting, view, upTo, settings.http.readYourWriteTimeoutMs);
      const streams = await streamsOfCustomer(pool, tenant, customerId);
      // A stream that is set aside may be theirs, and nothing says so until it is worked in.
      const known = reached && (upTo === undefined || !(await new SetAsides(pool).counts(tenant)).some(({ reader }) => reader === view));
      return { streams, reached: known };
    },
  };
  const platform: Platform = {
    settings,
    logger,
    metrics,
    tracing,
    clock,
    pool,
    queries,
    untimed,
    store,
    registry,
    keys,
    sealing,
    openForViews: async (events) => withLastFour(identifying, await sealing.open(events)),
    sites,
    users,
    words,
    playbooks,
    services: {
      deps,
      playbooks,
      sites,
      users,
      administrators: new GroupAdministrators(pool, users, (tenant) => shownAdministrators(pool, tenant)),
      identify: (metadata, met) => identify(identity, metadata, met),
      customers: {
        register: (metadata, order) => registerCustomer(identity, metadata, order),
        addIdentifiers: (metadata, order) => addIdentifiers(identity, metadata, order),
        removeIdentifier: (metadata, order) => removeIdentifier(identity, metadata, order),
        sitesOf: (tenant, customerId) => sitesOfCustomer(pool, tenant, customerId),
        streamsOf: (tenant, customerId, upTo) => erasing.streamsOf(tenant, customerId, upTo),
        erase: (metadata, order) => eraseCustomer(erasing, metadata, order),
        takeUpErasure: (metadata, customerId) => takeUpErasure(erasing, metadata, customerId),
        erasureComplete: async (tenant, customerId) => (await erasing.erasures.of(tenant, customerId))?.completed ?? true,
      },
      changed: async (category, tenant, id) => {
        await directories[category]?.changed(tenant, id);
      },
      open: (events) => sealing.open(events),
    },
    claims: new RequestClaims(claiming, clock, settings.http.idempotencyKeyDays),
    erasing,
    builds: new Builds(pool),
    checkpoints,
    leases: new Leases(pool, settings.log.leaseTtlMs),
    logHeads: new LogHeads({ pool: untimed, store, clock, keys: new SigningKeys(settings.secrets.logSigningKeys) }),
    notifications,
    holder: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    async close() {
      await notifications.close();
      await store.close();
      await Promise.all([claiming, queries, pool, untimed].map((each) => each.end()));
      await tracing?.close();
    },
  };
  observeStanding(platform);
  return platform;
}

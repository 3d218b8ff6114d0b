import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { Pool } from 'pg';
import type { Position, RecordedEvent } from '@touchline/core';
import { streamName } from '@touchline/core';
import { encodeEvent, EventRegistry, StreamRepository } from '@touchline/event-store';
import type { CommandDeps, EventStore } from '@touchline/event-store';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import { Notifications, createPool, runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { Builds } from '../builds.js';
import { CHECKPOINT_CHANNEL, CONTROL_CHANNEL, Checkpoints } from '../checkpoints.js';
import { rowTypes } from '../row-store.js';
import { Leases } from '../leases.js';
import { subscriptionMigrations } from '../migrations.js';
import type { ProjectionObserver } from '../observer.js';
import { Projector } from '../projector.js';
import { SetAsides } from '../set-aside.js';
import type { RunnerDeps } from '../run-projection.js';
import { projectionEvents } from '../skip.events.js';
import { eventually } from '@touchline/testing/eventually.js';
import type { StepTaken, Trail } from './trails.js';
import { metaOf, trailEvents, trails, trailsTable } from './trails.js';

export const registry = new EventRegistry([...trailEvents, ...projectionEvents]);
export const silent: ProjectionObserver = {
  state: () => {},
  batch: () => {},
  setAside: () => {},
  settled: () => {},
  failure: () => {},
  fault: () => {},
};

/** Appends steps one by one, as they would have been recorded. Gives the position of the last. */
export async function appendSteps(store: EventStore, steps: readonly StepTaken[]): Promise<Position> {
  let position: Position | null = null;
  for (const step of steps) {
    const stream = streamName('journey', 'dongfang', step.stream);
    let revision = -1;
    for await (const event of store.readStream(stream)) revision = event.revision;
    const event = { id: step.id, stream, revision: revision + 1, type: 'step-taken', data: step.data, meta: metaOf(step) };
    position = (await store.append(stream, revision < 0 ? 'no-stream' : revision, [encodeEvent(event, '')])).position;
  }
  if (position === null) throw new Error('no step was appended');
  return position;
}

/** A live build without rows, in place of all there were. */
async function makeFirstBuild(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(`select nspname as name from pg_namespace where nspname like 'trails\\_v%'`);
  for (const { name } of rows) await pool.query(`drop schema ${name} cascade`);
  await pool.query(`
    ${trailsTable(FIRST)};
    create schema if not exists read_model;
    create view read_model.trails as select * from ${FIRST}.trails;
    insert into touchline.builds (projection, build, version, schema, state) values ('trails', 1, 1, '${FIRST}', 'live')`);
}

/** Schema of the build that is live at the beginning of every test. */
export const FIRST = 'trails_v1_1';

export interface Engine {
  readonly pool: Pool;
  readonly store: EventStore;
  readonly deps: RunnerDeps;
  readonly commands: CommandDeps;
  /** Starts a projector; drained after the test at the latest. */
  start(changes?: Partial<RunnerDeps>, projections?: readonly (typeof trails)[]): Projector;
  /** Drains every projector that was started. */
  stopAll(): Promise<void>;
  /** The rows, by key, once the view has come to a position. */
  rowsAt(position: Position): Promise<Trail[]>;
  rows(): Promise<Trail[]>;
  /** What the view has set aside. */
  aside(): ReturnType<SetAsides['list']>;
}

/** Thefts in a row after which somebody must have come on before the next, or on a slow machine nobody ever would. */
const THEFTS_IN_A_ROW = 10;

/** Has every lease run out, time and again, so that whoever works believes to hold it together with another. */
export class Thief {
  private left = THEFTS_IN_A_ROW;
  private readonly timer: NodeJS.Timeout;

  constructor(pool: Pool) {
    this.timer = setInterval(() => {
      if (this.left > 0) void pool.query('update touchline.leases set expires_at = clock_timestamp()');
      this.left -= 1;
    }, 5);
  }

  /** What an observer is to call: something was worked in. */
  readonly sawWork = (): void => {
    this.left = THEFTS_IN_A_ROW;
  };

  stop(): void {
    clearInterval(this.timer);
  }
}

/** A log, tables and an engine of their own for a test file; log, rows and checkpoints are emptied before each test. */
export function useEngine(): Engine {
  const database = useDatabase();
  const projectors: Projector[] = [];
  let store: PostgresEventStore;
  let notifications: Notifications;
  let writing: Pool;

  beforeAll(async () => {
    await runSqlMigrations(database.pool, subscriptionMigrations);
    store = await PostgresEventStore.open({ url: database.url });
    writing = createPool({ url: database.url, applicationName: 'projector-under-test' });
    notifications = new Notifications(writing, [CHECKPOINT_CHANNEL, CONTROL_CHANNEL], () => undefined);
  });
  const stopAll = async (): Promise<void> => {
    await Promise.all(projectors.splice(0).map((projector) => projector.drain(10_000)));
  };
  beforeEach(async () => {
    await stopAll();
    await database.pool.query(`
      alter table event_log.events disable trigger all; truncate event_log.events; alter table event_log.events enable trigger all;
      truncate touchline.builds, touchline.build_differences, touchline.checkpoints, touchline.leases, touchline.set_aside`);
    await makeFirstBuild(database.pool);
  });
  afterAll(async () => {
    await stopAll();
    await notifications.close();
    await store.close();
    await writing.end();
  });

  const rows = async (): Promise<Trail[]> => {
    const text = 'select id, tenant, steps, first_at as "firstAt", corrected from read_model.trails order by id';
    return (await database.pool.query<Trail>({ text, types: rowTypes })).rows;
  };
  const engine: Engine = {
    get pool() {
      return database.pool;
    },
    get store() {
      return store;
    },
    get deps() {
      const open = async (events: readonly RecordedEvent[]): Promise<RecordedEvent[]> => [...events];
      const checkpoints = new Checkpoints(writing);
      const leases = new Leases(writing, 1_000);
      const builds = new Builds(writing);
      const shared = { pool: writing, store, registry, open, builds, checkpoints, leases, notifications };
      return { ...shared, observer: silent, leaseFault: () => undefined, holder: 'test', heartbeatMs: 100, batchSize: 10 };
    },
    get commands() {
      const sealing = { seal: async ({ data }: { data: RecordedEvent['data'] }) => data };
      const words = { find: async (_tenant: string, _list: string, word: string) => ({ word }) };
      const streams = new StreamRepository(store, registry);
      return { streams, registry, sealing, words, clock: { now: async () => new Date().toISOString() }, toleranceMs: 60_000 };
    },
    start(changes = {}, projections = [trails]) {
      const projector = new Projector({ ...engine.deps, ...changes }, projections);
      projectors.push(projector);
      return projector;
    },
    stopAll,
    async rowsAt(position) {
      const checkpoints = new Checkpoints(database.pool);
      await eventually(async () => ((await checkpoints.get('trails'))?.position ?? '') >= position);
      return rows();
    },
    rows,
    aside: () => new SetAsides(database.pool).list(['trails'], { limit: 10 }),
  };
  return engine;
}

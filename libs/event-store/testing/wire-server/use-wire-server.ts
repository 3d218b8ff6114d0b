import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { useDatabase } from '@touchline/testing/postgres.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import type { Pool } from 'pg';
import { EventStoreUnavailable } from '../../errors.js';
import { EventStoreDbEventStore, type EventStoreDbOptions } from '../../eventstoredb/eventstoredb-event-store.js';
import { PostgresEventStore } from '../../postgres/postgres-event-store.js';
import { WireCluster } from './wire-cluster.js';
import { startWireServer, type WireServer, type WireServerOptions } from './wire-server.js';

/** Wire servers on one fresh database for the test file, and drivers on them; each test's are closed after it. */
export function useWireServer() {
  const database = useDatabase();
  let behind: PostgresEventStore | undefined;
  const opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    behind = await PostgresEventStore.open({ url: database.url, maxAppendBytes: 2 * 1024 * 1024 });
  });
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
  });
  afterAll(() => behind?.close());
  const keep = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const one = await opening;
    opened.push(one);
    return one;
  };
  const there = (store: PostgresEventStore | undefined): PostgresEventStore => {
    if (store === undefined) throw new Error('the database is there from beforeAll on');
    return store;
  };
  return {
    /** The database that holds the servers' events, and the log on it. */
    get pool(): Pool {
      return database.pool;
    },
    get behind(): PostgresEventStore {
      return there(behind);
    },
    start(settings: Omit<WireServerOptions, 'store'> = {}): Promise<WireServer> {
      return keep(startWireServer({ ...settings, store: there(behind) }));
    },
    cluster: (settings: Parameters<typeof WireCluster.start>[1] = {}): Promise<WireCluster> =>
      keep(WireCluster.start(there(behind), settings)),
    /** Deadline 5 s unless told otherwise. */
    open: (server: { connectionString: string }, options: Partial<EventStoreDbOptions> = {}): Promise<EventStoreDbEventStore> =>
      keep(openPatiently({ connectionString: server.connectionString, deadlineMs: 5_000, ...options })),
  };
}

/** A short deadline is what a test is about; opening is not, and may be late on a busy machine. */
async function openPatiently(options: EventStoreDbOptions): Promise<EventStoreDbEventStore> {
  for (let attempts = 1; ; attempts += 1)
    try {
      return await EventStoreDbEventStore.open(options);
    } catch (error) {
      if (attempts >= 50 || !(error instanceof EventStoreUnavailable)) throw error;
    }
}

/** Waits for a condition, with a bound. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<void> {
  for (const end = Date.now() + withinMs; !(await holds());) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

import { randomBytes } from 'node:crypto';
import type { EventStore, OrderedLog, StoredEvent } from '@touchline/event-store';
import { EventStoreDbEventStore } from '@touchline/event-store/eventstoredb/eventstoredb-event-store.js';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import type { WireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import { startWireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import { createPool, ensureDatabase, withDatabase } from '@touchline/postgres';
import type { Pool } from 'pg';

export type Driver = 'Postgres' | 'EventStoreDB';

/** A log of a test's own, empty, on a database of its own. */
export interface TestLog {
  /** As the command line is told. */
  address: string;
  /** That of the database, which on EventStoreDB stands behind the server. */
  databaseUrl: string;
  store: OrderedLog;
  /** Past every guard, as somebody with every right might go. */
  pool: Pool;
  /** On EventStoreDB. */
  server: WireServer | null;
  close(): Promise<void>;
}

/** `near`: a URL on the server that the database is made on. */
export async function newLog(driver: Driver, near: string): Promise<TestLog> {
  const databaseUrl = withDatabase(near, `log_${randomBytes(6).toString('hex')}`);
  await ensureDatabase(databaseUrl);
  const behind = await PostgresEventStore.open({ url: databaseUrl });
  const pool = createPool({ url: databaseUrl, applicationName: 'test', max: 2 });
  const server = driver === 'Postgres' ? null : await startWireServer({ store: behind });
  const store = server === null ? behind : await EventStoreDbEventStore.open({ connectionString: server.connectionString });
  return {
    ...{ address: server?.connectionString ?? databaseUrl, databaseUrl, store, pool, server },
    async close() {
      await store.close();
      await server?.close();
      if (server !== null) await behind.close();
      await pool.end();
      const admin = createPool({ url: withDatabase(near, 'postgres'), applicationName: 'test', max: 1 });
      await admin.query(`drop database if exists ${new URL(databaseUrl).pathname.slice(1)} with (force)`);
      await admin.end();
    },
  };
}

/** Everything a log holds, but for the positions, which are each log's own. */
export async function contentsOf(store: EventStore): Promise<Omit<StoredEvent, 'position'>[]> {
  const events: Omit<StoredEvent, 'position'>[] = [];
  for await (const { position: _, ...event } of store.readAll()) events.push(event);
  return events;
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { createPool, type EmbeddedPostgres, ensureDatabase, startEmbeddedPostgres, withDatabase } from '@touchline/postgres';
import type { Pool } from 'pg';
import { PATIENCE_MS } from './patience.js';
import { sharedByRun } from './shared-by-run.js';

export interface TestDatabase {
  /** Connection URL of the fresh database; from beforeAll on. */
  readonly url: string;
  /** A pool on it, closed before the database is dropped. */
  readonly pool: Pool;
}

/**
 * A fresh database for this test file, on `TEST_DATABASE_URL` (whose user may create databases) or on an embedded
 * server that the whole test run shares and that the first file to ask starts. Dropped after the file's tests.
 */
export function useDatabase(): TestDatabase {
  let url: string | undefined;
  let pool: Pool | undefined;
  beforeAll(async () => {
    const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`;
    url = withDatabase(await serverUrl(), name);
    await ensureDatabase(url);
    pool = createPool({ url, applicationName: 'test', connectTimeoutMs: PATIENCE_MS });
  });
  afterAll(async () => {
    await pool?.end();
    if (url === undefined) return;
    const admin = createPool({ url: withDatabase(url, 'postgres'), applicationName: 'test', max: 1, connectTimeoutMs: PATIENCE_MS });
    await admin.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
    await admin.end();
  });
  const ready = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the test database exists from beforeAll on');
    return value;
  };
  return {
    get url(): string {
      return ready(url);
    },
    get pool(): Pool {
      return ready(pool);
    },
  };
}

/** Programs of another version of Postgres: the folder with their `bin`, `lib` and `share`. */
const givenBinaries = (): { binaries?: string } => {
  const folder = process.env['TEST_POSTGRES_PROGRAMS'] ?? '';
  return folder === '' ? {} : { binaries: folder };
};

/** Of the server that the test run shares; its user may create databases. */
export async function serverUrl(): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  const start = async (run: string): Promise<{ url: string; home: string }> => {
    const server = await startEmbeddedPostgres({
      ...{ dataDir: join(run, 'postgres'), durable: false, tether: join(run, 'tether') },
      ...givenBinaries(),
    });
    return { url: server.url(), home: server.home };
  };
  return (await sharedByRun('server', start, 50_000)).url;
}

/** A server of a test's own, to kill and to start again; the port stays the same, so that clients come back. */
export interface OwnPostgres {
  /** Connection URL of the database `postgres`, the same after every start. */
  readonly url: string;
  readonly pid: number;
  /** A clean stop: sessions are ended, data is kept. */
  stop(): Promise<void>;
  /** kill -9: what a crash of the server leaves behind. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes its data. */
  destroy(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'touchline-own-postgres-'));
  const launch = (port: number): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dataDir, port, durable: false, ...givenBinaries() });
  let server = await launch(0);
  return {
    get url() {
      return server.url();
    },
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    start: async () => {
      server = await launch(server.port);
    },
    destroy: async () => {
      await server.stop();
      await rm(server.home, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

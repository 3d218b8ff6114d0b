import pg from 'pg';
import type { ClientBase, Pool, PoolClient, QueryConfig } from 'pg';

export interface PoolOptions {
  url: string;
  /** Shown in pg_stat_activity and the server's log. */
  applicationName: string;
  /** Most connections; default 10. */
  max?: number;
  /** The server cancels a statement after this time; default never. */
  statementTimeoutMs?: number;
  /** Settings of the server for these connections, by name. */
  settings?: Readonly<Record<string, string>>;
  /** Patience for a connection, from the server or from the pool; default 5 s. */
  connectTimeoutMs?: number;
  /** Told of connections that broke. They are replaced in any case; what was running on them fails on its own. */
  onConnectionError?: (error: Error) => void;
}

/** A query that is given up, with its connection, after this time; also when the server has gone silent. Not in pg's types. */
export interface TimedQuery extends QueryConfig {
  query_timeout: number;
}

/** A pool that survives the server: a broken connection is reported and replaced, it never ends the process. */
export function createPool(options: PoolOptions): Pool {
  // Closing a pool does not wait for the server's goodbye: what its connections still say then is no news.
  const report = (error: Error): void => {
    if (!pool.ending) options.onConnectionError?.(error);
  };
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.max ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.settings === undefined ? {} : { options: startupSettings(options.settings) }),
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
  });
  pool.on('error', report);
  // The pool listens only while a connection is idle: one that breaks between two statements would end the process.
  pool.on('connect', (client) => client.on('error', report));
  return pool;
}

const startupSettings = (settings: Readonly<Record<string, string>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(/[\\ ]/g, '\\$&')}`)
    .join(' ');

/** Runs `fn` in one transaction (read committed) and commits; any error rolls back and is thrown on. */
export async function inTransaction<T>(pool: Pool, fn: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await fn(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Runs `fn` while holding the session's advisory lock of this name; waits for whoever holds it. The lock ends with the
 * connection, so a killed holder never blocks the next. Waiting counts against the connection's statement timeout.
 */
export async function withAdvisoryLock<T>(client: ClientBase, name: string, fn: () => Promise<T>): Promise<T> {
  await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
  try {
    return await fn();
  } finally {
    // On a broken connection there is nothing left to unlock, and the first error must not be hidden.
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch(() => undefined);
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}

/** Makes the database that the URL names, where it is missing; needs the right to, in the database `postgres`. */
export async function ensureDatabase(url: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const client = new pg.Client(withDatabase(url, 'postgres'));
  await client.connect();
  try {
    await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // 42P04: it is there already; 23505: somebody else made it at the same moment.
    if (!['42P04', '23505'].includes(String((error as { code?: unknown }).code))) throw error;
  } finally {
    await client.end();
  }
}

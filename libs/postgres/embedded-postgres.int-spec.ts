import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from '@touchline/postgres';
import { packagedBinaries } from '@touchline/postgres/embedded-binaries.js';
import { runningPostmaster } from '@touchline/postgres/embedded-server.js';
import pg from 'pg';

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client(server.url());
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query({ text, rowMode: 'array' });
  await client.end();
  return rows;
}

describe('the embedded Postgres', () => {
  let folder: string;
  const started: EmbeddedPostgres[] = [];

  const start = async (dataDir: string, more: { binaries?: string; port?: number } = {}): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, durable: false, ...more });
    started.push(server);
    return server;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-embedded-'));
    await chmod(folder, 0o711);
  });

  afterEach(async () => {
    const servers = started.splice(0);
    // A later server may run on the home of an earlier one.
    for (const server of servers) await server.stop();
    for (const { home } of servers) await rm(home, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  });

  it('is a real Postgres, run by somebody who is not root, on the loopback interface and behind a password', async () => {
    const server = await start(join(folder, 'data'));
    expect(await query(server, 'select current_setting($$server_version_num$$)::int >= 180000')).toEqual([[true]]);
    expect(await query(server, 'show listen_addresses')).toEqual([['127.0.0.1']]);
    const { uid } = await stat(join(server.home, 'cluster'));
    expect(uid).not.toBe(0);
    const { mode } = await stat(join(server.home, 'password'));
    expect(mode & 0o777).toBe(0o600);
    const stranger = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'postgres', password: 'guess', database: 'postgres' });
    await expect(stranger.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('keeps its data when it is stopped and started again', async () => {
    const first = await start(join(folder, 'data'));
    await query(first, 'create table kept as select 42 as n');
    await first.stop();
    await first.stop();
    const second = await start(join(folder, 'data'), { port: first.port });
    expect(second.port).toBe(first.port);
    expect(await query(second, 'select n from kept')).toEqual([[42]]);
  });

  it('comes back after the server was killed', async () => {
    const first = await start(join(folder, 'data'));
    await query(first, 'create table kept as select 42 as n');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start(join(folder, 'data'));
    expect(await query(second, 'select n from kept')).toEqual([[42]]);
  });

  it('is not deceived by a stale process number that now is another program', async () => {
    const first = await start(join(folder, 'data'));
    const file = join(first.home, 'cluster', 'postmaster.pid');
    const lines = (await readFile(file, 'utf8')).split('\n');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await writeFile(file, [String(process.pid), ...lines.slice(1)].join('\n'));
    const second = await start(join(folder, 'data'));
    expect(await query(second, 'select 1')).toEqual([[1]]);
  });

  it('refuses a second start on data in use, and says so', async () => {
    const server = await start(join(folder, 'data'));
    const second = start(join(folder, 'data'));
    await expect(second).rejects.toBeInstanceOf(EmbeddedPostgresError);
    await expect(second).rejects.toThrow(new RegExp(`already in use: its server runs as process ${server.pid}`));
    expect(await query(server, 'select 1')).toEqual([[1]]);
  });

  it('works from a clone below a folder that only its owner may enter, installed without scripts under umask 077', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const native = join(closed, 'package', 'native');
    await cp(packagedBinaries(), native, {
      recursive: true,
      filter: (source) => !/\.so\.\d+$/.test(source) || /libcrypto|libssl|liblzma|ossp|libxml2|libxslt/.test(source),
    });
    await cp(join(packagedBinaries(), '..', 'package.json'), join(closed, 'package', 'package.json'));
    await Promise.all(['postgres', 'initdb', 'pg_ctl'].map((name) => chmod(join(native, 'bin', name), 0o700)));
    const server = await start(join(closed, 'data'), { binaries: native });
    await query(server, 'create table kept as select 42 as n');
    await server.stop();
    const again = await start(join(closed, 'data'), { binaries: native });
    expect(again.home).toBe(server.home);
    expect(await query(again, 'select n from kept')).toEqual([[42]]);
  });

  it('begins with nothing where its folder was removed, wherever the server had to keep the data', async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const first = await start(join(closed, 'data'));
    await query(first, 'create table kept as select 42 as n');
    await first.stop();
    await rm(join(closed, 'data'), { recursive: true });
    const second = await start(join(closed, 'data'));
    expect(await query(second, `select to_regclass('kept')`)).toEqual([[null]]);
  });

  it('ends when the process that started it is killed, and that is no obstacle to the next start', async () => {
    const server = await start(join(folder, 'data'));
    const cluster = join(server.home, 'cluster');
    await server.stop();
    // Holds the writing end of the pipe as a parent would, and dies by kill -9.
    const tether = join(folder, 'tether');
    await once(spawn('mkfifo', [tether]), 'exit');
    const owner = spawn('/bin/sh', ['-c', 'exec 3<>"$1"; echo held; exec sleep 600', 'sh', tether], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(owner.stdout, 'data');
    const tethered = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: false, tether });
    expect((await runningPostmaster(cluster))?.pid).toBe(tethered.pid);
    owner.kill('SIGKILL');
    const next = await start(join(folder, 'data'));
    expect(next.pid).not.toBe(tethered.pid);
    await tethered.exited;
  });

  it('says what is wrong where it cannot start', async () => {
    const server = await start(join(folder, 'data'));
    await server.stop();
    await writeFile(join(server.home, 'cluster', 'PG_VERSION'), '9\n');
    await expect(start(join(folder, 'data'))).rejects.toThrow(/incompatible with server/);
  });
});

import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Running } from '@touchline/moving/testing/running.js';
import { newEnv, startRunning } from '@touchline/moving/testing/running.js';
import { createPool, withDatabase } from '@touchline/postgres';
import { projections } from '@touchline/projections';
import { eventually } from '@touchline/testing/eventually.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline } from '@touchline/testing/touchline.js';

describe('touchline backup and restore', () => {
  const database = useDatabase();
  const env = newEnv();
  let folder: string;
  let restoredUrl: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-backup-test-'));
    restoredUrl = withDatabase(database.url, `${new URL(database.url).pathname.slice(1)}_restored`);
  });
  afterAll(async () => {
    const admin = createPool({ url: withDatabase(database.url, 'postgres'), applicationName: 'test', max: 1 });
    await admin.query(`drop database if exists ${new URL(restoredUrl).pathname.slice(1)} with (force)`);
    await admin.end();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (url: string, ...args: string[]): Promise<Ended> =>
    touchline(args, { cwd: folder, env: { ...env, LOG_LEVEL: 'warn', DATABASE_URL: url } });
  const untilCaughtUp = ({ platform }: Running): Promise<unknown> =>
    eventually(async () => {
      const [head, reached] = [await platform.store.head(), await platform.checkpoints.list()];
      return projections.every(({ name }) => reached.some((each) => each.name === name && each.position === head));
    });

  it('brings a platform back that goes on, as it was while others wrote to it', async () => {
    const live = await startRunning({ ...env, DATABASE_URL: database.url });
    for (let first = 0; first < 5; first += 1) await live.receive(`客户${first}`);
    expect(await run(database.url, 'log', 'head', '--out', 'head.json')).toMatchObject({ code: 0 });
    const done = new AbortController();
    const writer = (async () => {
      while (!done.signal.aborted) await live.receive('其间');
    })();
    const made = await run(database.url, 'backup', '--to', 'backup');
    done.abort();
    await writer;
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Backup of .*\nLog .*\nFolded anew after a restore: person-directory\n$/),
    });
    expect(made.stderr).toContain('backing up');
    expect(await run(database.url, 'erasures', 'export', '--out', 'erasures.jsonl')).toMatchObject({ code: 0 });
    await live.stop();

    const restore = (...args: string[]) => run(restoredUrl, 'restore', '--from', 'backup', ...args);
    expect(await restore()).toMatchObject({ code: 2, stderr: expect.stringContaining('give --erasures') });
    expect(await restore('--erasures', 'erasures.jsonl')).toMatchObject({ code: 0, stdout: expect.stringContaining('Restored.') });
    expect(await restore('--erasures', 'backup')).toMatchObject({ code: 2, stderr: expect.stringContaining('the database is not empty') });
    const verified = await run(restoredUrl, 'log', 'verify', '--quiet', '--head', 'head.json');
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringMatching(/2 of 2 signed heads agree\nThe log holds/) });

    const restored = await startRunning({ ...env, DATABASE_URL: restoredUrl });
    try {
      const { customerId, position } = await restored.receive('恢复之后');
      await untilCaughtUp(restored);
      expect(await restored.get(`/customers/${customerId}/status?after=${position}`)).toMatchObject({ status: 200 });
    } finally {
      await restored.stop();
    }
  });

  it('says in its own words what cannot be used, and leaves no trace', async () => {
    const elsewhere = restoredUrl;
    const restore = (...args: string[]) => run(elsewhere, 'restore', '--replace', '--from', ...args);
    expect(await restore('nowhere', '--no-later-erasures')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere holds no manifest'),
    });
    const ledger = await readFile(join(folder, 'erasures.jsonl'), 'utf8');
    await writeFile(join(folder, 'cut.jsonl'), ledger.split('\n').slice(0, -2).join('\n'));
    expect(await restore('backup', '--erasures', 'cut.jsonl')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cut.jsonl is cut short'),
    });
    await appendFile(join(folder, 'backup/tables/event_log.events.copy.gz'), 'x');
    expect(await restore('backup', '--no-later-erasures')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was changed since it was made'),
    });
    // What stood there stands.
    expect(await run(elsewhere, 'log', 'verify', '--quiet')).toMatchObject({ code: 0 });
    expect(await run(database.url, 'erasures', 'apply', 'erasures.jsonl')).toMatchObject({ code: 0 });
    expect(await run(database.url, 'log', 'copy', '--to', database.url)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('both addresses are of log'),
    });
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Recorder } from '@touchline/audit/testing/recorded-log.js';
import { verifyLog } from '@touchline/audit/verify-log.js';
import { loadSettings } from '@touchline/config';
import type { CopyVerdict } from '@touchline/moving';
import type { Driver, TestLog } from '@touchline/moving/testing/logs.js';
import { contentsOf, newLog } from '@touchline/moving/testing/logs.js';
import { Metrics, createLogger } from '@touchline/observability';
import { openPlatform } from '@touchline/platform';
import { createPool, withDatabase } from '@touchline/postgres';
import type { Pool } from 'pg';
import { eventually } from '../eventually.js';
import { useDatabase } from '../postgres.js';
import { certified } from '../certificate/certified.js';
import { effort, seedOf } from '../effort.js';
import type { Chance } from './chance.js';
import { chanceFrom } from './chance.js';
import { dump } from './dump.js';
import { AppProcess } from './process.js';
import { newSecrets } from '../secrets.js';

const WAYS: { from: Driver; to: Driver; rounds: number }[] = [
  { from: 'Postgres', to: 'EventStoreDB', rounds: 60 },
  { from: 'EventStoreDB', to: 'Postgres', rounds: 60 },
  { from: 'Postgres', to: 'Postgres', rounds: 400 },
];
const COPY_KILLS = effort(15, 3);
const RESTORE_KILLS = effort(20, 3);
/** Rounds that are recorded after every third kill of a copy, so that there is something left to copy. */
const MORE_ROUNDS = effort(20, 2);
const STREAMS = Array.from({ length: 60 }, (_, index) => `journey-dongfang.${index}`);

describe('copies and restores, killed in the middle again and again', () => {
  const seed = seedOf('moving');
  const points = certified({
    ...{ name: 'moving', seed, rulesOut: ['lost', 'doubled', 'out of order'] },
    does: 'kill -9 of `touchline log copy` between Postgres and EventStoreDB, both ways, of `touchline backup` and of `touchline restore`',
    checks:
      'the copy holds what the log holds, event by event and in order, under one root; positions are noted once each; a database restored ' +
      'is equal, table by table, or empty where the restore was killed',
  });
  const database = useDatabase();
  const secrets = newSecrets();
  let folder: string;
  const chance: Chance = chanceFrom(seed);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-moving-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const env = (): Record<string, string> => ({ NODE_ENV: 'test', LOG_LEVEL: 'warn', DATABASE_URL: database.url, ...secrets });
  const touchline = (name: string, ...args: string[]): AppProcess => new AppProcess(name, 'cli', /^/, env(), args);
  const untilEnded = (each: AppProcess): Promise<boolean> => eventually(() => !each.running, 120_000);

  it.each(WAYS)(
    `a copy from $from to $to ends as an undisturbed one, after ${COPY_KILLS} kills`,
    async ({ from, to, rounds }) => {
      const [source, target] = [await newLog(from, database.url), await newLog(to, database.url)];
      try {
        await recordRounds(source, rounds);
        const copy = touchline('copy', 'log', 'copy', '--from', source.address, '--to', target.address, '--json', '--quiet');
        let within = 0;
        for (let kills = 0; kills < COPY_KILLS; kills += 1) {
          const before = await target.store.head();
          copy.start();
          // Mostly while it writes; now and then while it starts, or compares what is there.
          if (chance.below(4) > 0) await eventually(async () => !copy.running || (await target.store.head()) !== before, 60_000);
          await delay(chance.below(kills % 2 === 0 ? 40 : 400));
          if (await points.kill(copy)) within += 1;
          if (kills % 3 === 2) await recordRounds(source, MORE_ROUNDS, `later-${kills}-${from}-${to}`);
        }
        copy.start();
        await untilEnded(copy);
        process.stdout.write(`moving: ${from} to ${to}: ${within} of ${COPY_KILLS} kills while it ran\n`);
        expect([copy.exitCode, copy.lastWords]).toEqual([0, expect.stringMatching(/^\{/)]);
        const verdict = JSON.parse(copy.lastWords) as CopyVerdict;
        const contents = await contentsOf(source.store);
        expect(await contentsOf(target.store)).toEqual(contents);
        expect(verdict).toMatchObject({ equal: contents.length, difference: null, behind: false });
        expect(await verifyLog(target.store)).toMatchObject({ holds: true, root: verdict.root, events: contents.length });
        expect(await notedPairs(verdict)).toBe(contents.length);
      } finally {
        await source.close();
        await target.close();
      }
    },
    900_000,
  );

  /** Pairs of positions, of which none is there twice. */
  async function notedPairs({ fromLog, toLog }: CopyVerdict): Promise<number> {
    const { rows } = await database.pool.query<{ pairs: number }>(
      `select count(distinct (old, new))::integer as pairs from touchline.log_positions, unnest(old_positions, new_positions) as pair(old, new)
       where from_log = $1 and to_log = $2 having count(*) = count(distinct old) and count(*) = count(distinct new)`,
      [fromLog, toLog],
    );
    return rows[0]?.pairs ?? -1;
  }

  it(`a restore ends as an undisturbed one, after ${RESTORE_KILLS} kills`, async () => {
    const [backup, restoredUrl] = [join(folder, 'backup'), withDatabase(database.url, `restored_${seed}`)];
    const log = await newLog('Postgres', database.url);
    const at = (url: string) => ({ ...env(), DATABASE_URL: url });
    try {
      await makePlatform(log);
      const backingUp = new AppProcess('backup', 'cli', /^/, at(log.databaseUrl), ['backup', '--to', backup, '--quiet']);
      // Killed too: what it has written by then is no backup, and in nobody's way.
      backingUp.start();
      await delay(600 + chance.below(400));
      await points.kill(backingUp);
      backingUp.start();
      await untilEnded(backingUp);
      const done = backingUp.exitCode === 0 || backingUp.lastWords.includes('is there already');
      expect([done, backingUp.lastWords]).toEqual([true, expect.anything()]);

      const restore = new AppProcess('restore', 'cli', /^/, at(restoredUrl), [
        'restore',
        '--from',
        backup,
        '--no-later-erasures',
        '--quiet',
      ]);
      const admin = createPool({ url: withDatabase(database.url, 'postgres'), applicationName: 'test', max: 1 });
      let within = 0;
      for (let kills = 0; kills < RESTORE_KILLS; kills += 1) {
        await admin.query(`drop database if exists restored_${seed} with (force)`);
        restore.start();
        await eventually(async () => !restore.running || (await isRestoring(admin, `restored_${seed}`)), 60_000);
        await delay(chance.below(600));
        if (await points.kill(restore)) within += 1;
        await expectAllOrNothing(restoredUrl);
      }
      process.stdout.write(`moving: ${within} of ${RESTORE_KILLS} kills while it restored\n`);
      await admin.query(`drop database if exists restored_${seed} with (force)`);
      restore.start();
      await delay(chance.below(500));
      await points.kill(restore);
      restore.start();
      await untilEnded(restore);
      expect([0, 2]).toContain(restore.exitCode);
      await expectEqual(log.pool, restoredUrl);
      await admin.query(`drop database if exists restored_${seed} with (force)`);
      await admin.end();
    } finally {
      await log.close();
    }
  }, 900_000);

  /** Everything that a platform keeps, in tables with some thousands of rows. */
  async function makePlatform(log: TestLog): Promise<void> {
    const settings = loadSettings({ ...env(), DATABASE_URL: log.databaseUrl });
    const logger = createLogger({ role: 'test', level: 'silent' });
    const platform = await openPlatform({ settings, role: 'test', logger, metrics: new Metrics() });
    await platform.keys.keysFor(
      'dongfang',
      Array.from({ length: 5_000 }, (_, index) => `customer:${index}`),
    );
    await recordRounds(log, 300);
    await platform.logHeads.write();
    await platform.close();
  }

  async function expectAllOrNothing(url: string): Promise<void> {
    const pool = createPool({ url, applicationName: 'test', max: 1 });
    try {
      const tables = (await dump(pool).catch(() => new Map<string, string>())).size;
      if (tables > 0) expect((await pool.query('select 1 from touchline.personal_keys')).rowCount).toBe(5_000);
    } finally {
      await pool.end();
    }
  }

  async function expectEqual(live: Pool, url: string): Promise<void> {
    const pool = createPool({ url, applicationName: 'test', max: 1 });
    try {
      const [was, is] = [sorted(await dump(live)), sorted(await dump(pool))];
      expect([...is.keys()]).toEqual([...was.keys()]);
      for (const [table, lines] of was) expect([table, is.get(table) === lines]).toEqual([table, true]);
    } finally {
      await pool.end();
    }
  }
});

const sorted = (texts: Map<string, string>): Map<string, string> =>
  new Map([...texts].map(([table, text]) => [table, text.split('\n').sort().join('\n')]));

const isRestoring = async (admin: Pool, name: string): Promise<boolean> =>
  (await admin.query(`select 1 from pg_stat_activity where datname = $1 and state <> 'idle' and query ~* '^(copy|create|alter)'`, [name]))
    .rowCount !== 0;

/** All rounds at once, in groups: the order is whatever comes, as in a log in use. */
async function recordRounds({ store }: TestLog, rounds: number, suffix = ''): Promise<void> {
  await Promise.all(STREAMS.map((stream) => new Recorder(store).rounds([`${stream}${suffix}`], rounds)));
}

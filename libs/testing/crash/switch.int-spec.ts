import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyLog } from '@touchline/audit/verify-log.js';
import type { CopyVerdict } from '@touchline/moving';
import type { TestLog } from '@touchline/moving/testing/logs.js';
import { newLog } from '@touchline/moving/testing/logs.js';
import { projections } from '@touchline/projections';
import { READ_MODEL_SCHEMA } from '@touchline/subscriptions';
import { eventually } from '../eventually.js';
import { useDatabase } from '../postgres.js';
import { certified } from '../certificate/certified.js';
import { effort, seedOf } from '../effort.js';
import type { Chance } from './chance.js';
import { chanceFrom } from './chance.js';
import { AppProcess } from './process.js';
import type { Acknowledged } from './workload.js';
import { sendAll, untilAnswered, workload } from './workload.js';
import type { World } from './world.js';
import { openWorld, supervise, writeImport } from './world.js';
import { newSecrets } from '../secrets.js';

const CUSTOMERS = effort(24, 8);
const KILLS = effort(6, 2);
/** How long a copy runs before it is killed, at the most. */
const LIFE_MS = effort(2_400, 600);

describe('a platform in use whose log is copied to a server of the other kind, and back', () => {
  const seed = seedOf('switch');
  const points = certified({
    ...{ name: 'switch', seed, rulesOut: ['lost', 'doubled'] },
    does: 'kill -9 of copies of a log in use, from Postgres to EventStoreDB and back; after each switch the whole deployment is killed',
    checks:
      'every command ever acknowledged is known on the new log and stands there once; rows are those of the log folded anew; the proofs hold',
  });
  const database = useDatabase();
  const secrets = newSecrets();
  const chance = chanceFrom(seed);
  let folder: string;
  let source: { importFile: string; mapping: string };
  let other: TestLog;
  const acknowledged: Acknowledged[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-switch-'));
    source = await writeImport(folder, 1);
    other = await newLog('EventStoreDB', database.url);
  });
  afterAll(async () => {
    await other.close();
    await rm(folder, { recursive: true, force: true });
  });

  const onPostgres = {};
  const onEventStoreDb = (): Record<string, string> => ({ EVENTSTORE_URL: other.address });
  const stories = workload(chanceFrom(seed + 1), 4 * CUSTOMERS);
  const part = (index: number) => stories.slice(index * CUSTOMERS, (index + 1) * CUSTOMERS);

  function touchline(env: Record<string, string>, ...args: string[]): AppProcess {
    return new AppProcess(
      'touchline',
      'cli',
      /^/,
      { NODE_ENV: 'test', LOG_LEVEL: 'warn', DATABASE_URL: database.url, ...secrets, ...env },
      args,
    );
  }
  async function ran(each: AppProcess): Promise<{ code: number | null; output: string }> {
    each.start();
    await eventually(() => !each.running, 120_000);
    return { code: each.exitCode, output: each.lastWords };
  }

  /** The processes of a deployment with these settings, while `work` runs; then all of them are killed. */
  async function deployed(env: Record<string, string>, work: (world: World) => Promise<void>): Promise<void> {
    const world = await openWorld({ databaseUrl: database.url, secrets, folder, ...source, env });
    const ended = new AbortController();
    const processes = [world.api, ...world.projectors];
    const supervised = supervise(processes, ended.signal);
    try {
      await work(world);
    } catch (error) {
      throw new Error(processes.map((each) => `--- ${each.name}\n${each.lastWords}`).join('\n'), { cause: error });
    } finally {
      ended.abort();
      await supervised;
      for (const each of processes) await each.kill();
      await world.close();
    }
  }
  async function send(world: World, index: number): Promise<void> {
    acknowledged.push(...(await sendAll(world.sender(AbortSignal.timeout(240_000)), part(index), 6, () => false)));
  }

  /** Copies while others write; killed now and then. */
  async function copyMeanwhile(env: Record<string, string>, to: string, killedBy: Chance): Promise<void> {
    const copy = touchline(env, 'log', 'copy', '--to', to, '--quiet');
    for (let kills = 0; kills < KILLS; kills += 1) {
      copy.start();
      await delay(600 + killedBy.below(LIFE_MS));
      await points.kill(copy);
    }
    expect([0, 4]).toContain((await ran(copy)).code);
  }

  /** What an operator does once the writers have stopped (docs/runbooks/copy-the-log.md). */
  async function lastCopyAndMove(env: Record<string, string>, to: string): Promise<void> {
    const { code, output } = await ran(touchline(env, 'log', 'copy', '--to', to, '--json', '--quiet'));
    expect([code, JSON.parse(output) as CopyVerdict]).toEqual([0, expect.objectContaining({ difference: null, behind: false })]);
    const move = touchline(env, 'checkpoints', 'move', '--to', to, '--apply');
    // Leases of processes that were killed run out within a second.
    await eventually(async () => (await ran(move)).code === 0);
    expect(move.lastWords).toContain('Moved.');
    expect((await ran(move)).output).toContain('nothing to move');
  }

  /** Every command that was ever acknowledged is known, and stands in the log once. */
  async function expectNothingLostNorDoubled(world: World): Promise<void> {
    const sender = world.sender(AbortSignal.timeout(240_000));
    const before = await world.platform.store.head();
    for (const { answer, ...request } of acknowledged) {
      const { position: _, ...known } = await untilAnswered(sender, request);
      const { position: __, ...first } = answer;
      expect(known).toEqual(first);
    }
    expect(await world.platform.store.head()).toBe(before);
    const times = new Map<string, number>();
    for await (const { id } of world.platform.store.readAll()) times.set(id, (times.get(id) ?? 0) + 1);
    expect([...times.values()].filter((count) => count !== 1)).toEqual([]);
    expect(acknowledged.filter(({ answer }) => !times.has(answer.eventId ?? ''))).toEqual([]);
    const { logHeads, store } = world.platform;
    expect(await verifyLog(store, { heads: await logHeads.all(), witness: await logHeads.witness() })).toMatchObject({ holds: true });
  }

  /** Rows to the last column, positions too, are what the log that is in use now gives when it is folded from its beginning. */
  async function expectRowsAsFoldedAnew(world: World): Promise<void> {
    await world.caughtUp();
    const live = await wholeRows(world);
    // Nobody is erased here, and nothing else has a timer.
    expect(Object.keys(live).filter((name) => live[name]?.length === 0)).toEqual(['timers']);
    for (const each of world.projectors) await each.kill();
    const schemas = new Map(
      (await world.platform.builds.list()).flatMap(({ projection, schema, state }) => (state === 'live' ? [[projection, schema]] : [])),
    );
    for (const { name, projection } of projections) await world.platform.pool.query(`truncate ${schemas.get(name)}.${projection.table}`);
    await world.platform.pool.query('truncate touchline.checkpoints');
    await world.caughtUp();
    expect(await wholeRows(world)).toEqual(live);
  }
  async function wholeRows({ platform }: World): Promise<Record<string, string[]>> {
    const rows: Record<string, string[]> = {};
    for (const { name, projection } of projections) {
      const { rows: found } = await platform.pool.query<{ line: string }>(
        `select to_jsonb(r)::text as line from ${READ_MODEL_SCHEMA}.${projection.table} r`,
      );
      rows[name] = found.map(({ line }) => line).sort();
    }
    return rows;
  }

  it('goes on where it was: nothing is lost, nothing doubled, and the rows are those of the new log', async () => {
    await deployed(onPostgres, async (world) => {
      await send(world, 0);
      await world.platform.logHeads.write();
      await Promise.all([send(world, 1), copyMeanwhile(onPostgres, other.address, chance)]);
    });
    await lastCopyAndMove(onPostgres, other.address);

    // Whoever still has the old settings does not start: nobody would see what is recorded there.
    const left = await ran(touchline(onPostgres, 'log', 'head'));
    expect([left.code, left.output]).toEqual([2, expect.stringContaining('this log was left for log')]);

    await deployed(onEventStoreDb(), async (world) => {
      await expectNothingLostNorDoubled(world);
      await send(world, 2);
      await expectRowsAsFoldedAnew(world);
      await world.platform.logHeads.write();
      await copyMeanwhile(onEventStoreDb(), database.url, chance);
    });
    await lastCopyAndMove(onEventStoreDb(), database.url);
    await deployed(onPostgres, async (world) => {
      await expectNothingLostNorDoubled(world);
      await send(world, 3);
      await expectNothingLostNorDoubled(world);
      await expectRowsAsFoldedAnew(world);
    });
    process.stdout.write(`switch: ${acknowledged.length} commands on three logs\n`);
  }, 600_000);
});

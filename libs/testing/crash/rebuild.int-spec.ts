import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '@touchline/http';
import { projections } from '@touchline/projections';
import type { RebuildOperations } from '@touchline/projections/rebuilds.js';
import { OPERATOR, rebuildsOf, rebuilt } from '@touchline/projections/testing/rebuilt.js';
import { eventually } from '../eventually.js';
import { useDatabase } from '../postgres.js';
import { certified } from '../certificate/certified.js';
import { effort, seedOf } from '../effort.js';
import type { Chance } from './chance.js';
import { chanceFrom } from './chance.js';
import { rowsOf } from './snapshot.js';
import { untilAnswered } from './workload.js';
import type { World } from './world.js';
import { openWorld, supervise, untilItEnds, writeImport } from './world.js';
import { newSecrets } from '../secrets.js';

const KILLS = effort(60, 8);
/** At each of the two places. */
const KILLS_AT_LEAST = 2;
const DEALS = effort(200, 100);
/** So many of one rebuild; then it may end. */
const KILLS_AT_MOST = 5;
const GIVEN_UP_AFTER_MS = 310_000 + KILLS * 10_000;

describe('rebuilds, killed in the middle again and again', () => {
  const seed = seedOf('rebuilds');
  const points = certified({
    ...{ name: 'rebuilds', seed, rulesOut: ['lost', 'doubled'] },
    does: 'kill -9 of one projector or both while they fill a rebuild, or are about to switch to it, some of them cancelled; events come',
    checks: 'every rebuild ends and is equal; rows of every read model are those of an undisturbed rebuild; no checkpoint is left over',
  });
  const database = useDatabase();
  let folder: string;
  let world: World;
  let rebuilds: RebuildOperations;
  const ended = new AbortController();
  let supervised: Promise<void> | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-rebuild-'));
    const source = await writeImport(folder, DEALS);
    world = await openWorld({ databaseUrl: database.url, secrets: newSecrets(), folder, ...source });
    rebuilds = rebuildsOf(world.platform);
    supervised = supervise([world.api, ...world.projectors], ended.signal);
    await untilItEnds(world.importer, AbortSignal.timeout(100_000), () => false);
    await world.caughtUp();
  });
  afterAll(async () => {
    ended.abort();
    await supervised;
    for (const each of [world.api, world.importer, ...world.projectors]) await each.kill();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('end as if undisturbed, while events come', async () => {
    const chance = chanceFrom(seed);
    const kills = { filling: 0, switching: 0, cancelled: 0 };
    const over = new AbortController();
    const recording = recordVisits(over.signal);
    try {
      while (kills.filling + kills.switching < KILLS || Math.min(kills.filling, kills.switching) < KILLS_AT_LEAST)
        await disturbed(chance.pick(projections).name, chance, kills);
    } catch (error) {
      throw new Error(world.projectors.map((each) => `--- ${each.name}\n${each.lastWords}`).join('\n'), { cause: error });
    } finally {
      over.abort();
      await recording;
    }
    process.stdout.write(`rebuilds: ${JSON.stringify(kills)}\n`);
    await world.caughtUp();
    const after = await rowsOf(world.platform);
    expect(after['customer-status']?.length).toBeGreaterThan(DEALS);

    const undisturbed = await rebuilt(world.platform);
    expect(undisturbed.map(({ projection, state, report }) => [projection, state, report?.outcome])).toEqual(
      projections.map(({ name }) => [name, 'live', 'equal']),
    );
    expect(await rowsOf(world.platform)).toEqual(after);
    expect((await world.platform.checkpoints.list()).map(({ name }) => name)).toEqual(projections.map(({ name }) => name));
  }, 930_000);

  /** One rebuild; its processes die while it is filled or about to be switched, and now and then it is cancelled. */
  async function disturbed(name: string, chance: Chance, kills: { filling: number; switching: number; cancelled: number }): Promise<void> {
    const { build } = await rebuilds.begin(OPERATOR, name);
    const isDone = async (): Promise<boolean> => (await world.platform.builds.live(name))?.build === build;
    for (let times = 0; times < KILLS_AT_MOST && !(await isDone()); times += 1) {
      const victims = chance.pick([[0], [1], [0, 1]]).map((index) => world.projectors[index]!);
      await eventually(() => victims.every(({ ready }) => ready), 60_000);
      const late = chance.below(2) === 0;
      if (late) await eventually(async () => (await isDone()) || (await isFilled(name)), 60_000);
      await delay(chance.below(late ? 60 : 500));
      for (const victim of victims) await points.kill(victim);
      kills[late ? 'switching' : 'filling'] += victims.length;
      if (chance.below(4) > 0) continue;
      // It may have ended in between.
      await rebuilds.cancel(OPERATOR, name).then(() => (kills.cancelled += 1), onlyProblems);
      await delay(chance.below(100));
      await rebuilds.resume(OPERATOR, name).catch(onlyProblems);
    }
    await eventually(isDone, 90_000);
    expect(await world.platform.builds.live(name)).toMatchObject({ build, report: { outcome: 'equal' } });
  }

  async function isFilled(name: string): Promise<boolean> {
    const { next } = await rebuilds.current(name);
    return next === null || (next.progress.total !== null && next.progress.done >= next.progress.total - 10);
  }

  async function recordVisits(signal: AbortSignal): Promise<void> {
    const sender = world.sender(AbortSignal.timeout(GIVEN_UP_AFTER_MS));
    for (let count = 0; !signal.aborted; count += 1) {
      const person = { name: `来客${count}`, phone: `137${String(30_000_000 + (count % 40))}` };
      const visit = { occurredAt: '2026-03-01T02:00:00Z', siteId: 'pudong', person, batchSize: 1, first: true, contactTaken: true };
      await untilAnswered(sender, { login: 'li', path: '/visits/received', body: visit, key: `rebuilding-${count}` });
      await delay(50);
    }
  }
});

function onlyProblems(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
}

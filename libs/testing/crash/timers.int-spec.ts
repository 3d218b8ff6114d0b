import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeTables } from '@touchline/timers/testing/alarm-tables.js';
import { AlarmWorld, idsByShard, minutes, setClock } from '@touchline/timers/testing/alarm-world.js';
import { certified } from '../certificate/certified.js';
import { effort, seedOf } from '../effort.js';
import { eventually } from '../eventually.js';
import { useDatabase } from '../postgres.js';
import { chanceFrom } from './chance.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/libs/timers/testing/alarms.process.js', import.meta.url));
const KILLS = effort(60, 4);
const SHARDS = 4;
/** Between two kills, so many are due. */
const AT_ONCE = 40;
const ALARMS = AT_ONCE * (KILLS + 1);
const GIVEN_UP_AFTER_MS = 120_000 + KILLS * 15_000;

/** What fires timers, as a process to kill and to start again. */
class Worker {
  private child: ChildProcess | null = null;

  constructor(
    readonly name: string,
    private readonly url: string,
  ) {}

  start(): void {
    this.child = spawn(process.execPath, [PROGRAM, this.url, this.name], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  async kill(): Promise<boolean> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return false;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    return true;
  }
}

describe('timers, fired by two processes that are killed again and again', () => {
  const seed = seedOf('timers');
  const points = certified({
    ...{ name: 'timers', seed, rulesOut: ['lost', 'doubled', 'out of order'] },
    does: 'kill -9 of two processes that fire timers, while they are at it',
    checks: 'every timer has its effect once, none before it is due, and within a shard in the order in which they are',
  });
  const database = useDatabase();
  let world: AlarmWorld;
  let workers: Worker[] = [];

  beforeAll(async () => {
    await makeTables(database.pool, database.url);
    world = await AlarmWorld.open(database.url, 'test');
    workers = ['a', 'b'].map((name) => new Worker(name, database.url));
  });
  afterAll(async () => {
    for (const worker of workers) await worker.kill();
    await world.close();
  });

  it(
    'have each effect exactly once, none before it is due, in due order within a shard',
    async () => {
      const chance = chanceFrom(seed);
      const ids = idsByShard(SHARDS, 3);
      const left = Array.from({ length: ALARMS }, (_, index) => index);
      while (left.length > 0) {
        const [index = 0] = left.splice(chance.below(left.length), 1);
        await world.say(chance.pick(ids), 'alarm-set', { name: `n${index}`, at: minutes(index + 1) });
      }
      for (const worker of workers) worker.start();
      let within = 0;
      for (let kills = 1; kills <= KILLS; kills += 1) {
        const before = await world.rung();
        await setClock(database.pool, minutes(kills * AT_ONCE));
        // Once they are at it, and mostly before they are done.
        await eventually(async () => (await world.rung()).length > before.length);
        await delay(chance.below(100));
        const worker = chance.pick(workers);
        await points.kill(worker);
        if ((await world.rung()).length < kills * AT_ONCE) within += 1;
        worker.start();
      }
      await setClock(database.pool, minutes(ALARMS));
      await eventually(async () => (await world.rung()).length >= ALARMS);
      await eventually(async () => (await database.pool.query('select from read_model.timers')).rowCount === 0);

      const rung = await world.rung();
      const names = Array.from({ length: ALARMS }, (_, index) => `n${index}`);
      expect(rung.map(({ data }) => data.name).sort()).toEqual(names.sort());
      expect(rung.filter(({ data, recordedAt }) => recordedAt < data.at)).toEqual([]);
      for (const shard of new Set(rung.map((each) => each.shard))) {
        const dues = rung.flatMap((each) => (each.shard === shard ? [each.data.at] : []));
        expect(dues).toEqual([...dues].sort());
      }
      // They died in the middle, and not only between.
      expect(within).toBeGreaterThan(KILLS / 2);
    },
    GIVEN_UP_AFTER_MS,
  );
});

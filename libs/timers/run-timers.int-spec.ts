import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { instantAfter } from '@touchline/core';
import { READ_MODEL_SCHEMA, rowTypes } from '@touchline/subscriptions';
import { eventually } from '@touchline/testing/eventually.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { timersStanding } from './standing.js';
import { AlarmWorld, START, idsByShard, minutes, setClock, streamOf } from './testing/alarm-world.js';
import { makeTables } from './testing/alarm-tables.js';
import { TimerRounds } from './timer-rounds.js';

const WEEK = 7 * 24 * 60;

describe('timers', () => {
  const database = useDatabase();
  let world: AlarmWorld;

  beforeAll(async () => {
    await makeTables(database.pool, database.url);
    world = await AlarmWorld.open(database.url, 'test');
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await database.pool.query(`
      alter table event_log.events disable trigger all; truncate event_log.events; alter table event_log.events enable trigger all;
      truncate touchline.checkpoints, touchline.leases, touchline.timer_claims, touchline.timer_faults, timers_v1_1.timers`);
    await setClock(database.pool, START);
    world.sent.length = 0;
  });
  afterEach(() => world.stop());

  const set = (id: string, name: string, minute: number, stuck = false) =>
    world.say(id, 'alarm-set', { name, at: minutes(minute), ...(stuck && { stuck }) });
  const at = (minute: number) => setClock(database.pool, minutes(minute));
  const rows = async () =>
    (
      await database.pool.query<{ key: string; dueAt: string }>({
        text: `select key, due_at as "dueAt" from ${READ_MODEL_SCHEMA}.timers order by due_at, key`,
        types: rowTypes,
      })
    ).rows;
  const claims = async () =>
    (await database.pool.query<{ key: string; outcome: string; codes: string[] }>('select key, outcome, codes from touchline.timer_claims'))
      .rows;
  const rang = async (count: number) => {
    const rung = await eventually(async () => {
      const some = await world.rung();
      return some.length >= count && some;
    });
    return rung.map(({ data }) => data.name);
  };
  /** Whoever looks then finds nothing to fire, whatever else is under way. */
  const quiet = async (now = minutes(WEEK * 100)): Promise<void> => {
    await eventually(() => world.caughtUp());
    await new TimerRounds({ ...world.shared, ...rounds, clock: { now: async () => now } }).fireDue(new AbortController().signal);
  };
  const unexpected = (): never => {
    throw new Error('nothing was to be sent');
  };
  const rounds = {
    version: 1,
    fire: async () => unexpected(),
    observer: { fired: unexpected, fault: unexpected, failed: unexpected },
  };

  it('are fired once they are due, never before, each once, in due order within a shard', async () => {
    const [a = '', b = ''] = idsByShard(1, 2);
    world.project();
    for (const [id, name, minute] of [
      [a, 'third', 30],
      [b, 'first', 10],
      [a, 'second', 20],
      [b, 'later', 60],
    ] as const)
      await set(id, name, minute);
    await quiet(instantAfter(minutes(10), -1));
    world.fire();
    await at(10);
    expect(await rang(1)).toEqual(['first']);
    await at(31);
    expect(await rang(3)).toEqual(['first', 'second', 'third']);
    await eventually(async () => (await rows()).length === 1);
    expect(await rows()).toEqual([{ key: `alarm:${streamOf(b)}#later`, dueAt: minutes(60) }]);
    expect((await world.rung()).every(({ data, recordedAt }) => recordedAt >= data.at)).toBe(true);
    expect(world.sent.map(({ key }) => key.split('#')[1])).toEqual(['first', 'second', 'third']);
  });

  it('that are moved are fired at the new instant alone, and that are closed not at all', async () => {
    world.project();
    await set('a', 'moved', 10);
    await world.say('a', 'alarm-moved', { name: 'moved', at: minutes(30) });
    await set('a', 'cancelled', 10);
    await world.say('a', 'alarm-cancelled', { name: 'cancelled' });
    await world.say('a', 'alarm-moved', { name: 'cancelled', at: minutes(12) });
    world.fire();
    await at(20);
    await eventually(() => world.caughtUp());
    expect(await rows()).toEqual([{ key: `alarm:${streamOf('a')}#moved`, dueAt: minutes(30) }]);
    expect(await world.rung()).toEqual([]);
    await at(30);
    expect(await rang(1)).toEqual(['moved']);
    expect(world.sent).toHaveLength(1);
  });

  it('that are refused are noted, with why, and passed: what comes after them is fired, and they are not again', async () => {
    const [a = '', b = ''] = idsByShard(1, 2);
    world.project();
    await set(a, 'stuck', 10, true);
    await set(b, 'next', 11);
    world.fire();
    await at(20);
    expect(await rang(1)).toEqual(['next']);
    expect((await claims()).filter(({ outcome }) => outcome === 'refused')).toEqual([
      { key: `alarm:${streamOf(a)}#stuck`, outcome: 'refused', codes: ['alarm.stuck'] },
    ]);
    await set(b, 'last', 21);
    await at(21);
    expect(await rang(2)).toEqual(['next', 'last']);
    expect(world.sent.map(({ key }) => key.split('#')[1])).toEqual(['stuck', 'next', 'last']);
    // It stays open, and counts as fired.
    await eventually(async () => (await rows()).length === 1);
    expect(await timersStanding(database.pool, minutes(30))).toEqual({ open: { alarm: 1 }, late: 0, lateSeconds: 0, standing: 0 });
    // Moved, it is another firing.
    await world.say(a, 'alarm-set', { name: 'stuck', at: minutes(25) });
    await at(25);
    expect(await rang(3)).toEqual(['next', 'last', 'stuck']);
  });

  it('that cannot be fired have their shard stand, with back-off, and the others go on; then it goes on in order', async () => {
    const [a = '', b = '', c = ''] = [...idsByShard(1, 2), idsByShard(2, 2).at(-1)];
    world.project();
    await set(a, 'broken', 10);
    await set(b, 'behind', 11);
    await set(c, 'elsewhere', 12);
    let isBroken = true;
    let tried = 0;
    world.fire({
      before: ({ key }) => {
        if (!key.endsWith('#broken') || !isBroken) return;
        tried += 1;
        throw new Error('out of paper');
      },
    });
    await at(20);
    expect(await rang(1)).toEqual(['elsewhere']);
    await eventually(() => tried >= 5);
    const { rows: faults } = await database.pool.query(
      `select key, error, attempts >= 4 and retry_at >= since + 20 * (2 ^ attempts - 1) * interval '1 millisecond' as longer from touchline.timer_faults`,
    );
    expect(faults).toEqual([{ key: `alarm:${streamOf(a)}#broken`, error: 'Error', longer: true }]);
    expect(await timersStanding(database.pool, minutes(20))).toMatchObject({ late: 2, lateSeconds: 600, standing: 1 });
    expect(await rang(1)).toEqual(['elsewhere']);
    isBroken = false;
    expect(await rang(3)).toEqual(['elsewhere', 'broken', 'behind']);
    await eventually(async () => (await timersStanding(database.pool, minutes(20))).standing === 0);
  });

  it('are left alone while their rows are not as new as the log: paused, or folded anew, which decides nothing', async () => {
    const projector = world.project(1);
    for (let index = 0; index < 20; index += 1) await set(`a${index}`, 'one', 10);
    const timers = world.fire();
    await at(10);
    await rang(20);
    await eventually(async () => (await rows()).length === 0);
    await projector.drain(10_000);
    await timers.drain(10_000);
    world.sent.length = 0;
    await database.pool.query('truncate touchline.checkpoints, touchline.timer_claims');
    world.fire({ everyMs: 1 });
    world.project(1);
    await eventually(() => world.caughtUp());
    await quiet();
    expect(world.sent).toEqual([]);

    await set('a0', 'two', 20);
    await eventually(() => world.caughtUp());
    expect(await world.shared.checkpoints.control('timers', ['running'], 'paused')).toBe(true);
    await at(20);
    await quiet();
    expect(world.sent).toEqual([]);
    await world.shared.checkpoints.control('timers', ['paused'], 'running');
    expect(await rang(21)).toContain('two');
  });

  it('after an outage of a week end with the same rows and the same effects, in the same order within a shard', async () => {
    const ids = idsByShard(3, 2);
    const alarms = Array.from({ length: 36 }, (_, index) => ({ id: ids[index % 6]!, name: `n${index}`, minute: (index * 7919) % WEEK }));
    const tell = async (prefix: string): Promise<void> => {
      for (const { id, name, minute } of alarms) await set(prefix + id, name, minute, name === 'n7');
    };
    const outcome = async (prefix: string) => ({
      rung: (await world.rung()).flatMap(({ stream, data }) => (stream.includes(prefix) ? [data.name] : [])).sort(),
      rows: (await rows()).flatMap(({ key }) => (key.includes(prefix) ? [key.replace(prefix, '')] : [])),
    });
    world.project();
    await tell('up-');
    const up = world.fire();
    for (let minute = 0; minute <= WEEK; minute += WEEK / 4) await at(minute);
    await rang(35);
    await up.drain(10_000);
    await setClock(database.pool, START);
    await tell('down-');
    await at(WEEK);
    await eventually(() => world.caughtUp());
    world.fire();
    await rang(70);
    await eventually(() => world.caughtUp());
    expect(await outcome('down-')).toEqual(await outcome('up-'));
    const down = (await world.rung()).filter(({ stream }) => stream.includes('down-'));
    for (const shard of new Set(down.map((each) => each.shard))) {
      const rung = down.filter((each) => each.shard === shard);
      const dues = rung.map(({ data }) => data.at);
      expect(dues).toEqual([...dues].sort());
    }
  });

  it('that are closed let their claims go; a refusal is kept for a month', async () => {
    world.project();
    await set('a', 'rings', 10);
    await set('a', 'stuck', 10, true);
    world.fire();
    await at(10);
    await eventually(async () => (await claims()).length === 2);
    await world.say('a', 'alarm-cancelled', { name: 'stuck' });
    await eventually(async () => (await rows()).length === 0);
    const sweep = (minute: number) =>
      new TimerRounds({ ...world.shared, ...rounds, clock: { now: async () => minutes(minute) } }).sweep(new AbortController().signal);
    await sweep(11);
    expect((await claims()).map(({ outcome }) => outcome)).toEqual(['refused']);
    await sweep(31 * 24 * 60);
    expect(await claims()).toEqual([]);
  });
});

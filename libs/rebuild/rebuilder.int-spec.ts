import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import type { Build, Builds, Checkpoints } from '@touchline/subscriptions';
import { SetAsides, pause, recordSkip } from '@touchline/subscriptions';
import { DyingPool } from '@touchline/subscriptions/testing/dying-pool.js';
import { FIRST, Thief, appendSteps, useEngine } from '@touchline/subscriptions/testing/engine.js';
import type { StepTaken } from '@touchline/subscriptions/testing/trails.js';
import { step, trails } from '@touchline/subscriptions/testing/trails.js';
import { eventually } from '@touchline/testing/eventually.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import { verifyRows } from './verify/verify-rows.js';
import { unheard, useRebuilding } from './testing/rebuilding.js';

/** Late ones, further rows, and a row that goes again. */
const history = (): StepTaken[] =>
  ['a', 'b', 'c'].flatMap((stream) => [
    ...[5, 6, 7, 3].map((minute) => step(minute, { also: ['x'] }, { stream })),
    step(9, { also: ['y'] }, { stream }),
    step(10, { ends: true }, { stream }),
    step(11, {}, { stream }),
  ]);

describe('a rebuild', () => {
  const engine = useEngine();
  const rebuilding = useRebuilding(engine);
  let builds: Builds;
  let checkpoints: Checkpoints;
  beforeEach(() => void ({ builds, checkpoints } = engine.deps));

  async function liveWith(steps: readonly StepTaken[]) {
    engine.start();
    return engine.rowsAt(await appendSteps(engine.store, steps));
  }
  const differences = async () =>
    (await engine.pool.query('select key, kind, columns, event from touchline.build_differences order by key')).rows as {
      key: string;
      event: { id: string } | null;
    }[];
  const indexes = async (schema: string): Promise<string[]> => {
    const { rows } = await engine.pool.query<{ name: string }>(
      'select indexname as name from pg_indexes where schemaname = $1 order by 1',
      [schema],
    );
    return rows.map(({ name }) => name);
  };

  it('fills tables of its own and takes the place of the live rows, which go on from there', async () => {
    const before = await liveWith(history());
    rebuilding.start({ batchSize: 4 });
    const live = await rebuilding.rebuilt();
    expect(live).toMatchObject({ build: 2, version: 1, schema: 'trails_v1_2', state: 'live' });
    expect(live.report).toMatchObject({
      outcome: 'equal',
      compared: { equal: true, rows: { live: before.length, built: before.length }, differing: { changed: 0, missing: 0, added: 0 } },
    });
    expect(await engine.rows()).toEqual(before);
    expect(await builds.list('trails')).toMatchObject([
      { build: 2, state: 'live' },
      { build: 1, state: 'kept' },
    ]);
    expect(await indexes('trails_v1_2')).toEqual(await indexes(FIRST));
    expect(await checkpoints.get('trails')).toMatchObject({ build: 2, events: 21, state: 'running' });
    expect(await checkpoints.get('trails/2')).toBeNull();

    const later = await engine.rowsAt(await appendSteps(engine.store, [step(20)]));
    expect(later.find(({ id }) => id === 'a')?.steps).toEqual(['s11', 's20']);
    const { rows } = await engine.pool.query(`select steps from ${FIRST}.trails where id = 'a'`);
    expect(rows).toEqual([{ steps: ['s11'] }]);

    expect((await builds.drop('trails')).map(({ build }) => build)).toEqual([1]);
    expect(await engine.rows()).toEqual(later);
    expect(await indexes(FIRST)).toEqual([]);
  });

  it('that has ended is not taken up again by whoever still has it on their list', async () => {
    await liveWith(history());
    rebuilding.start();
    const ended = await rebuilding.rebuilt();
    await rebuilding.stopAll();
    let [looked, made] = [0, 0];
    const stale = Object.assign(Object.create(builds) as Builds, { underWay: async () => (looked++, [ended]) });
    rebuilding.start({ builds: stale, makeTables: async () => void (made += 1) });
    await eventually(() => looked > 2);
    await rebuilding.stopAll();
    expect(await checkpoints.get('trails/2')).toBeNull();
    expect(made).toBe(0);
  });

  it('that cannot be looked up is told of, and taken up once it can', async () => {
    await liveWith(history());
    let away = true;
    const shy = Object.assign(Object.create(builds) as Builds, {
      underWay: async () => (away ? Promise.reject(new Error('the database is away')) : builds.underWay()),
    });
    const faults: unknown[] = [];
    const observer = { ...unheard, fault: (build: Build | null, error: unknown) => void faults.push([build, (error as Error).message]) };
    rebuilding.start({ builds: shy, observer });
    await eventually(() => faults.length > 1);
    expect(faults[0]).toEqual([null, 'the database is away']);
    away = false;
    await rebuilding.rebuilt();
  });

  it('is done while events come all the time, and while nobody follows the log', async () => {
    await liveWith(history());
    rebuilding.start();
    const enough = new AbortController();
    const appending = (async () => {
      for (let minute = 30; !enough.signal.aborted; minute += 1) {
        await appendSteps(engine.store, [step(minute, {}, { stream: `z${minute}` })]);
        await pause(2);
      }
    })();
    await rebuilding.rebuilt();
    enough.abort();
    await appending;
    const rows = await engine.rowsAt((await engine.store.head())!);
    await engine.stopAll();
    await appendSteps(engine.store, [step(1)]);
    await rebuilding.rebuilt();
    expect(await engine.rows()).toEqual(rows);
    engine.start();
    const [first] = await engine.rowsAt((await engine.store.head())!);
    expect(first?.steps[0]).toBe('s11');
  });

  it('is refused where a live row is not what the log says, and names the key and the first event; until that is accepted', async () => {
    const steps = [step(1), step(2), step(3), step(1, {}, { stream: 'b' })];
    await liveWith(steps);
    await engine.pool.query(`
      update ${FIRST}.trails set steps = '["s1"]' where id = 'a';
      insert into ${FIRST}.trails select 'nobody', tenant, steps, first_at, corrected, folded_at, folded_position from ${FIRST}.trails where id = 'b'`);
    rebuilding.start();
    await builds.begin(trails);
    const refused = await rebuilding.until('refused');
    expect(refused.report).toMatchObject({
      outcome: 'refused',
      compared: { equal: false, rows: { live: 3, built: 2 }, differing: { changed: 1, missing: 1, added: 0 } },
    });
    expect(await differences()).toEqual([
      { key: 'a', kind: 'changed', columns: ['steps'], event: expect.objectContaining({ id: steps[1]?.id, type: 'step-taken' }) },
      { key: 'nobody', kind: 'missing', columns: [], event: expect.objectContaining({ id: steps[3]?.id }) },
    ]);
    expect((await builds.live('trails'))?.build).toBe(1);
    expect(await checkpoints.get('trails')).toMatchObject({ build: 1, state: 'running' });

    const accepted = await rebuilding.rebuilt(trails, { acceptDifferences: true });
    expect(accepted).toMatchObject({ build: 3, report: { outcome: 'accepted' } });
    expect((await engine.rows()).map(({ id, steps: taken }) => [id, taken])).toEqual([
      ['a', ['s1', 's2', 's3']],
      ['b', ['s1']],
    ]);
    expect(await builds.list('trails')).toMatchObject([{ state: 'live' }, { build: 2, state: 'dropped' }, { build: 1, state: 'kept' }]);
  });

  it('of another version goes live with a list of what differs, and by which event', async () => {
    const steps = [step(1), step(2, { step: 'odd' }), step(3), step(1, {}, { stream: 'b' })];
    await liveWith(steps);
    await engine.stopAll();
    const second = {
      ...trails,
      version: 2,
      evolve: (...args: Parameters<typeof trails.evolve>) => {
        const row = trails.evolve(...args);
        return row && { ...row, steps: row.steps.map((each) => (each === 'odd' ? 'even' : each)) };
      },
    };
    engine.start({}, [second]);
    rebuilding.start({}, second);
    const live = await rebuilding.until('live', 2);
    expect(live).toMatchObject({
      version: 2,
      schema: 'trails_v2_2',
      report: { outcome: 'version-changed', compared: { differing: { changed: 1 } } },
    });
    expect(await differences()).toEqual([
      { key: 'a', kind: 'changed', columns: ['steps'], event: expect.objectContaining({ id: steps[1]?.id }) },
    ]);
    const rows = await engine.rowsAt(await appendSteps(engine.store, [step(4)]));
    expect(rows[0]?.steps).toEqual(['s1', 'even', 's3', 's4']);
    expect(await checkpoints.get('trails')).toMatchObject({ version: 2, build: 2 });
  });

  it('of another version may have other columns, in another order', async () => {
    await liveWith([step(1), step(2)]);
    await engine.stopAll();
    const narrow: typeof trails = {
      ...{ ...trails, version: 2 },
      columns: [
        { property: 'id', name: 'id', type: 'text' },
        { property: 'steps', name: 'steps', type: 'jsonb' },
        { property: 'tenant', name: 'tenant', type: 'text' },
        { property: 'firstAt', name: 'first_at', type: 'text' },
        { property: 'note', name: 'note', type: 'text' },
      ],
    };
    engine.start({}, [narrow]);
    const makeTables = async (_: unknown, schema: string): Promise<void> => {
      await engine.pool.query(`
        create schema if not exists ${schema};
        create table if not exists ${schema}.trails (
          steps jsonb not null, id text primary key, first_at text not null, tenant text not null, folded_at timestamptz not null,
          folded_position text collate "C" not null, note text)`);
    };
    rebuilding.start({ makeTables }, narrow);
    const { report } = await rebuilding.until('live', 2);
    expect(report).toMatchObject({
      outcome: 'version-changed',
      compared: { columns: { onlyLive: ['corrected'], onlyBuilt: ['note'] }, differing: { changed: 1 } },
    });
    expect(await differences()).toMatchObject([{ key: 'a', columns: ['firstAt'] }]);
    await engine.pool.query('select note, steps from read_model.trails');
  });

  it('stands still when it is cancelled, and goes on from there when it is resumed', async () => {
    await liveWith(history());
    await builds.begin(trails);
    const mortal = rebuilding.start({
      batchSize: 3,
      observer: { ...unheard, batch: () => void builds.next('trails').then((next) => next && builds.cancel(next)) },
    });
    await rebuilding.until('cancelled');
    await mortal.drain(PATIENCE_MS);
    const stood = await checkpoints.get('trails/2');
    expect(stood?.events).toBeGreaterThanOrEqual(3);
    expect(await builds.cancel((await builds.next('trails'))!)).toBe(false);

    let batches = 0;
    rebuilding.start({ batchSize: 100, observer: { ...unheard, batch: (_, { events }) => (batches += events) } });
    expect(await builds.resume('trails')).toBe(true);
    await rebuilding.until('live');
    expect(batches).toBe(21 - (stood?.events ?? 0));
  });

  it('sets aside what it cannot fold, takes it over when it goes live, and goes on with it once that is skipped', async () => {
    const odd = step(2, { step: 'odd' });
    await liveWith([step(1), odd, step(3), step(1, {}, { stream: 'b' })]);
    const strict = {
      ...trails,
      version: 2,
      evolve: (...args: Parameters<typeof trails.evolve>) => {
        if (args[1].data['step'] === 'odd') throw new Error('no longer');
        return trails.evolve(...args);
      },
    };
    rebuilding.start({}, strict);
    const built = await rebuilding.rebuilt(strict);
    expect(built.report).toMatchObject({ outcome: 'version-changed', compared: { differing: { changed: 1 } } });
    expect((await differences()).map(({ key, event }) => [key, event?.id])).toEqual([['a', odd.id]]);
    const aside = () => new SetAsides(engine.pool).list(['trails', 'trails/2'], { limit: 10 });
    expect(await aside()).toMatchObject([{ reader: 'trails', event: { id: odd.id }, waiting: 2, error: 'Error: no longer' }]);
    await engine.stopAll();
    engine.start({}, [strict]);
    const verified = await verifyRows(engine.deps, strict, { sample: 'all' });
    expect(verified).toMatchObject({ rows: 2, differing: 0 });

    const request = { tenant: 'dongfang', actor: { kind: 'user', id: 'ops' }, commandId: randomUUID(), requestHash: 'h' } as const;
    const about = { projection: 'trails', eventId: odd.id, stream: streamName('journey', 'dongfang', 'a'), reason: 'odd' };
    await recordSkip(engine.commands, { ...request, correlationId: 'r', causationId: 'r' }, about, new Date().toISOString());
    await eventually(async () => (await aside()).length === 0);
    expect((await engine.rows())[0]?.steps).toEqual(['s1', 's3']);
    expect(await verifyRows(engine.deps, strict, { sample: 'all' })).toMatchObject({ rows: 2, differing: 0 });
  });

  it('takes the place of rows of a log that was put back, once that is accepted', async () => {
    await liveWith([step(1), step(2), step(3)]);
    await engine.stopAll();
    await engine.pool.query(`alter table event_log.events disable trigger all; delete from event_log.events where position > 1;
                             alter table event_log.events enable trigger all`);
    await appendSteps(engine.store, [step(7), step(8), step(9)]);
    engine.start();
    await eventually(async () => (await checkpoints.get('trails'))?.failure?.code === 'checkpoint.log-mismatch');
    rebuilding.start();
    await builds.begin(trails);
    expect((await rebuilding.until('refused')).report).toMatchObject({ outcome: 'refused', compared: null });
    await rebuilding.rebuilt(trails, { acceptDifferences: true });
    const rows = await engine.rowsAt(await appendSteps(engine.store, [step(10)]));
    expect(rows[0]?.steps).toEqual(['s1', 's7', 's8', 's9', 's10']);
    expect(await checkpoints.get('trails')).toMatchObject({ state: 'running', failure: null });
  });

  it('changes nothing when two work on it by mistake, however often they take the lease from each other', async () => {
    const before = await liveWith(Array.from({ length: 15 }, () => history()).flat());
    const { leases } = engine.deps;
    const always = Object.assign(Object.create(leases) as typeof leases, { renew: async () => true });
    const thief = new Thief(engine.pool);
    const observer = { ...unheard, batch: thief.sawWork };
    try {
      for (const n of [1, 2]) rebuilding.start({ leases: always, holder: `p${n}`, batchSize: 3, heartbeatMs: 10, observer });
      const live = await rebuilding.rebuilt();
      expect(live.report).toMatchObject({ outcome: 'equal' });
      expect(await engine.rows()).toEqual(before);
    } finally {
      thief.stop();
    }
  });

  /** Of the transactions of a small rebuild: from here on it is about to be switched. */
  const LATE = 5;

  it('has happened or has not, wherever it dies: before or after any statement of any of its transactions', async () => {
    const before = await liveWith(history());
    const torn = new Set<string>();
    const { pool } = engine.deps;
    let number = 1;
    const wanted = ['begin', 'with', 'drop', 'insert', 'update', 'create', 'delete', 'commit'];
    const places = (): (string | undefined)[] => [...torn].map((place) => place.split(' ')[1]);
    // Which transaction comes when differs from round to round, by when the lease is renewed; so one round may pass one by.
    // The later ones are tried until each has been met.
    for (let round = 0; round < 12 && !wanted.every((each) => places().includes(each)); round += 1)
      for (let transaction = round === 0 ? 0 : LATE, any = true; any; transaction += 1) {
        any = false;
        for (let moment = 0, died = true; died; moment += 1) {
          await builds.begin(trails);
          number += 1;
          const death = new DyingPool(pool, transaction, moment);
          const mortal = rebuilding.start({ pool: death.pool, batchSize: 10, heartbeatMs: 20 });
          await eventually(async () => death.happened || (await builds.live('trails'))?.build === number);
          await mortal.drain(PATIENCE_MS);
          died = death.happened;
          any ||= died;
          torn.add(`${transaction} ${death.statements.at(-1)}`);
          if ((await builds.live('trails'))?.build !== number) {
            rebuilding.start({ batchSize: 10, heartbeatMs: 20 });
            await rebuilding.until('live');
          }
          expect(await engine.rows()).toEqual(before);
          expect(await checkpoints.get('trails')).toMatchObject({ build: number, state: 'running' });
          expect(await checkpoints.get(`trails/${number}`)).toBeNull();
          await rebuilding.stopAll();
          await builds.drop('trails');
        }
      }
    expect(places()).toEqual(expect.arrayContaining(wanted));
  }, 300_000);

  it('shows its readers all rows at any moment, and no error', async () => {
    const before = await liveWith(history());
    rebuilding.start({ batchSize: 2 });
    let reading = true;
    let looks = 0;
    const seen = new Set<number>();
    const read = async (): Promise<void> => {
      for (; reading; looks += 1) {
        const { rows } = await engine.pool.query<{ rows: number }>('select count(*)::int as rows from read_model.trails');
        seen.add(rows[0]?.rows ?? -1);
      }
    };
    const readers = [read(), read(), read(), read()];
    for (let times = 0; times < 5; times += 1) await rebuilding.rebuilt();
    reading = false;
    await Promise.all(readers);
    expect(looks).toBeGreaterThan(50);
    expect([...seen]).toEqual([before.length]);
  });
});

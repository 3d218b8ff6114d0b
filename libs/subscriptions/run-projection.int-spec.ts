import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Position, RecordedEvent } from '@touchline/core';
import { setBack } from '@touchline/event-store/testing/set-back.js';
import { standingEvents } from './fold.js';
import { isPassing } from './failures.js';
import { historiesInTwoOrders } from './testing/arbitraries.js';
import { FIRST, Thief, appendSteps, registry, silent, useEngine } from './testing/engine.js';
import { DyingPool } from './testing/dying-pool.js';
import { foldKey, keysEverTouched } from './testing/fold-log.js';
import { eventually } from '@touchline/testing/eventually.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import type { Step, Trail } from './testing/trails.js';
import { step, stepsOf, trails } from './testing/trails.js';
import { lagOf, waitFor } from './wait-for.js';

describe('a projection', () => {
  const engine = useEngine();

  /** The rows as the definition says, from the whole log. */
  async function foldOfTheLog(): Promise<Trail[]> {
    const log: RecordedEvent[] = [];
    for await (const stored of engine.store.readAll()) log.push(registry.decode(stored));
    const rows = [...new Set(log.map(({ stream }) => stream))].flatMap((stream) => {
      const standing = standingEvents(log.filter((event) => event.stream === stream));
      const keys = new Set(standing.flatMap((event) => keysEverTouched(trails, event)));
      return [...keys].flatMap((key) => foldKey(trails, standing, key)?.row ?? []);
    });
    return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  it('follows the log from its beginning, and then live', async () => {
    await appendSteps(engine.store, [step(1), step(2)]);
    engine.start();
    const position = await appendSteps(engine.store, [step(3), step(1, {}, { stream: 'b' })]);
    expect(stepsOf(await engine.rowsAt(position))).toEqual([
      ['a', ['s1', 's2', 's3']],
      ['b', ['s1']],
    ]);
  });

  it('gives the rows of the whole history, whatever was recorded late or corrected', async () => {
    await fc.assert(
      fc.asyncProperty(historiesInTwoOrders, fc.constantFrom(1, 3, 50), async ([history], batchSize) => {
        const ids = new Map(history.map(({ id }) => [id, randomUUID()]));
        const run = randomUUID().slice(0, 8);
        const position = await appendSteps(
          engine.store,
          history.map(({ corrects, ...each }) => ({
            ...each,
            id: ids.get(each.id) ?? each.id,
            stream: `${run}-${each.stream}`,
            ...(corrects !== undefined && { corrects: ids.get(corrects) ?? corrects }),
          })),
        );
        const projector = engine.start({ batchSize });
        expect(await engine.rowsAt(position)).toEqual(await foldOfTheLog());
        await projector.drain(PATIENCE_MS);
      }),
      { numRuns: 25 },
    );
  });

  it('changes nothing when it is run twice by mistake, however often they take the lease from each other', async () => {
    // Leases that run out at once, so that both believe they hold it, time and again.
    const { leases } = engine.deps;
    const always = Object.assign(Object.create(leases) as typeof leases, { renew: async () => true });
    const thief = new Thief(engine.pool);
    const observer = { ...silent, batch: thief.sawWork };
    try {
      const two = [1, 2].map((n) => engine.start({ leases: always, holder: `p${n}`, batchSize: 3, heartbeatMs: 10, observer }));
      let position = '' as Position;
      for (let minute = 40; minute > 0; minute -= 1)
        position = await appendSteps(engine.store, [step(minute), step(minute, {}, { stream: 'b' })]);
      expect(await engine.rowsAt(position)).toEqual(await foldOfTheLog());
      expect(await Promise.all(two.map((projector) => projector.drain(10_000)))).toEqual([true, true]);
    } finally {
      thief.stop();
    }
  });

  it('changes nothing when it dies before or after any statement of a batch, its commit included', async () => {
    // Late steps, and in the second batch, which is the one that is torn, one that takes a row away.
    const more: Record<number, Partial<Step>> = { 1: { also: ['x'] }, 5: { also: ['x'], ends: true } };
    const history = Array.from({ length: 12 }, (_, index) => step(index % 3 === 0 ? 60 - index : index, more[index]));
    const position = await appendSteps(engine.store, history);
    const { pool } = engine.deps;
    const torn: string[] = [];
    for (let moment = 0, survived = false; !survived; moment += 1) {
      await engine.pool.query(`truncate ${FIRST}.trails, touchline.checkpoints`);
      const death = new DyingPool(pool, 1, moment);
      const mortal = engine.start({ pool: death.pool, batchSize: 4, observer: { ...silent, fault: () => void mortal.drain(0) } });
      await eventually(async () => death.happened || (await engine.deps.checkpoints.get('trails'))?.position === position);
      await mortal.drain(PATIENCE_MS);
      survived = !death.happened;
      torn.push(...death.statements.slice(-1));
      engine.start({ batchSize: 4 });
      expect(await engine.rowsAt(position)).toEqual(await foldOfTheLog());
      expect((await engine.deps.checkpoints.get('trails'))?.state).toBe('running');
      await engine.stopAll();
    }
    expect(torn).toEqual(['with', 'with', 'with']);
  });

  it('stops where no event is to blame, such as a table that lost a column', async () => {
    await engine.pool.query(`alter table ${FIRST}.trails rename column corrected to gone`);
    try {
      await appendSteps(engine.store, [step(1), step(2)]);
      engine.start();
      const stopped = await eventually(async () => {
        const checkpoint = await engine.deps.checkpoints.get('trails');
        return checkpoint?.state === 'stopped' && checkpoint;
      });
      expect(stopped).toMatchObject({ position: null, failure: { code: 'event.failed', error: expect.stringContaining('corrected') } });
      expect(await engine.aside()).toEqual([]);
    } finally {
      await engine.pool.query(`alter table ${FIRST}.trails rename column gone to corrected`);
    }
    const position = await appendSteps(engine.store, [step(3)]);
    expect(await engine.deps.checkpoints.control('trails', ['stopped'], 'running')).toBe(true);
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['a', ['s1', 's2', 's3']]]);
  });

  it('stops with checkpoint.log-mismatch where the log is not the one it has read', async () => {
    const first = await appendSteps(engine.store, [step(1), step(2)]);
    const projector = engine.start();
    await engine.rowsAt(first);
    await projector.drain(PATIENCE_MS);
    // An older copy of the log was put back, and other events followed.
    await engine.pool.query(`alter table event_log.events disable trigger all; delete from event_log.events where position = 2;
                             alter table event_log.events enable trigger all`);
    await appendSteps(engine.store, [step(7), step(8)]);
    engine.start();
    const stopped = await eventually(async () => {
      const checkpoint = await engine.deps.checkpoints.get('trails');
      return checkpoint?.state === 'stopped' && checkpoint;
    });
    expect(stopped.failure).toMatchObject({ code: 'checkpoint.log-mismatch', event: null });
    expect(stopped.failure?.error).toMatch(/the log no longer holds event .* an older copy of it was put back/);
    expect(stepsOf(await engine.rows())).toEqual([['a', ['s1', 's2']]]);
  });

  it('stops with checkpoint.log-mismatch when an older copy of the log is put back while it runs', async () => {
    const kept = await appendSteps(engine.store, [step(1)]);
    const position = await appendSteps(engine.store, [step(2), step(3)]);
    engine.start();
    await engine.rowsAt(position);
    await setBack(engine.pool, kept);
    await appendSteps(engine.store, [step(7), step(8), step(9)]);
    const stopped = await eventually(async () => {
      const checkpoint = await engine.deps.checkpoints.get('trails');
      return checkpoint?.state === 'stopped' && checkpoint;
    });
    expect(stopped).toMatchObject({ position, failure: { code: 'checkpoint.log-mismatch' } });
    await setBack(engine.pool, kept);
    expect(await lagOf(engine.store, position)).toMatchObject({ events: 1, more: false });
    expect(stepsOf(await engine.rows())).toEqual([['a', ['s1', 's2', 's3']]]);
  });

  it('leaves rows of an older version as they are, and has them rebuilt', async () => {
    const position = await appendSteps(engine.store, [step(1)]);
    const projector = engine.start();
    await engine.rowsAt(position);
    const { builds, checkpoints } = engine.deps;
    engine.start({ holder: 'next' }, [{ ...trails, version: 2 }]);
    const next = await eventually(() => builds.next('trails'));
    expect(next).toMatchObject({ build: 2, version: 2, schema: 'trails_v2_2', state: 'building' });
    // The release before goes on with them meanwhile.
    const later = await appendSteps(engine.store, [step(2)]);
    expect(stepsOf(await engine.rowsAt(later))).toEqual([['a', ['s1', 's2']]]);
    expect(await checkpoints.get('trails')).toMatchObject({ version: 1, build: 1, state: 'running', failure: null, events: 2 });
    await projector.drain(PATIENCE_MS);
  });

  it('leaves rows of a newer version to the release that made them', async () => {
    await engine.pool.query(`update touchline.builds set version = 2`);
    const states: string[] = [];
    engine.start({ observer: { ...silent, state: (_, state) => states.push(state) } });
    await appendSteps(engine.store, [step(1)]);
    await eventually(() => states.includes('standby'));
    expect(await engine.deps.builds.next('trails')).toBeNull();
    expect(await engine.deps.checkpoints.get('trails')).toBeNull();
  });

  it('does not rebuild again what an operator has cancelled', async () => {
    const { builds } = engine.deps;
    const begun = await builds.begin({ ...trails, version: 2 });
    expect(begun && (await builds.cancel(begun))).toBe(true);
    const states: string[] = [];
    engine.start({ observer: { ...silent, state: (_, state) => states.push(state) } }, [{ ...trails, version: 2 }]);
    await eventually(() => states.includes('standby'));
    expect(await builds.list('trails')).toMatchObject([
      { build: 2, state: 'cancelled' },
      { build: 1, state: 'live' },
    ]);
  });

  it('rests while it is paused, though events come, and goes on from there', async () => {
    const states: string[] = [];
    engine.start({ observer: { ...silent, state: (_, state) => states.push(state) } });
    const first = await appendSteps(engine.store, [step(1)]);
    await engine.rowsAt(first);
    const { checkpoints } = engine.deps;
    expect(await checkpoints.control('trails', ['running'], 'paused')).toBe(true);
    await eventually(() => states.at(-1) === 'paused');
    engine.start({ holder: 'other' });
    const second = await appendSteps(engine.store, [step(2)]);
    const waited = await waitFor(engine.deps, 'trails', second, 300);
    expect(waited).toMatchObject({ reached: false, state: 'paused', position: first, lag: { events: 1, more: false } });
    await checkpoints.control('trails', ['paused'], 'running');
    expect(stepsOf(await engine.rowsAt(second))).toEqual([['a', ['s1', 's2']]]);
  });

  it('finishes the batch in hand when it is drained, and gives its lease back', async () => {
    const position = await appendSteps(engine.store, [step(1), step(2)]);
    let drained: Promise<boolean> | undefined;
    const { store } = engine.deps;
    const draining = Object.assign(Object.create(store) as typeof store, {
      subscribeToAll: async function* (options: Parameters<typeof store.subscribeToAll>[0]) {
        for await (const batch of store.subscribeToAll(options)) {
          drained = projector.drain(PATIENCE_MS);
          yield batch;
        }
      },
    });
    const projector = engine.start({ store: draining });
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['a', ['s1', 's2']]]);
    expect(await drained).toBe(true);
    expect(await engine.deps.leases.acquire('trails', 'next')).toMatchObject({ holder: 'next' });
  });

  it('tells errors that pass from those of an event', () => {
    expect(isPassing(Object.assign(new Error('gone'), { code: '57P01' }))).toBe(true);
    expect(isPassing(Object.assign(new Error('too long'), { code: '22001' }))).toBe(false);
  });
});

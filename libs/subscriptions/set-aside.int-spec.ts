import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { QueryConfig } from 'pg';
import type { RecordedEvent } from '@touchline/core';
import { streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { eventually } from '@touchline/testing/eventually.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import { SetAsides } from './set-aside.js';
import { recordSkip } from './skips.js';
import { DyingPool } from './testing/dying-pool.js';
import { FIRST, appendSteps, silent, useEngine } from './testing/engine.js';
import type { StepTaken } from './testing/trails.js';
import { step, stepsOf, trails } from './testing/trails.js';
import { waitFor } from './wait-for.js';

describe('a stream with an event that a projection cannot work in', () => {
  const engine = useEngine();
  const settled = () => eventually(async () => (await engine.aside()).length === 0);
  const retry = () => new SetAsides(engine.pool).retry('trails', ['trails']);
  type Evolve = typeof trails.evolve;

  /** Its group's administrator has the projection leave this event out. */
  function skip({ id: eventId }: StepTaken): Promise<CommandOutcome> {
    const request = { tenant: 'dongfang', actor: { kind: 'user', id: 'ops' }, commandId: randomUUID(), requestHash: 'h' } as const;
    const about = { projection: 'trails', eventId, stream: streamName('journey', 'dongfang', 'a'), reason: 'told twice' };
    return recordSkip(engine.commands, { ...request, correlationId: 'r', causationId: 'r' }, about, new Date().toISOString());
  }

  it.each([1, 3, 50])('is set aside with all that comes after it, and nothing else is; in batches of %i', async (batchSize) => {
    const bad = step(3, { poison: true });
    const b = { stream: 'b' };
    const position = await appendSteps(engine.store, [step(1), step(1, {}, b), step(2), bad, step(4), step(2, {}, b), step(5)]);
    engine.start({ batchSize });
    const rows = await engine.rowsAt(position);
    expect(stepsOf(rows)).toEqual([
      ['a', ['s1', 's2']],
      ['b', ['s1', 's2']],
    ]);
    expect(await engine.deps.checkpoints.get('trails')).toMatchObject({ state: 'running', failure: null, events: 7 });
    expect(await engine.aside()).toMatchObject([
      {
        stream: streamName('journey', 'dongfang', 'a'),
        event: { id: bad.id, type: 'step-taken' },
        error: 'Error: cannot take s3',
        stack: expect.stringContaining('trails.ts'),
        attempts: 1,
        waiting: 3,
      },
    ]);
  });

  it('is tried again after the delays of its policy, and goes on with all that waited', async () => {
    let broken = true;
    const flaky = {
      ...trails,
      evolve: (...args: Parameters<Evolve>) => {
        if (broken && args[1].data['step'] === 's2') throw new Error('not yet');
        return trails.evolve(...args);
      },
    };
    const failures: number[] = [];
    const observer = { ...silent, setAside: (_: string, { attempts }: { attempts: number }) => void failures.push(attempts) };
    const position = await appendSteps(engine.store, [step(1), step(2), step(3)]);
    engine.start({ observer, retryAfterMs: [1] }, [flaky]);
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['a', ['s1']]]);
    await eventually(() => failures.length >= 3);
    expect(failures.slice(0, 3)).toEqual([1, 2, 3]);
    broken = false;
    await settled();
    expect(stepsOf(await engine.rows())).toEqual([['a', ['s1', 's2', 's3']]]);
    const later = await appendSteps(engine.store, [step(4)]);
    expect(stepsOf(await engine.rowsAt(later))).toEqual([['a', ['s1', 's2', 's3', 's4']]]);
  });

  it('is tried again when somebody asks, by another process too, and stays as it is where it fails again', async () => {
    const failures: number[] = [];
    const observer = { ...silent, setAside: (_: string, { attempts }: { attempts: number }) => void failures.push(attempts) };
    const position = await appendSteps(engine.store, [step(1), step(2, { poison: true })]);
    const projector = engine.start({ observer });
    await engine.rowsAt(position);
    expect(await retry()).toBe(1);
    await eventually(() => failures.length === 2);
    await projector.drain(PATIENCE_MS);
    engine.start({ holder: 'mended' }, [{ ...trails, evolve: (row, event, ...rest) => trails.evolve(row, mended(event), ...rest) }]);
    expect(await retry()).toBe(1);
    await settled();
    expect(stepsOf(await engine.rows())).toEqual([['a', ['s1', 's2']]]);
  });
  const mended = (event: RecordedEvent): RecordedEvent => ({ ...event, data: { ...event.data, poison: false } });

  it('goes on without the event once it is skipped, live as on a rebuild', async () => {
    const bad = step(2, { poison: true });
    const waited = await appendSteps(engine.store, [step(1), bad, step(5)]);
    const projector = engine.start();
    await engine.rowsAt(waited);

    const [first, again] = [await skip(bad), await skip(bad)];
    expect([first, again].map((outcome) => outcome.kind === 'recorded' && outcome.events.length)).toEqual([1, 0]);
    await settled();
    const position = await appendSteps(engine.store, [step(3)]);
    const live = await engine.rowsAt(position);
    expect(stepsOf(live)).toEqual([['a', ['s1', 's3', 's5']]]);
    await projector.drain(PATIENCE_MS);

    await engine.pool.query(`truncate ${FIRST}.trails, touchline.checkpoints`);
    engine.start();
    expect(await engine.rowsAt(position)).toEqual(live);
  });

  it('stays set aside at the next event that fails, once the first is skipped', async () => {
    const [bad, worse] = [step(2, { poison: true }), step(4, { poison: true })];
    await engine.rowsAt(await appendSteps(engine.store, [step(1), bad, step(3), worse]).then(async (at) => (engine.start(), at)));
    await skip(bad);
    await eventually(async () => (await engine.aside())[0]?.event.id === worse.id);
    expect(stepsOf(await engine.rows())).toEqual([['a', ['s1']]]);
    await skip(worse);
    await settled();
    expect(stepsOf(await engine.rows())).toEqual([['a', ['s1', 's3']]]);
  });

  it('goes on once the event is corrected', async () => {
    const bad = step(2, { poison: true });
    await engine.rowsAt(await appendSteps(engine.store, [step(1), bad, step(3)]).then(async (at) => (engine.start(), at)));
    await appendSteps(engine.store, [step(2, {}, { corrects: bad.id })]);
    await settled();
    expect(stepsOf(await engine.rows())).toEqual([['a', ['s1', 's2', 's3']]]);
  });

  it('leaves an event out that is skipped while it runs, as a rebuild will', async () => {
    const wrong = step(2);
    const position = await appendSteps(engine.store, [step(1), wrong, step(5)]);
    engine.start();
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['a', ['s1', 's2', 's5']]]);
    await skip(wrong);
    const later = await appendSteps(engine.store, [step(3)]);
    expect(stepsOf(await engine.rowsAt(later))).toEqual([['a', ['s1', 's3', 's5']]]);
  });

  it('takes back what a skipped event did to other rows before it failed', async () => {
    // It folds onto one row, and fails only when it is folded anew onto another.
    const twofold = {
      ...trails,
      evolve: (...args: Parameters<Evolve>) => {
        if (args[1].data['step'] === 'twofold' && args[2] === 'a/x' && args[0] !== null) throw new Error('not after another');
        return trails.evolve(...args);
      },
    };
    const bad = step(5, { step: 'twofold', also: ['x'] });
    const waited = await appendSteps(engine.store, [step(1), bad, step(3, { also: ['x'] })]);
    engine.start({}, [twofold]);
    expect(stepsOf(await engine.rowsAt(waited))).toEqual([
      ['a', ['s1', 'twofold']],
      ['a/x', ['twofold']],
    ]);
    expect((await engine.aside())[0]?.event.id).toBe(bad.id);
    await skip(bad);
    await settled();
    expect(stepsOf(await engine.rows())).toEqual([
      ['a', ['s1', 's3']],
      ['a/x', ['s3']],
    ]);
  });

  it('leaves no row behind in a view that opens personal fields, which an erasure could not reach', async () => {
    const position = await appendSteps(engine.store, [step(1, { also: ['x'] }), step(1, {}, { stream: 'b' }), step(2, { poison: true })]);
    engine.start({}, [{ ...trails, personal: true }]);
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['b', ['s1']]]);
    expect(await engine.aside()).toMatchObject([{ error: 'Error' }]);
  });

  it('does not stop another projection over the same event', async () => {
    const position = await appendSteps(engine.store, [step(1), step(2, { poison: true }), step(3)]);
    const deaf = { ...trails, name: 'deaf', keys: () => [] };
    await engine.pool.query(
      `insert into touchline.builds (projection, build, version, schema, state) values ('deaf', 1, 1, 'deaf_v1_1', 'live')`,
    );
    engine.start({}, [trails, deaf]);
    expect(await waitFor(engine.deps, 'deaf', position, 5_000)).toEqual({ reached: true });
    await engine.rowsAt(position);
    expect((await engine.aside()).map(({ reader }) => reader)).toEqual(['trails']);
  });

  it('stands as it is, whatever statement the projector dies at', async () => {
    const history = [step(1), step(2, { poison: true }), step(3), step(1, {}, { stream: 'b' })];
    const position = await appendSteps(engine.store, history);
    const { pool } = engine.deps;
    for (let moment = 0, survived = false; !survived; moment += 1) {
      await engine.pool.query(`truncate ${FIRST}.trails, touchline.checkpoints, touchline.set_aside`);
      const death = new DyingPool(pool, 1, moment);
      const mortal = engine.start({ pool: death.pool, batchSize: 2, observer: { ...silent, fault: () => void mortal.drain(0) } });
      await eventually(async () => death.happened || (await engine.deps.checkpoints.get('trails'))?.position === position);
      await mortal.drain(PATIENCE_MS);
      survived = !death.happened;
      engine.start({ batchSize: 2 });
      expect(stepsOf(await engine.rowsAt(position))).toEqual([
        ['a', ['s1']],
        ['b', ['s1']],
      ]);
      expect(await engine.aside()).toMatchObject([{ attempts: 1, waiting: 2 }]);
      await engine.stopAll();
    }
  });

  it('is not set aside for what passes by itself', async () => {
    const { pool } = engine.deps;
    let away = 3;
    const query = async (statement: string | QueryConfig, values?: unknown[]): Promise<unknown> => {
      if (typeof statement === 'object' && statement.text.startsWith('with moved ') && away-- > 0)
        throw Object.assign(new Error('terminating connection'), { code: '57P01' });
      return pool.query(statement, values);
    };
    const faults: unknown[] = [];
    const position = await appendSteps(engine.store, [step(1), step(2)]);
    engine.start({
      pool: Object.assign(Object.create(pool) as typeof pool, { query }),
      observer: { ...silent, fault: (_, error) => void faults.push(error) },
    });
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['a', ['s1', 's2']]]);
    expect([faults.length, await engine.aside()]).toEqual([3, []]);
  });

  it('at the very beginning of the log leaves no row', async () => {
    const position = await appendSteps(engine.store, [step(1, { poison: true }), step(2)]);
    engine.start();
    expect(await engine.rowsAt(position)).toEqual([]);
    expect(await engine.aside()).toMatchObject([{ after: null, waiting: 2 }]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { QueryConfig } from 'pg';
import { eventually } from '@touchline/testing/eventually.js';
import { SetAsides } from './set-aside.js';
import { FIRST, appendSteps, silent, useEngine } from './testing/engine.js';
import { step, stepsOf, trails } from './testing/trails.js';

describe('a projection that has folded ahead of what it is writing', () => {
  const engine = useEngine();
  const steps = Array.from({ length: 12 }, (_, index) => step(index + 1));

  /** Folds in batches of four; the first write waits until step 7 is folded, and then for what is done meanwhile. */
  function startAhead(meanwhile: () => Promise<unknown>, changes: Parameters<typeof engine.start>[0] = {}): void {
    let isAhead = false;
    let isFirst = true;
    const watched = {
      ...trails,
      evolve: (...args: Parameters<typeof trails.evolve>) => {
        isAhead ||= args[1].data['step'] === 's7';
        return trails.evolve(...args);
      },
    };
    const { pool } = engine.deps;
    const query = async (statement: string | QueryConfig, values?: unknown[]): Promise<unknown> => {
      if (isFirst && typeof statement === 'object' && statement.text.startsWith('with moved ')) {
        isFirst = false;
        await eventually(() => isAhead);
        await meanwhile();
      }
      return pool.query(statement, values);
    };
    const connect = () => pool.connect();
    engine.start({ pool: Object.assign(Object.create(pool) as typeof pool, { query, connect }), batchSize: 4, ...changes }, [watched]);
  }

  it('sets aside a stream whose row the table refuses, and works in all that comes after it of others', async () => {
    await engine.pool.query(`alter table ${FIRST}.trails add constraint refusing check (not steps ? 's2')`);
    const position = await appendSteps(engine.store, [
      ...steps.slice(0, 6),
      step(7, {}, { stream: 'b' }),
      ...steps.slice(6),
      step(8, {}, { stream: 'b' }),
    ]);
    startAhead(async () => undefined);
    const rows = await engine.rowsAt(position);
    expect(await engine.aside()).toMatchObject([{ event: { id: steps[1]?.id }, waiting: 11, error: expect.stringContaining('refusing') }]);
    expect(stepsOf(rows)).toEqual([
      ['a', ['s1']],
      ['b', ['s7', 's8']],
    ]);
    await engine.pool.query(`alter table ${FIRST}.trails drop constraint refusing`);
    await new SetAsides(engine.pool).retry('trails', ['trails']);
    await eventually(async () => (await engine.aside()).length === 0);
    expect(stepsOf(await engine.rows())[0]).toEqual(['a', steps.map(({ data }) => data.step)]);
  });

  it('writes what came before an event it cannot fold', async () => {
    const bad = step(7, { poison: true });
    const position = await appendSteps(engine.store, [...steps.slice(0, 6), bad, ...steps.slice(7)]);
    startAhead(async () => undefined);
    const rows = await engine.rowsAt(position);
    expect(await engine.aside()).toMatchObject([{ event: { id: bad.id }, waiting: 6 }]);
    expect(stepsOf(rows)).toEqual([['a', ['s1', 's2', 's3', 's4', 's5', 's6']]]);
  });

  it('works nothing in under a lease that was lost, and everything once under the next', async () => {
    const position = await appendSteps(engine.store, steps);
    const seen: string[] = [];
    const observer = {
      ...silent,
      batch: (_: string, { events }: { events: number }) => void seen.push(`${events} events`),
      fault: (_: string, error: unknown) => void seen.push(error instanceof Error ? error.name : ''),
    };
    startAhead(() => engine.pool.query('update touchline.checkpoints set fence = fence + 1'), { observer });
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['a', steps.map(({ data }) => data.step)]]);
    await engine.stopAll();
    expect(seen).toEqual(['CheckpointLost', '4 events', '4 events', '4 events']);
  });

  it('leaves what is ahead when an operator pauses it, until it goes on', async () => {
    const position = await appendSteps(engine.store, steps);
    const { checkpoints } = engine.deps;
    const states: string[] = [];
    const observer = { ...silent, state: (_: string, state: string) => void states.push(state) };
    startAhead(() => checkpoints.control('trails', ['running'], 'paused'), { observer });
    await eventually(() => states.includes('paused'));
    expect((await checkpoints.get('trails'))?.events).toBe(4);
    await checkpoints.control('trails', ['paused'], 'running');
    expect(stepsOf(await engine.rowsAt(position))).toEqual([['a', steps.map(({ data }) => data.step)]]);
    expect((await checkpoints.get('trails'))?.events).toBe(12);
  });
});

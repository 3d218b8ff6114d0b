import { describe, expect, it } from '@jest/globals';
import { FIRST, appendSteps, useEngine } from '@touchline/subscriptions/testing/engine.js';
import { step, trails } from '@touchline/subscriptions/testing/trails.js';
import { lastDue } from './row-checks.js';
import { RowsNotOurs } from './row-verifier.js';
import { verifyRows } from './verify-rows.js';

describe('live rows, held against the log', () => {
  const engine = useEngine();
  const steps = [
    step(5),
    step(3),
    step(4, { also: ['x'] }),
    step(1, {}, { stream: 'b' }),
    step(2, {}, { stream: 'c' }),
    step(3, { ends: true }, { stream: 'c' }),
    step(1, {}, { stream: 'd' }),
  ];

  async function live(): Promise<string> {
    engine.start();
    const position = await appendSteps(engine.store, steps);
    await engine.rowsAt(position);
    return position;
  }
  const verify = (sample: number | 'all') => verifyRows(engine.deps, trails, { sample });

  it.each(['all', 100] as const)('are as it says: %s', async (sample) => {
    const position = await live();
    expect(await verify(sample)).toEqual({ projection: 'trails', position, rows: 4, differing: 0, named: [], interrupted: false });
  });

  it('are named where they are not, with the first event that says otherwise', async () => {
    await live();
    await engine.pool.query(`
      update ${FIRST}.trails set steps = '["s3","s5"]' where id = 'a';
      insert into ${FIRST}.trails select 'c', tenant, steps, first_at, corrected, folded_at, folded_position from ${FIRST}.trails where id = 'b';
      delete from ${FIRST}.trails where id = 'd'`);
    const all = await verify('all');
    expect(all).toMatchObject({ rows: 5, differing: 3 });
    expect(all.named).toEqual([
      { key: 'a', tenant: 'dongfang', kind: 'changed', columns: ['steps'], event: expect.objectContaining({ id: steps[2]?.id }) },
      { key: 'c', tenant: 'dongfang', kind: 'missing', columns: [], event: expect.anything() },
      { key: 'd', tenant: 'dongfang', kind: 'added', columns: [], event: expect.objectContaining({ id: steps[6]?.id }) },
    ]);
    // A sample is of the rows there are: one that is missing is for the whole to find.
    expect((await verify(100)).named.map(({ key }) => key)).toEqual(['a', 'c']);
  });

  it('are those of this release and this log, or nothing is said of them', async () => {
    await live();
    await expect(verifyRows(engine.deps, { ...trails, version: 2 }, { sample: 1 })).rejects.toThrow(RowsNotOurs);
    await engine.stopAll();
    await engine.pool.query(`update touchline.checkpoints set event_id = 'another'`);
    await expect(verify(1)).rejects.toThrow('of another log');
  });
});

describe('the hour of a regular check', () => {
  it.each([
    ['2026-03-02T18:59:59.999Z', 19, 24, '2026-03-01T19:00:00.000Z'],
    ['2026-03-02T19:00:00.000Z', 19, 24, '2026-03-02T19:00:00.000Z'],
    ['2026-03-02T05:30:00.000Z', 1, 4, '2026-03-02T05:00:00.000Z'],
    ['2026-03-02T00:30:00.000Z', 1, 4, '2026-03-01T21:00:00.000Z'],
  ])('at %s, due at %i every %i hours, was %s', (now, hour, everyHours, due) => {
    expect(lastDue(now, { hour, everyHours })).toBe(due);
  });
});

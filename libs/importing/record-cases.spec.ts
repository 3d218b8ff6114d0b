import { describe, expect, it } from '@jest/globals';
import type { CaseOutcome } from './case-outcome.js';
import { noFacts, nothing } from './case-outcome.js';
import type { CaseRecorder } from './case-recorder.js';
import type { Case } from './facts.js';
import type { GroupedSource } from './group-cases.js';
import type { Recording } from './record-cases.js';
import { recordCases } from './record-cases.js';
import { Report } from './report.js';
import { silent } from './testing/sample.js';

const recorded: CaseOutcome = { ...nothing(), facts: { ...noFacts(), recorded: 1 } };

/** Cases of so many records each, and what was asked of the recorder: `+n` begins case n, `n` carries it out. */
function importOf(rows: readonly number[], carryOut: (number: number) => Promise<CaseOutcome> = () => Promise.resolve(recorded)) {
  const asked: string[] = [];
  const lookedUp: string[] = [];
  const stop = new AbortController();
  const cases = rows.map((each, number): Case => ({
    key: String(number),
    rows: each,
    rowsWithoutFact: 0,
    journey: null,
    facts: [],
    faults: [],
    reported: 0,
  }));
  const source = {
    rows: rows.length,
    async *cases() {
      yield* await Promise.resolve(cases);
    },
  } as Partial<GroupedSource> as GroupedSource;
  const recorder = {
    lookUp({ key }: Case) {
      lookedUp.push(key);
      return () => {
        asked.push(`+${key}`);
        return Promise.resolve(() => {
          asked.push(key);
          return carryOut(Number(key));
        });
      };
    },
  } as Partial<CaseRecorder> as CaseRecorder;
  const run = (atOnce: number): Promise<Omit<Recording, 'created'>> =>
    recordCases(source, recorder, { report: new Report(), checkpoint: null, atOnce, signal: stop.signal, progress: silent });
  return { asked, lookedUp, stop, run };
}

describe('cases of a source', () => {
  it('have begun before they are carried out, so that their customers are settled by then', async () => {
    const { asked, run } = importOf([1, 1, 1, 1, 1]);
    expect(await run(2)).toMatchObject({ progress: { cases: 5, facts: { recorded: 5 } }, interrupted: false });
    expect(asked).toEqual(['+0', '+1', '+2', '0', '+3', '1', '+4', '2', '3', '4']);
  });

  it('are looked up before the first of them has begun, so that nobody waits for one look after another', async () => {
    const found: number[] = [];
    const { lookedUp, run } = importOf([1, 1, 1, 1, 1], () => {
      found.push(lookedUp.length);
      return Promise.resolve(recorded);
    });
    await run(1);
    expect(found).toEqual([5, 5, 5, 5, 5]);
  });

  it('do not wait in memory where they are large', async () => {
    const { asked, lookedUp, run } = importOf([1, 20_000, 1, 1], () => {
      if (asked.length <= 4) expect(lookedUp).toEqual(['0', '1']);
      return Promise.resolve(recorded);
    });
    await run(3);
    expect(asked.slice(0, 4)).toEqual(['+0', '0', '+1', '1']);
  });

  it('end with what was carried out when they are stopped; what has only begun is left to the next run', async () => {
    const { asked, stop, run } = importOf([1, 1, 1, 1, 1, 1], (number) => {
      if (number === 1) stop.abort();
      return Promise.resolve(recorded);
    });
    expect(await run(2)).toMatchObject({ progress: { cases: 2 }, interrupted: true });
    expect(asked.filter((each) => !each.startsWith('+'))).toEqual(['0', '1']);
  });

  it('are stopped as well when all of them have begun', async () => {
    const { stop, run } = importOf([1, 1, 1], (number) => {
      if (number === 0) stop.abort();
      return Promise.resolve(recorded);
    });
    expect(await run(5)).toMatchObject({ progress: { cases: 1 }, interrupted: true });
  });

  it('end with the first that fails, and nothing after it begins or counts', async () => {
    const { asked, run } = importOf([1, 1, 1, 1, 1, 1], (number) =>
      number === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(recorded),
    );
    await expect(run(1)).rejects.toThrow('gone');
    expect(asked).not.toContain('2');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { About, Note, Told } from './notes.js';
import { readNotes } from './notes.js';
import type { Outcome, Result } from './outcome.js';
import { objections, outcomeOf } from './outcome.js';
import { pageOf } from './page.js';

const about: About = {
  name: 'kill -9',
  does: 'kills the API',
  checks: 'the log is that of an undisturbed run',
  rulesOut: ['lost', 'doubled'],
  seed: 42,
};
const notes = (...told: Told[]): Note[] => told.map((each) => ({ file: '/a.int-spec.ts', ...each }));
const kills = (count: number): Told[] => Array.from({ length: count }, (_, index) => ({ killed: index % 4 === 0 ? 'postgres' : 'api' }));
const result = (over: Partial<Result> = {}): Result => ({
  ...{ status: 'passed', startTime: 1_000, endTime: 126_000, message: '' },
  assertionResults: [{ status: 'passed', fullName: 'it holds' }],
  ...over,
});
const run = {
  ...{ at: '2026-12-01T04:31:07.000Z', commit: 'abc', changed: false, cpu: 'a CPU', cores: 2, memoryGiB: 23 },
  ...{ system: 'Linux 6', node: 'v20.19.0' },
};
const page = (...outcomes: Outcome[]): string => pageOf(run, outcomes);
const held = (count: number, file = 'a.int-spec.ts'): Outcome => outcomeOf(file, notes({ about }, ...kills(count)), result());

describe('a certificate', () => {
  it('counts what was noted, and says of each suite what it would have found', () => {
    const text = page(held(1_000));
    expect(text).toContain('**It holds.** 1,000 kill points and 0 meetings of writers: nothing was lost, doubled or out of order.');
    expect(text).toContain('| kill -9 | 1,000 | 0 | 0 | 0 | – | 2 min 5 s | 42 |');
    expect(text).toContain('- kill points: api 750; postgres 250\n');
    expect(text).toContain('2026-12-01 04:31 UTC, commit abc. a CPU, 2 cores, 23 GiB of memory, Linux 6, Node v20.19.0.');
    expect(pageOf({ ...run, changed: true }, [])).toContain('commit abc, with changes that are not committed.');
  });

  it('does not hold where a suite failed: what was lost is not known, and its kill points do not count', () => {
    const failed = outcomeOf(
      'b.int-spec.ts',
      notes({ about }, ...kills(7)),
      result({ status: 'failed', message: '\u001b[31mmissing: 3\u001b[0m' }),
    );
    const text = page(held(1_000), failed);
    expect(text).toContain('**It does not hold.** 1,000 kill points');
    expect(text).toContain('- `b.int-spec.ts` failed: what was lost, doubled or out of order is not known');
    expect(text).toContain('| kill -9 | 7 | 0 | ? | ? | ? | 2 min 5 s | 42 |');
    expect(text).toContain('```text\nmissing: 3\n```');
  });

  it.each<[string, Outcome]>([
    ['`b` passed and noted nothing of what it did', outcomeOf('b', [], result())],
    ['`b` passed and noted nothing of what it did', outcomeOf('b', notes({ about }), result())],
    ['`b` came to no result', outcomeOf('b', notes({ about }, ...kills(3)), 'none')],
    ['`b` was not run to its end', outcomeOf('b', notes({ about }, ...kills(3)), null)],
  ])('does not hold where %s', (reason, outcome) => {
    expect(objections([held(1_000), outcome])).toEqual([reason]);
    expect(page(held(1_000), outcome)).toContain('| ? | ? | ? |');
  });

  it('is not whole where suites were not run, which are named', () => {
    const text = page(held(20), outcomeOf('b', [], null));
    expect(text).toContain('**It is not whole.** 20 kill points');
    expect(text).toContain('- `b` was not run to its end');
  });

  it('does not hold with fewer kill points than it promises', () => {
    expect(objections([held(999)])).toEqual(['999 kill points are fewer than 1000']);
    expect(objections([held(500), held(500, 'b')])).toEqual([]);
  });

  it('says which tests were left out', () => {
    const outcome = outcomeOf(
      'a',
      notes({ about }, ...kills(1)),
      result({ assertionResults: [{ status: 'pending', fullName: 'in Java' }] }),
    );
    expect(page(outcome)).toContain('- left out: in Java');
  });

  it('reads what was noted until the run was killed', () => {
    const [first] = notes({ killed: 'api' });
    expect(readNotes(`${JSON.stringify(first)}\n{"file":"/a.int-sp`)).toEqual([first]);
  });
});

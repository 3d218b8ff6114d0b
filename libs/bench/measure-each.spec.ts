import { expect, it } from '@jest/globals';
import type { Benchmark, Figure } from './benchmark.js';
import { measureEach } from './measure-each.js';
import type { World } from './world.js';

const figure = (what: string): Figure => ({ what, unit: '/s', measured: [1], goals: [] });
const benchmark = (name: string, measure: () => AsyncIterable<Figure>): Benchmark => ({ name, about: '', measure });
const gone = new Error('timeout exceeded when trying to connect');

it('keeps what was measured before one failed, and measures the others', async () => {
  const kept = new Map<string, Figure[]>();
  const said: string[] = [];
  const all = await measureEach(
    [
      benchmark('import', async function* () {
        yield figure('import');
        await Promise.reject(gone);
      }),
      benchmark('verify', async function* () {
        yield await Promise.resolve(figure('log verify'));
      }),
    ],
    {} as World,
    { say: (line) => said.push(line), keep: (name, figures) => Promise.resolve(void kept.set(name, [...figures])) },
  );
  expect(all).toBe(false);
  expect([...kept].map(([name, figures]) => [name, figures.map(({ what }) => what)])).toEqual([
    ['import', ['import']],
    ['verify', ['log verify']],
  ]);
  expect(said.join('\n')).toContain(`failed: Error: ${gone.message}`);
});

import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ExternalSort } from './external-sort.js';

const folders = async (): Promise<string[]> => (await readdir(tmpdir())).filter((name) => name.startsWith('touchline-import-'));

describe('sorting more than memory holds', () => {
  let sort: ExternalSort<{ key: number; n: number }>;
  afterEach(() => sort.dispose());

  it.each([
    ['in memory', 1_000_000],
    ['through runs on disk', 50],
  ])('gives every item in order, equal keys by the second (%s)', async (_name, budget) => {
    const before = await folders();
    sort = new ExternalSort(
      (a, b) => a.key - b.key || a.n - b.n,
      () => 1,
      budget,
    );
    const items = Array.from({ length: 1000 }, (_, n) => ({ key: (n * 7919) % 101, n }));
    for (const item of items) await sort.add(item);
    expect((await folders()).length - before.length).toBe(budget === 50 ? 1 : 0);
    const sorted = [];
    for await (const items of sort.sorted()) sorted.push(...items);
    expect(sorted).toEqual([...items].sort((a, b) => a.key - b.key || a.n - b.n));
    await sort.dispose();
    expect(await folders()).toEqual(before);
  });
});

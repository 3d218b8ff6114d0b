import { describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import type { FoldedRow } from './fold.js';
import { RowCache } from './row-cache.js';

interface Row {
  id: string;
  of: string;
}

const folded = (id: string, of: string): FoldedRow<Row> => ({
  row: { id, of },
  foldedAt: '2026-03-02T09:00:00.000Z',
  foldedPosition: asPosition('1'),
});
const inTable = new Map(['a', 'b', 'c', 'd'].map((id) => [id, folded(id, 'table')]));
const read = async (keys: readonly string[]) => new Map([...inTable].filter(([key]) => keys.includes(key)));
const found = (rows: ReadonlyMap<string, FoldedRow<Row>>) => Object.fromEntries([...rows].map(([key, { row }]) => [key, row.of]));

describe('rows of the last batches', () => {
  it('are those of the newest that knows the key: what is not written, what was, and the table', async () => {
    const recent = new RowCache<Row>(read, 10);
    recent.keep(new Map([...['a', 'b', 'c'].map((id) => [id, folded(id, 'kept')] as const), ['x', null]]));
    const newest = new Map([
      ['a', folded('a', 'newest')],
      ['x', folded('x', 'newest')],
    ]);
    const newer = new Map([
      ['a', folded('a', 'newer')],
      ['b', null],
    ]);
    expect(found(await recent.load(['a', 'b', 'c', 'd', 'x', 'y'], [newest, newer]))).toEqual({
      a: 'newest',
      c: 'kept',
      d: 'table',
      x: 'newest',
    });
  });

  it('are given though they are let go while others are read', async () => {
    const recent: RowCache<Row> = new RowCache(async (keys) => {
      recent.keep(new Map(['c', 'd'].map((id) => [id, folded(id, 'later')])));
      return read(keys);
    }, 2);
    recent.keep(new Map(['a', 'b'].map((id) => [id, folded(id, 'kept')])));
    expect(found(await recent.load(['a', 'b', 'z']))).toEqual({ a: 'kept', b: 'kept' });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@touchline/core';
import fc from 'fast-check';
import type { FoldedRow } from './fold.js';
import { foldKey, keysEverTouched, standingEvents } from './fold.js';
import { EventFailure } from './failures.js';
import { foldBatch } from './fold-batch.js';
import { historiesInTwoOrders } from './testing/arbitraries.js';
import type { Trail } from './testing/trails.js';
import { recordSteps, trails } from './testing/trails.js';

type Rows = Map<string, FoldedRow<Trail>>;

/** Folds a log batch by batch, as the engine does; `reads` counts the streams that were folded anew. */
async function fold(log: readonly RecordedEvent[], batchSize: number): Promise<{ rows: Rows; reads: number }> {
  const rows: Rows = new Map();
  let reads = 0;
  for (let from = 0; from < log.length; from += batchSize) {
    const batch = log.slice(from, from + batchSize);
    const changes = await foldBatch(trails, batch, {
      rows: async (keys) => new Map([...rows].filter(([key]) => keys.includes(key))),
      stream: async (name) => {
        reads += 1;
        return log.slice(0, from + batchSize).filter(({ stream }) => stream === name);
      },
      open: async (events) => [...events],
      skipped: async () => null,
    });
    for (const [key, row] of changes) {
      if (row === null) rows.delete(key);
      else rows.set(key, row);
    }
  }
  return { rows, reads };
}

/** The rows as the definition says: every key's events by occurrence, corrected ones replaced (D13). */
function foldWhole(log: readonly RecordedEvent[]): Rows {
  const rows: Rows = new Map();
  for (const stream of new Set(log.map((event) => event.stream))) {
    const standing = standingEvents(log.filter((event) => event.stream === stream));
    for (const key of new Set(standing.flatMap((event) => keysEverTouched(trails, event)))) {
      const row = foldKey(trails, standing, key);
      if (row !== null) rows.set(key, row);
    }
  }
  return rows;
}

const sorted = <T>(rows: ReadonlyMap<string, T>): [string, T][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
const contents = (rows: Rows): [string, Trail][] => sorted(new Map([...rows].map(([key, { row }]) => [key, row])));

describe('folding batch by batch', () => {
  it('gives the rows of the whole history, whatever the size of a batch', async () => {
    await fc.assert(
      fc.asyncProperty(historiesInTwoOrders, fc.integer({ min: 1, max: 15 }), async ([history], batchSize) => {
        const log = recordSteps(history);
        expect(sorted((await fold(log, batchSize)).rows)).toEqual(sorted(foldWhole(log)));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rows for every order in which the same events were recorded', async () => {
    await fc.assert(
      fc.asyncProperty(historiesInTwoOrders, fc.integer({ min: 1, max: 15 }), async ([one, other], batchSize) => {
        expect(contents((await fold(recordSteps(one), batchSize)).rows)).toEqual(contents((await fold(recordSteps(other), 4)).rows));
      }),
      { numRuns: 300 },
    );
  });

  it('reads no stream again while events come in the order they happened', async () => {
    const history = [1, 2, 3, 4].map((minute) => ({ id: `e${minute}`, stream: 'a', minute, data: { step: `s${minute}` } }));
    const { rows, reads } = await fold(recordSteps(history), 2);
    expect(rows.get('a')?.row.steps).toEqual(['s1', 's2', 's3', 's4']);
    expect(reads).toBe(0);
  });

  it('reads a stream once for all the late events of a batch', async () => {
    const history = [9, 3, 2, 1].map((minute) => ({ id: `e${minute}`, stream: 'a', minute, data: { step: `s${minute}` } }));
    const { rows, reads } = await fold(recordSteps(history), 4);
    expect(rows.get('a')?.row.steps).toEqual(['s1', 's2', 's3', 's9']);
    expect(reads).toBe(1);
  });

  it('replaces a corrected event, takes it from the row it no longer touches, and shows its versions', async () => {
    const history = [
      { id: 'e1', stream: 'a', minute: 1, data: { step: 'wrong', also: ['x'] } },
      { id: 'e2', stream: 'a', minute: 2, data: { step: 's2' } },
      { id: 'e3', stream: 'a', minute: 3, data: { step: 'right', also: ['y'] }, corrects: 'e1' },
      { id: 'e4', stream: 'a', minute: 4, data: { step: 'better', also: ['y'] }, corrects: 'e3' },
    ];
    const { rows } = await fold(recordSteps(history), 1);
    expect(contents(rows).map(([key, { steps, corrected }]) => [key, steps, corrected])).toEqual([
      ['a', ['s2', 'better'], 2],
      ['a/y', ['better'], 2],
    ]);
  });

  it('folds anew after a row is gone, since what took it away may have happened later', async () => {
    const history = [
      { id: 'e1', stream: 'a', minute: 1, data: { step: 's1' } },
      { id: 'e2', stream: 'a', minute: 5, data: { step: 'end', ends: true } },
      { id: 'e3', stream: 'a', minute: 3, data: { step: 's3' } },
    ];
    expect((await fold(recordSteps(history), 1)).rows.size).toBe(0);
  });

  it('names the event that cannot be folded, also where an earlier one is what brought it up again', async () => {
    const history = [
      { id: 'e1', stream: 'a', minute: 1, data: { step: 's1' } },
      { id: 'e2', stream: 'a', minute: 5, data: { step: 'bad', poison: true } },
    ];
    const failure = await fold(recordSteps(history), 2).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EventFailure);
    expect((failure as EventFailure).event.id).toBe('e2');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Projection, RecordedEvent } from '@touchline/core';
import { contentsOf, foldLog, foldWhole } from '@touchline/subscriptions/testing/fold-log.js';
import { projections } from './index.js';
import { actsInTwoOrders, recordActs } from './testing/histories.js';

/**
 * Columns that say where in the log something stands, which no two orders agree on; and the revision, since what happened before its
 * record was there leaves none.
 */
const PLACES = new Set(['position', 'firstPosition', 'revision']);

const batchSize = fc.integer({ min: 1, max: 12 });

async function rowsOf(projection: Projection, log: readonly RecordedEvent[], size: number): Promise<unknown> {
  const { rows } = await foldLog(projection, log, size);
  return contentsOf(rows).map(([key, row]) => [key, Object.fromEntries(Object.entries(row).filter(([column]) => !PLACES.has(column)))]);
}

describe.each(projections.map(({ name, projection }) => ({ name, projection })))('the rows of $name', ({ projection }) => {
  it('are those of the whole history, whatever the size of a batch', async () => {
    await fc.assert(
      fc.asyncProperty(actsInTwoOrders, batchSize, async ([, acts], size) => {
        const log = recordActs(acts);
        expect((await foldLog(projection, log, size)).rows).toEqual(foldWhole(projection, log));
      }),
      { numRuns: 100 },
    );
  });

  it('are the same for every order in which the same events were recorded (ADR 0009)', async () => {
    await fc.assert(
      fc.asyncProperty(actsInTwoOrders, batchSize, batchSize, async ([one, other], first, second) => {
        expect(await rowsOf(projection, recordActs(one), first)).toEqual(await rowsOf(projection, recordActs(other), second));
      }),
      { numRuns: 120 },
    );
  });

  it('are told apart by these histories: some are late, some corrected, and most have rows', async () => {
    let [rows, reads] = [0, 0];
    // A view of a single event meets it seldom.
    for (const [one] of fc.sample(actsInTwoOrders, { numRuns: 2_000, seed: 1 })) {
      if (rows > 25 && reads > 30) break;
      const folded = await foldLog(projection, recordActs(one), 4);
      rows += folded.rows.size;
      reads += folded.reads;
    }
    expect(rows).toBeGreaterThan(25);
    expect(reads).toBeGreaterThan(30);
  });
});

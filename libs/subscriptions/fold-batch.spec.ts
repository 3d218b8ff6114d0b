import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@touchline/core';
import fc from 'fast-check';
import { EventFailure } from './failures.js';
import { historiesInTwoOrders } from './testing/arbitraries.js';
import { contentsOf, foldLog, foldWhole } from './testing/fold-log.js';
import { recordSteps, trails } from './testing/trails.js';

const fold = (log: readonly RecordedEvent[], batchSize: number) => foldLog(trails, log, batchSize);

describe('folding batch by batch', () => {
  it('gives the rows of the whole history, whatever the size of a batch', async () => {
    await fc.assert(
      fc.asyncProperty(historiesInTwoOrders, fc.integer({ min: 1, max: 15 }), async ([history], batchSize) => {
        const log = recordSteps(history);
        expect((await fold(log, batchSize)).rows).toEqual(foldWhole(trails, log));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same rows for every order in which the same events were recorded', async () => {
    await fc.assert(
      fc.asyncProperty(historiesInTwoOrders, fc.integer({ min: 1, max: 15 }), async ([one, other], batchSize) => {
        expect(contentsOf((await fold(recordSteps(one), batchSize)).rows)).toEqual(contentsOf((await fold(recordSteps(other), 4)).rows));
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
    expect(contentsOf(rows).map(([key, { steps, corrected }]) => [key, steps, corrected])).toEqual([
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

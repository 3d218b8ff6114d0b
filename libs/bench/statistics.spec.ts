import { describe, expect, it } from '@jest/globals';
import type { Figure } from './benchmark.js';
import { inRounds, isReached, median, quantile } from './statistics.js';

const figure = (measured: number[], against?: number[]): Figure => ({
  ...{ what: 'this', unit: '/s', measured, goals: [] },
  ...(against !== undefined && { against: { what: 'that', values: against } }),
});

describe('what is made of the rounds', () => {
  it('takes the middle, between two where it falls between them', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([1, 2, 3, 10])).toBe(2.5);
    expect(quantile([0, 100], 0.99)).toBeCloseTo(99);
  });

  it('holds each round against its neighbour in time, not one median against another', () => {
    const noisy = figure([10, 100, 1_000], [20, 50, 10_000]);
    expect(isReached(noisy, { kind: 'ratio-at-least', value: 0.5 })).toBe(true);
    expect(isReached(noisy, { kind: 'ratio-at-least', value: 0.51 })).toBe(false);
    expect(isReached(noisy, { kind: 'ratio-at-most', value: 0.5 })).toBe(true);
  });

  it('holds what stands alone against the goal itself', () => {
    expect(isReached(figure([9, 10, 11]), { kind: 'at-most', value: 10 })).toBe(true);
    expect(isReached(figure([9, 11, 12]), { kind: 'at-most', value: 10 })).toBe(false);
  });

  it('interleaves the sides, and begins every second round with the other', async () => {
    const order: string[] = [];
    const side = (name: string) => async (round: number) => order.push(`${name}${round}`);
    await inRounds(3, { a: side('a'), b: side('b') });
    expect(order).toEqual(['a0', 'b0', 'b1', 'a1', 'a2', 'b2']);
  });
});

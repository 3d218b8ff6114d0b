import { describe, expect, it } from '@jest/globals';
import { backOffMs } from './back-off.js';

describe('back-off', () => {
  it('doubles from the first up to the longest, and stays there however often it failed', () => {
    const bounds = { firstMs: 50, longestMs: 5_000 };
    expect([0, 1, 2, 6, 7, 5_000].map((failures) => backOffMs(failures, bounds))).toEqual([50, 100, 200, 3_200, 5_000, 5_000]);
  });

  it('leaves a part to chance', () => {
    const half = { firstMs: 100, longestMs: 10_000, jitter: 0.5 };
    expect([0, 0.5].map((chance) => backOffMs(1, half, chance))).toEqual([100, 150]);
    expect(backOffMs(20, half, 0.999)).toBeLessThan(10_000);
    expect([0, 0.5].map((chance) => backOffMs(1, { ...half, jitter: 1 }, chance))).toEqual([0, 100]);
  });
});

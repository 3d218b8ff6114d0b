import { expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { RequestCounts } from './rate-limit.js';

it('counts that cannot be shared are told of once, and each process goes on counting for itself', async () => {
  const faults: unknown[] = [];
  const away = { query: () => Promise.reject(new Error('away')) } as unknown as Pool;
  const counts = new RequestCounts(away, (error) => faults.push(error));
  try {
    for (const times of [1, 2]) {
      expect(counts.next('somebody', 7)).toBe(times);
      await counts.share();
    }
    expect(faults).toEqual([new Error('away')]);
  } finally {
    await counts.close();
  }
});

import { expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { IntakeStanding } from './standing.js';

it('where the intake stands that could not be noted is told of', async () => {
  const standing = new IntakeStanding({ query: () => Promise.reject(new Error('away')) } as unknown as Pool, 'intake');
  await expect(standing.stands({ partition: 0, offset: '1', fault: 'TypeError', holder: 'h' })).rejects.toThrow('away');
  await expect(standing.goesOn([0])).rejects.toThrow('away');
});

import { expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { eventually } from '@touchline/testing/eventually.js';
import { Notifications } from './notifications.js';

it('whoever listens hears once that nothing can be heard, however often it is tried', async () => {
  let tries = 0;
  const connect = (): Promise<never> => {
    tries += 1;
    return Promise.reject(new Error('away'));
  };
  const faults: unknown[] = [];
  const notifications = new Notifications({ connect } as unknown as Pool, ['channel'], (error) => faults.push(error));
  try {
    await eventually(() => tries >= 3);
    expect(faults).toEqual([new Error('away')]);
  } finally {
    await notifications.close();
  }
});

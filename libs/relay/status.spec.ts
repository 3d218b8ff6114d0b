import { expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { BestEffort, asPosition } from '@touchline/core';
import { RelayStatus } from './status.js';

it('how far the relay has come is told to be unnoted once where the database is away, and what comes next is tried again', async () => {
  const away = new Error('away');
  let tries = 0;
  const query = (): Promise<never> => {
    tries += 1;
    return Promise.reject(away);
  };
  const told: unknown[] = [];
  const noting = new BestEffort((error) => told.push(error));
  const status = new RelayStatus({ query } as unknown as Pool, 'x');
  for (const position of ['1', '2']) {
    status.moved({ logId: 'l', position: asPosition(position), eventId: 'e', holder: 'h' }, noting);
    await status.settled();
  }
  expect([tries, told]).toEqual([2, [away]]);
});

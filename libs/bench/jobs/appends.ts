import { randomUUID } from 'node:crypto';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import { createPool } from '@touchline/postgres';
import { PLAIN_TABLE } from '../data/prepare.js';
import { someCall } from '../data/some-call.js';
import type { Job } from './job.js';
import { appendsASecond } from './appends-a-second.js';

export interface AppendsInput {
  url: string;
  /** Appends that wait at any time; so many connections have the plain inserts. */
  waiting: number;
  seconds: number;
  /** One-row inserts into a table without any check, instead. */
  plain: boolean;
}

/** One event each; appends a second. */
export const appends: Job<AppendsInput, { perSecond: number }> = async ({ url, waiting, seconds, plain }) => {
  const pool = createPool({ url, applicationName: 'bench', max: waiting });
  const store = await PostgresEventStore.open({ url });
  const texts = await someCall(store);
  const insert = (stream: string, revision: number): Promise<unknown> => {
    const { type, data, metadata } = texts;
    return pool.query({
      name: 'plain',
      text: `insert into ${PLAIN_TABLE} (stream, revision, id, type, data, metadata) values ($1, $2, $3, $4, $5, $6)`,
      values: [stream, revision, randomUUID(), type, data, metadata],
    });
  };
  const append = (stream: string, revision: number): Promise<unknown> =>
    store.append(stream, revision === 0 ? 'no-stream' : revision - 1, [{ id: randomUUID(), ...texts }]);
  const write = plain ? insert : append;
  const { perSecond } = await appendsASecond({ waiting, seconds }, write);
  await store.close();
  await pool.end();
  return { perSecond };
};

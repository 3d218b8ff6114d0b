import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { hasReached, type Position } from '@touchline/core';
import { createPool } from '@touchline/postgres';
import type { ClientBase } from 'pg';
import { WrongExpectedRevision } from '../errors.js';
import { callAppend } from '../postgres/append-call.js';
import { PostgresEventStore } from '../postgres/postgres-event-store.js';
import { Follower, ids, newEvents, newStream } from './contract-log.js';

// A process of its own among several on one log: writers through the driver, transactions that stay open for a while
// and are then committed, rolled back or torn off, and subscribers that saw it all from the beginning.

export interface LogWriterPlan {
  url: string;
  writers: number;
  appendsEach: number;
  transactors: number;
  transactionsEach: number;
}

/** Ids of the events whose append was acknowledged, and of those whose transaction was given up. */
export interface Written {
  acknowledged: string[];
  givenUp: string[];
}

/** What one subscriber was handed, in that order. */
export type Delivered = { id: string; position: Position }[];

const LONGEST_DELAY_MS = 6;
const randomly = (ms: number): Promise<void> => delay(Math.random() * ms);
const oneToThree = (): number => 1 + Math.floor(Math.random() * 3);

async function write(store: PostgresEventStore, appends: number, written: Written): Promise<void> {
  let stream = newStream();
  let expected: number | 'no-stream' = 'no-stream';
  for (let n = 0; n < appends; n += 1) {
    await randomly(LONGEST_DELAY_MS);
    const events = newEvents(oneToThree());
    // Now and then at a place where the stream does not stand: a verdict that must not disturb the others of its group.
    if (n % 7 === 3) {
      await store.append(stream, 1_000, newEvents(1)).catch((error: unknown) => {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      });
    }
    expected = (await store.append(stream, expected, events)).revision;
    written.acknowledged.push(...ids(events));
    if (n % 5 === 4) [stream, expected] = [newStream(), 'no-stream'];
  }
}

type Ending = 'commit' | 'rollback' | 'torn off';

/** The function of the log within a transaction that goes on for a while: what a slow or dying writer looks like. */
async function transact(url: string, transactions: number, written: Written): Promise<void> {
  const pool = createPool({ url, applicationName: 'transactor', max: 1 });
  for (let n = 0; n < transactions; n += 1) {
    await randomly(4 * LONGEST_DELAY_MS);
    const endings: Ending[] = ['commit', 'rollback', 'torn off'];
    const ending = endings[n % endings.length] ?? 'commit';
    const events = newEvents(oneToThree());
    const client = await pool.connect();
    try {
      await client.query('begin');
      await callAppend(client, [{ stream: newStream(), expected: 'no-stream', events }], 60_000);
      await randomly(LONGEST_DELAY_MS);
      await end(client, ending);
    } finally {
      client.release(ending === 'torn off');
    }
    (ending === 'commit' ? written.acknowledged : written.givenUp).push(...ids(events));
  }
  await pool.end();
}

async function end(client: ClientBase, ending: Ending): Promise<void> {
  if (ending !== 'torn off') await client.query(ending);
  else await client.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
}

async function run(plan: LogWriterPlan, tell: (message: Written | Delivered[]) => Promise<void>): Promise<void> {
  const store = await PostgresEventStore.open({ url: plan.url });
  const followers = [1, 7, 1_000].map((batchSize) => new Follower(store, { batchSize }));
  const written: Written = { acknowledged: [], givenUp: [] };
  await Promise.all([
    ...Array.from({ length: plan.writers }, () => write(store, plan.appendsEach, written)),
    ...Array.from({ length: plan.transactors }, () => transact(plan.url, plan.transactionsEach, written)),
  ]);
  await tell(written);
  const [head] = (await once(process, 'message')) as [Position];
  for (const follower of followers) {
    await follower.until('the head of the log', () => hasReached(follower.events.at(-1)?.position ?? null, head), 60_000);
    await follower.stop();
  }
  await tell(followers.map((follower) => follower.events.map(({ id, position }) => ({ id, position }))));
  await store.close();
  process.disconnect();
}

/** Done once the message is on its way: what is still waiting when the channel closes is lost. */
const tell = (message: Written | Delivered[]): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });

await run(JSON.parse(process.argv[2] ?? '{}') as LogWriterPlan, tell);

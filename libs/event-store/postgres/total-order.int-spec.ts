import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createPool } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { StoredEvent } from '../port.js';
import { collect, Follower, ids, newEvents, newStream } from '../testing/contract-log.js';
import type { Delivered, LogWriterPlan, Written } from '../testing/log-writer.process.js';
import { callAppend } from './append-call.js';
import { PostgresEventStore } from './postgres-event-store.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/libs/event-store/testing/log-writer.process.js', import.meta.url));
const PROCESSES = 4;

/** No event after one with a higher position, and none left out: what every subscriber of the log is promised (ADR 0002). */
function expectTotalOrder(delivered: Delivered, log: readonly StoredEvent[]): void {
  const late = delivered.find(({ position }, index) => index > 0 && position <= delivered[index - 1]!.position);
  expect(late).toBeUndefined();
  expect(ids(delivered)).toEqual(ids(log));
}

describe('the order of the log', () => {
  const database = useDatabase();
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });
  const open = async (): Promise<PostgresEventStore> => {
    const store = await PostgresEventStore.open({ url: database.url });
    opened.push(store);
    return store;
  };

  it('is one and complete for every subscriber, whoever writes: several processes, slow transactions, aborted ones', async () => {
    const store = await open();
    const plan: LogWriterPlan = { url: database.url, writers: 5, appendsEach: 20, transactors: 2, transactionsEach: 12 };
    const processes = Array.from({ length: PROCESSES }, () => fork(PROGRAM, [JSON.stringify(plan)]));
    opened.push({ close: async () => void processes.map((child) => child.kill('SIGKILL')) });
    const told = <T>(): Promise<T[]> => Promise.all(processes.map((child) => nextMessage<T>(child)));
    const written = await told<Written>();
    const head = await store.head();
    const deliveries = told<Delivered[]>();
    for (const child of processes) child.send(head ?? '');

    const subscribers = (await deliveries).flat();
    const log = await collect(store.readAll());
    expect(subscribers).toHaveLength(PROCESSES * 3);
    for (const delivered of subscribers) expectTotalOrder(delivered, log);
    const acknowledged = written.flatMap((each) => each.acknowledged);
    expect(acknowledged.length).toBeGreaterThan(PROCESSES * 100);
    expect(ids(log).sort()).toEqual(acknowledged.sort());
    const givenUp = new Set(written.flatMap((each) => each.givenUp));
    expect(givenUp.size).toBeGreaterThan(PROCESSES * 16);
    expect(log.filter(({ id }) => givenUp.has(id))).toEqual([]);
    // Dense, so that what is missing would show as a hole.
    expect(log.map(({ position }) => Number.parseInt(position, 16))).toEqual(log.map((_, index) => index + 1));
  });

  it('would be broken without the lock, by positions from a sequence; and this test would see it', async () => {
    const store = await open();
    const after = await store.head();
    const pool = createPool({ url: database.url, applicationName: 'weakened', max: 1 });
    opened.push({ close: () => pool.end() });
    const strong = await withoutLock(pool);
    const follower = new Follower(store, { after });
    const slow = await pool.connect();
    try {
      await slow.query('begin');
      await callAppend(slow, [{ stream: newStream(), expected: 'no-stream', events: newEvents(1) }], 5_000);
      await store.append(newStream(), 'no-stream', newEvents(1));
      await follower.until('the event of the quick writer', () => follower.events.length === 1);
      await slow.query('commit');
      await store.append(newStream(), 'no-stream', newEvents(1));
      await follower.until('another event', () => follower.events.length === 2);
      await follower.stop();
    } finally {
      slow.release();
      await pool.query(strong);
    }
    const log = await collect(store.readAll({ after }));
    expect(log).toHaveLength(3);
    expect(() => expectTotalOrder(follower.events, log)).toThrow();
  });
});

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const told = once(child, 'message');
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a process ended with ${String(code)} and had not told`);
  });
  ended.catch(() => undefined);
  const [message] = (await Promise.race([told, ended])) as [T];
  return message;
}

/** Takes the lock out of the log's functions and lets a sequence give the positions. @returns what puts it back */
async function withoutLock(pool: ReturnType<typeof createPool>): Promise<string> {
  const { rows } = await pool.query<{ definition: string }>(
    `select pg_get_functiondef(f::regproc) as definition from unnest(array['event_log.append', 'event_log.append_one']) as f`,
  );
  await pool.query('create sequence event_log.weak start 1000000 increment 1000');
  for (const { definition: strong } of rows) {
    const unlocked = strong.replace('perform pg_advisory_xact_lock(7305881440);', '');
    const weak = unlocked
      .replace(/select coalesce\(max\(e\.position\), 0\) into newest from event_log\.events e;/, `newest := nextval('event_log.weak');`)
      .replace('coalesce((select max(e.position) from event_log.events e), 0) + 1', `nextval('event_log.weak')`);
    expect([unlocked === strong, weak === unlocked]).toEqual([false, false]);
    await pool.query(weak);
  }
  return rows.map(({ definition }) => definition).join(';');
}

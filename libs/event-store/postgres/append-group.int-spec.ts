import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useDatabase } from '@touchline/testing/postgres.js';
import { WrongExpectedRevision } from '../errors.js';
import { collect, failure, ids, newEvent, newEvents, newStream } from '../testing/contract-log.js';
import { PostgresEventStore } from './postgres-event-store.js';

describe('appends that go together in one call', () => {
  const database = useDatabase();
  let store: PostgresEventStore;
  beforeAll(async () => {
    store = await PostgresEventStore.open({ url: database.url });
  });
  afterAll(() => store.close());

  it('to one stream are checked in order, each on what those before it wrote', async () => {
    const stream = newStream();
    const [a, b, c, late] = [newEvents(2), newEvents(1), newEvents(3), newEvents(1)];
    const outcomes = await Promise.all([
      failure(store.append(stream, 'no-stream', a)),
      failure(store.append(stream, 1, b)),
      failure(store.append(stream, 1, late)),
      failure(store.append(stream, 2, c)),
    ]);
    expect(outcomes.map((outcome) => outcome instanceof WrongExpectedRevision)).toEqual([false, false, true, false]);
    expect(outcomes[2]).toMatchObject({ expected: 1, actual: 2 });
    expect(ids(await collect(store.readStream(stream)))).toEqual(ids([...a, ...b, ...c]));
  });

  it('know a repeat of each other, which is answered alike', async () => {
    const stream = newStream();
    const events = newEvents(2);
    const answers = await Promise.all([1, 2, 3].map(() => store.append(stream, 'no-stream', events)));
    expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
    expect(ids(await collect(store.readStream(stream)))).toEqual(ids(events));
  });

  it('to one place with the same ids and other bytes let one win', async () => {
    const stream = newStream();
    const event = newEvent();
    const attempts = [1, 2, 3].map((n) => failure(store.append(stream, 'no-stream', [{ ...event, data: `{"nonce":${n}}` }])));
    expect((await Promise.all(attempts)).map((outcome) => outcome instanceof WrongExpectedRevision)).toEqual([false, true, true]);
    expect(await collect(store.readStream(stream))).toMatchObject([{ id: event.id, data: '{"nonce":1}' }]);
  });

  it('are tried one by one where the database refuses the data of one, which alone is refused', async () => {
    const used = newEvent();
    await store.append(newStream(), 'no-stream', [used]);
    const crowd = Array.from({ length: 30 }, (_, index) => {
      // An id that another stream holds: no two events of a log have the same.
      const events = index === 11 ? [{ ...newEvent(), id: used.id }] : newEvents(1);
      return failure(store.append(newStream(), 'no-stream', events));
    });
    const outcomes = await Promise.all(crowd);
    expect(outcomes.flatMap((outcome, index) => (outcome === null ? [] : [index]))).toEqual([11]);
    expect(outcomes[11]).toMatchObject({ code: '23505' });
  });

  it('are one transaction, and more than one where they are large', async () => {
    const filler = `"${'x'.repeat(700 * 1024)}"`;
    const streams = Array.from({ length: 16 }, newStream);
    await Promise.all(streams.map((stream) => store.append(stream, 'no-stream', [newEvent({ data: filler })])));
    const { rows } = await database.pool.query<{ transactions: number }>(
      'select count(distinct xmin::text)::int as transactions from event_log.events where stream = any($1)',
      [streams],
    );
    expect(rows[0]?.transactions).toBeGreaterThan(1);
    expect(rows[0]?.transactions).toBeLessThan(16);
  });
});

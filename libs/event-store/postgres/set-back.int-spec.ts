import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { useDatabase } from '@touchline/testing/postgres.js';
import { PositionUnknown } from '../errors.js';
import { failure, fill, Follower, newEvent, newStream } from '../testing/contract-log.js';
import { setBack } from '../testing/set-back.js';
import { PostgresEventStore } from './postgres-event-store.js';

describe('a subscription to a log that is set back to an older copy', () => {
  const database = useDatabase();
  let store: PostgresEventStore;
  beforeAll(async () => {
    store = await PostgresEventStore.open({ url: database.url });
  });
  afterAll(() => store.close());

  it.each([
    ['as soon as anything is written there', 1],
    ['where others stand in place of what it has read', 4],
    ['where more was written than was lost', 9],
  ])('ends with PositionUnknown %s, and passes over nothing', async (_, written) => {
    const kept = await store.append(newStream(), 'no-stream', [newEvent()]);
    const follower = new Follower(store, { after: kept.position });
    await fill(store, 4, 1);
    await follower.until('what will be lost', () => follower.events.length === 4);
    await setBack(database.pool, kept.position);
    // All at once, so that the first look already sees the log grown to that length.
    await fill(store, written);
    expect(await failure(follower.until('anything further', () => follower.events.length > 4))).toBeInstanceOf(PositionUnknown);
    expect(follower.events).toHaveLength(4);
  });
});

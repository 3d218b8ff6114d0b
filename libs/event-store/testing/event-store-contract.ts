import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendContract } from './contract-append.js';
import { faultContract } from './contract-faults.js';
import { collect, type EventLogUnderTest, Follower } from './contract-log.js';
import { orderContract } from './contract-order.js';
import { readingContract } from './contract-reading.js';
import { subscriptionContract } from './contract-subscription.js';
import { writersContract } from './contract-writers.js';

export type { EventLogUnderTest } from './contract-log.js';

export interface ContractOptions {
  /** False for a server that is not ours to stop and that may hold events already. Default true. */
  ownServer?: boolean;
}

/**
 * What every driver of the event log promises. A driver's spec is the set-up and one call of this; the sentences are
 * the tests' names. All tests share one log, so each works on streams of its own, after the head it found.
 */
export function eventStoreContract(
  name: string,
  setup: () => Promise<EventLogUnderTest>,
  { ownServer = true }: ContractOptions = {},
): void {
  describe(`${name}: the event log's contract`, () => {
    let current: EventLogUnderTest | undefined;
    const log = (): EventLogUnderTest => {
      if (current === undefined) throw new Error('the log is there from beforeAll on');
      return current;
    };

    beforeAll(async () => {
      current = await setup();
    });
    afterAll(() => current?.close());

    if (ownServer) emptyLogContract(log);
    appendContract(log);
    writersContract(name, log);
    orderContract(log);
    readingContract(log);
    subscriptionContract(log);
    if (ownServer) faultContract(log);
  });
}

/** Runs first, on the log as it was set up. */
function emptyLogContract(log: () => EventLogUnderTest): void {
  it('an empty log has an id, no head and no events, and a subscription to it has caught up', async () => {
    const { store } = log();
    expect((await store.logId()).length).toBeGreaterThan(0);
    expect(await store.head()).toBeNull();
    expect(await collect(store.readAll())).toEqual([]);
    const follower = new Follower(store);
    await follower.until('caught up', () => follower.caughtUp);
    await follower.stop();
    expect(follower.batches).toEqual([{ events: [], position: null, caughtUp: true }]);
  });
}

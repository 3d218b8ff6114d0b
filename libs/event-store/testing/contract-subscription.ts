import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asPosition } from '@touchline/core';
import { PositionUnknown, type SubscriptionBatch } from '@touchline/event-store';
import {
  beyond,
  WAYS_BEYOND,
  collect,
  type EventLogUnderTest,
  failure,
  fill,
  Follower,
  ids,
  newEvents,
  newStream,
} from './contract-log.js';

export function subscriptionContract(log: () => EventLogUnderTest): void {
  describe('subscribing to everything', () => {
    it('gives history first, then what comes, in the order of the log', async () => {
      const { store } = log();
      const after = await store.head();
      const history = await fill(store, 40, 4);
      const follower = new Follower(store, { after });
      await follower.until('the history', () => follower.events.length >= history.length);
      const live = await fill(store, 20, 1);
      await follower.until('the live events', () => follower.events.length >= history.length + live.length);
      await follower.stop();
      expect(ids(follower.events)).toEqual([...history, ...live]);
      expect(follower.events).toEqual(await collect(store.readAll({ after })));
    });

    it('resumes after any position with exactly what follows', async () => {
      const { store } = log();
      const after = await store.head();
      await fill(store, 60, 7);
      const all = await collect(store.readAll({ after }));
      await fc.assert(
        fc.asyncProperty(fc.nat(all.length - 1), fc.integer({ min: 1, max: 80 }), async (index, batchSize) => {
          const follower = new Follower(store, { after: all[index]!.position, batchSize });
          await follower.until('the head', () => follower.caughtUp);
          await follower.stop();
          expect(follower.events).toEqual(all.slice(index + 1));
        }),
        { numRuns: 25 },
      );
    });

    it('begins with the first event of the log where no position is given', async () => {
      const { store } = log();
      await fill(store, 1);
      const first: string[] = [];
      for await (const event of store.readAll({ limit: 3 })) first.push(event.id);
      const follower = new Follower(store, { batchSize: 1 });
      await follower.until('its first events', () => follower.events.length >= first.length);
      await follower.stop();
      expect(ids(follower.events).slice(0, first.length)).toEqual(first);
    });

    it('says caught up exactly when it stands at the head, and again after new events', async () => {
      const { store } = log();
      const after = await store.head();
      const written = await fill(store, 25, 5);
      const follower = new Follower(store, { after, batchSize: 10 });
      await follower.until('caught up', () => follower.caughtUp);
      const head = await store.head();
      expect(ids(follower.events)).toEqual(written);
      expect(follower.batches.filter(({ caughtUp }) => caughtUp).map(({ position }) => position)).toEqual([head]);
      const seen = follower.batches.length;
      await fill(store, 3, 3);
      await follower.until('caught up again', () => follower.batches.length > seen && follower.events.length === 28 && follower.caughtUp);
      await follower.stop();
      expect(follower.batches.at(-1)?.position).toBe(await store.head());
      expect(follower.events).toHaveLength(28);
    });

    it('says caught up at once, with its own position, where nothing is left to read', async () => {
      const { store } = log();
      await fill(store, 1);
      const after = await store.head();
      const follower = new Follower(store, { after });
      await follower.until('caught up', () => follower.caughtUp);
      await follower.stop();
      expect(follower.batches).toEqual([{ events: [], position: after, caughtUp: true }]);
    });

    it('refuses a position at which no event of this log stands, and one of another kind of log', async () => {
      const { store } = log();
      await fill(store, 1);
      const from = (after: string): Promise<unknown> =>
        failure(collectBatch(store.subscribeToAll({ after: asPosition(after), signal: new AbortController().signal })));
      for (const by of WAYS_BEYOND) expect(await from(beyond(await store.head(), by))).toBeInstanceOf(PositionUnknown);
      expect(await from('7')).toBeInstanceOf(RangeError);
    });

    it('gives each batch the position of the last event in it', async () => {
      const { store } = log();
      const after = await store.head();
      await fill(store, 50, 10);
      const follower = new Follower(store, { after, batchSize: 7 });
      await follower.until('the head', () => follower.caughtUp);
      await follower.stop();
      const withEvents = follower.batches.filter(({ events }) => events.length > 0);
      expect(withEvents.every(({ events }) => events.length <= 7)).toBe(true);
      for (const { events, position } of withEvents) expect(position).toBe(events.at(-1)?.position);
    });

    it('delivers live events at once', async () => {
      const { store, another } = log();
      const writer = await another();
      const follower = new Follower(store, { after: await store.head() });
      try {
        await follower.until('caught up', () => follower.caughtUp);
        for (let round = 1; round <= 5; round += 1) {
          await writer.append(newStream(), 'no-stream', newEvents(1));
          await follower.until(`live event ${round}`, () => follower.events.length === round);
        }
      } finally {
        await follower.stop();
        await writer.close();
      }
    });

    it('delivers 10,000 events, each once and in order', async () => {
      const { store } = log();
      const after = await store.head();
      const follower = new Follower(store, { after });
      const written = await fill(store, 10_000, 250);
      await follower.until('all of them', () => follower.events.length >= written.length, 60_000);
      await follower.stop();
      expect(ids(follower.events)).toEqual(written);
    });

    it('waits for a slow consumer and loses nothing, while others are not held up', async () => {
      const { store } = log();
      const after = await store.head();
      let release = (): void => {};
      const mayGoOn = new Promise<void>((resolve) => (release = resolve));
      const slow = new Follower(store, { after, batchSize: 20 }, () => mayGoOn);
      const quick = new Follower(store, { after });
      const written = await fill(store, 3_000, 100);
      await quick.until('the quick one to have all', () => quick.events.length === written.length);
      expect(slow.batches.length).toBeLessThanOrEqual(1);
      release();
      await slow.until('the slow one to have all', () => slow.events.length === written.length);
      await Promise.all([slow.stop(), quick.stop()]);
      expect(ids(slow.events)).toEqual(written);
      expect(slow.batches.every(({ events }) => events.length <= 20)).toBe(true);
    });

    it('gives every subscriber the same order while many write', async () => {
      const { store, another } = log();
      const second = await another();
      const after = await store.head();
      const followers = [
        new Follower(store, { after }),
        new Follower(second, { after, batchSize: 3 }),
        new Follower(store, { after, batchSize: 50 }),
      ];
      try {
        await Promise.all(
          Array.from({ length: 120 }, (_, index) =>
            (index % 2 === 0 ? store : second).append(newStream(), 'no-stream', newEvents((index % 3) + 1)),
          ),
        );
        for (const follower of followers) await follower.until('all 240 events', () => follower.events.length === 240);
      } finally {
        await Promise.all(followers.map((follower) => follower.stop()));
        await second.close();
      }
      const order = await collect(store.readAll({ after }));
      for (const follower of followers) expect(follower.events).toEqual(order);
    });

    it('ends at once and without an error when aborted: before it began, in history, and waiting at the head', async () => {
      const { store } = log();
      const after = await store.head();
      await fill(store, 30, 10);
      const ended: SubscriptionEnd[] = [];
      for await (const batch of store.subscribeToAll({ after, signal: AbortSignal.abort() })) ended.push({ events: batch.events.length });
      expect(ended).toEqual([]);

      const inHistory = new AbortController();
      for await (const batch of store.subscribeToAll({ after, signal: inHistory.signal, batchSize: 5 })) {
        ended.push({ events: batch.events.length });
        inHistory.abort();
      }
      expect(ended).toEqual([{ events: 5 }]);

      const waiting = new Follower(store, { after: await store.head() });
      await waiting.until('caught up', () => waiting.caughtUp);
      await waiting.stop();
      expect(waiting.events).toEqual([]);
    });
  });
}

async function collectBatch(batches: AsyncIterable<SubscriptionBatch>): Promise<SubscriptionBatch | null> {
  for await (const batch of batches) return batch;
  return null;
}

interface SubscriptionEnd {
  events: number;
}

import { describe, expect, it } from '@jest/globals';
import { AppendOutcomeUnknown, EventStoreUnavailable } from '@touchline/event-store';
import { collect, type EventLogUnderTest, failure, fill, Follower, ids, newEvent, newEvents, newStream } from './contract-log.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';

export function faultContract(log: () => EventLogUnderTest): void {
  describe('when connections break', () => {
    it('resumes a subscription exactly, dropped in history and at the head', async () => {
      const { store } = log();
      const after = await store.head();
      const written = await fill(store, 2_000, 100);
      let drops = 0;
      const follower = new Follower(store, { after, batchSize: 50 }, async () => {
        if (follower.events.length >= (drops + 1) * 400 && drops < 4) {
          drops += 1;
          await means(log().dropConnections)();
        }
      });
      await follower.until('the history', () => follower.events.length === written.length && follower.caughtUp);
      for (let round = 0; round < 3; round += 1) {
        await means(log().dropConnections)();
        written.push(...(await appendAfterDrop(log())));
        await follower.until('what came after a drop', () => follower.events.length === written.length);
      }
      await follower.stop();
      expect(drops).toBe(4);
      expect(ids(follower.events)).toEqual(written);
    });

    it('goes on reading and appending, and is the same log with the same events at the same places', async () => {
      const { store } = log();
      const stream = newStream();
      const { position } = await store.append(stream, 'no-stream', newEvents(3));
      const [logId, event] = [await store.logId(), await store.eventAt(position)];
      await means(log().dropConnections)();
      await expect(retryTransient(() => store.head())).resolves.toBe(position);
      expect(await store.logId()).toBe(logId);
      expect(await store.eventAt(position)).toEqual(event);
      expect(await collect(store.readStream(stream))).toHaveLength(3);
      await appendAfterDrop(log());
    });

    it('loses no acknowledged append and doubles none that was tried again, while connections keep breaking', async () => {
      const { store } = log();
      const after = await store.head();
      const stream = newStream();
      const written = newEvents(60);
      for (const [index, event] of written.entries()) {
        const breaking = index % 7 === 3 ? means(log().dropConnections)() : Promise.resolve();
        await retryTransient(() => store.append(stream, index === 0 ? 'no-stream' : index - 1, [event]));
        await breaking;
      }
      expect(ids(await collect(store.readStream(stream)))).toEqual(ids(written));
      expect(ids(await collect(store.readAll({ after })))).toEqual(ids(written));
    });
  });

  describe('while the server is away', () => {
    it('says so within the deadline to writers and readers; a subscription waits, and goes on where it stood', async () => {
      const { store } = log();
      const stream = newStream();
      const after = await store.head();
      const { position } = await store.append(stream, 'no-stream', newEvents(2));
      const logId = await store.logId();
      const follower = new Follower(store, { after });
      await follower.until('the first events', () => follower.events.length === 2);

      await means(log().stopServer)();
      const asked = Date.now();
      const answers = await Promise.all([
        failure(store.append(newStream(), 'no-stream', newEvents(1))),
        failure(collect(store.readStream(stream))),
        failure(collect(store.readAll({ after }))),
        failure(store.head()),
        failure(store.eventAt(position)),
      ]);
      const [append, ...reads] = answers;
      // It may have gone out on a connection of which nobody knew yet that it was broken.
      expect(append instanceof EventStoreUnavailable || append instanceof AppendOutcomeUnknown).toBe(true);
      for (const read of reads) expect(read).toBeInstanceOf(EventStoreUnavailable);
      expect(Date.now() - asked).toBeLessThan(PATIENCE_MS);

      await means(log().startServer)();
      const more = newEvents(3);
      await retryTransient(() => store.append(stream, 1, more));
      await follower.until('what came after the outage', () => follower.events.length === 5);
      await follower.stop();
      expect(ids(follower.events)).toEqual(ids(await collect(store.readStream(stream))));
      expect(follower.events.slice(2)).toMatchObject(more);
      expect(await store.logId()).toBe(logId);
      expect((await store.eventAt(position))?.stream).toBe(stream);
    });
  });
}

/** Tries again what a broken connection left open, as every caller must: the same append is safe to repeat. */
async function retryTransient<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const name = (error as Error).name;
      if (tries >= 20 || (name !== 'EventStoreUnavailable' && name !== 'AppendOutcomeUnknown')) throw error;
    }
  }
}

async function appendAfterDrop({ store }: EventLogUnderTest): Promise<string[]> {
  const event = newEvent();
  const stream = newStream();
  await retryTransient(() => store.append(stream, 'no-stream', [event]));
  return [event.id];
}

function means(fault: (() => Promise<void>) | undefined): () => Promise<void> {
  if (fault === undefined)
    throw new Error('this set-up gives no means to break connections or stop the server; say { faults: false } where it cannot');
  return fault;
}

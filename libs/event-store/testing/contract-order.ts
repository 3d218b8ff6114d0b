import { describe, expect, it } from '@jest/globals';
import { type StreamAppend, WrongExpectedRevision } from '@touchline/event-store';
import { collect, type EventLogUnderTest, failure, ids, newEvents, newStream } from './contract-log.js';

export function orderContract(log: () => EventLogUnderTest): void {
  describe('appending in a given order', () => {
    const eventsAfter = async (after: Awaited<ReturnType<EventLogUnderTest['store']['head']>>) => collect(log().store.readAll({ after }));

    it('gives the log the order of the appends, whatever their streams', async () => {
      const { store } = log();
      const before = await store.head();
      const [a, b] = [newStream(), newStream()];
      const appends: StreamAppend[] = [];
      for (let round = 0; round < 40; round += 1) {
        const [twice, once] = [2 * round - 1, round - 1];
        appends.push({ stream: a, expected: twice < 0 ? 'no-stream' : twice, events: newEvents(2) });
        appends.push({ stream: b, expected: once < 0 ? 'no-stream' : once, events: newEvents(1) });
      }
      await store.appendInOrder(appends);
      const written = ids(appends.flatMap(({ events }) => events));
      expect(ids(await eventsAfter(before))).toEqual(written);

      await store.appendInOrder(appends);
      expect(ids(await eventsAfter(before))).toEqual(written);
    });

    it('lets nothing stand after what is refused', async () => {
      const { store } = log();
      const before = await store.head();
      const [a, b, c] = [newStream(), newStream(), newStream()];
      const appends: StreamAppend[] = [
        { stream: a, expected: 'no-stream', events: newEvents(1) },
        { stream: b, expected: 7, events: newEvents(1) },
        { stream: c, expected: 'no-stream', events: newEvents(1) },
      ];
      expect(await failure(store.appendInOrder(appends))).toBeInstanceOf(WrongExpectedRevision);
      const stands = ids(await eventsAfter(before));
      expect(stands).toEqual(ids(appends.flatMap(({ events }) => events)).slice(0, stands.length));
      expect(stands.length).toBeLessThan(2);
    });
  });
}

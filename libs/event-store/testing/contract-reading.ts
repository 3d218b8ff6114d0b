import { describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import { EventStoreUnavailable, PositionUnknown } from '@touchline/event-store';
import {
  beyond,
  WAYS_BEYOND,
  collect,
  type EventLogUnderTest,
  failure,
  fill,
  ids,
  newEvent,
  newEvents,
  newStream,
} from './contract-log.js';

/** Canonical JSON (RFC 8785) that a log tends to reshape: key order, escapes, numbers, other alphabets. */
const AWKWARD_TEXTS = [
  '{"1":"keys like","10":"integers","9":"keep their order","a":1}',
  '{"name":"王小明","note":"ünï — 😀","right-to-left":"שלום"}',
  '{"controls":"\\u0001\\b\\t\\n\\f\\r","quotes":"\\"\\\\/"}',
  '{"line separators":"\u2028\u2029","last":"\uffff\u{10ffff}"}',
  '[1e+21,1e-7,0.1,-0.5,9007199254740991,1.7976931348623157e+308,true,null]',
  '{}',
  '""',
];

export function readingContract(log: () => EventLogUnderTest): void {
  describe('reading a stream', () => {
    it('goes forwards and backwards, from any revision, up to a limit', async () => {
      const { store } = log();
      const stream = newStream();
      const written = newEvents(7);
      await store.append(stream, 'no-stream', written);
      const all = ids(written);
      const read = async (options?: Parameters<typeof store.readStream>[1]): Promise<string[]> =>
        ids(await collect(store.readStream(stream, options)));
      expect(await read()).toEqual(all);
      expect(await read({ from: 3 })).toEqual(all.slice(3));
      expect(await read({ limit: 2 })).toEqual(all.slice(0, 2));
      expect(await read({ from: 2, limit: 3 })).toEqual(all.slice(2, 5));
      expect(await read({ from: 7 })).toEqual([]);
      expect(await read({ direction: 'backwards' })).toEqual([...all].reverse());
      expect(await read({ direction: 'backwards', limit: 1 })).toEqual(all.slice(6));
      expect(await read({ direction: 'backwards', from: 2 })).toEqual(all.slice(0, 3).reverse());
      expect(await read({ direction: 'backwards', from: 4, limit: 2 })).toEqual([all[4], all[3]]);
    });

    it('finds nothing where there is no such stream', async () => {
      const { store } = log();
      expect(await collect(store.readStream(newStream()))).toEqual([]);
      expect(await collect(store.readStream(newStream(), { direction: 'backwards', limit: 1 }))).toEqual([]);
    });

    it('gives stream, place, type and both texts back, byte for byte', async () => {
      const { store } = log();
      const stream = newStream();
      const written = AWKWARD_TEXTS.map((text, index) =>
        newEvent({ type: `Kind${index}`, data: text, metadata: AWKWARD_TEXTS[AWKWARD_TEXTS.length - 1 - index]! }),
      );
      await store.append(stream, 'no-stream', written);
      const read = await collect(store.readStream(stream));
      expect(read.map(({ position, ...rest }) => ({ ...rest, position: typeof position }))).toEqual(
        written.map((event, revision) => ({ ...event, stream, revision, position: 'string' })),
      );
    });

    it('reads a long stream to its end', async () => {
      const { store } = log();
      const stream = newStream();
      const written = newEvents(2_500);
      for (let at = 0; at < written.length; at += 500)
        await store.append(stream, at === 0 ? 'no-stream' : at - 1, written.slice(at, at + 500));
      expect(ids(await collect(store.readStream(stream)))).toEqual(ids(written));
      expect(ids(await collect(store.readStream(stream, { direction: 'backwards' })))).toEqual(ids(written).reverse());
    });
  });

  describe('reading everything', () => {
    it('gives one total order: positions rise, streams keep theirs, and appends keep theirs', async () => {
      const { store } = log();
      const before = await store.head();
      const appended = await fill(store, 30, 3);
      const read = await collect(store.readAll({ after: before }));
      expect(ids(read)).toEqual(appended);
      expect(read.every((event, index) => index === 0 || event.position > read[index - 1]!.position)).toBe(true);
    });

    it('goes on after any position, up to a limit', async () => {
      const { store } = log();
      const before = await store.head();
      await fill(store, 12, 5);
      const all = await collect(store.readAll({ after: before }));
      for (const [index, event] of all.entries()) {
        expect(await collect(store.readAll({ after: event.position }))).toEqual(all.slice(index + 1));
        expect(await collect(store.readAll({ after: event.position, limit: 3 }))).toEqual(all.slice(index + 1, index + 4));
      }
    });

    it('refuses a position at which no event of this log stands, and one of another kind of log', async () => {
      const { store } = log();
      await fill(store, 1);
      const from = (after: string): Promise<unknown> => failure(collect(store.readAll({ after: asPosition(after) })));
      for (const by of WAYS_BEYOND) expect(await from(beyond(await store.head(), by))).toBeInstanceOf(PositionUnknown);
      expect(await from('7')).toBeInstanceOf(RangeError);
    });

    it('ends at the head as it was when asked', async () => {
      const { store } = log();
      const before = await store.head();
      const appended = await fill(store, 3);
      const reading = store.readAll({ after: before })[Symbol.asyncIterator]();
      const read = [await reading.next()];
      await fill(store, 2);
      while (!read[read.length - 1]!.done) read.push(await reading.next());
      expect(read.slice(0, -1).map(({ value }) => (value as { id: string }).id)).toEqual(appended);
    });

    it('knows its head, and the event at a position', async () => {
      const { store } = log();
      const stream = newStream();
      const { position } = await store.append(stream, 'no-stream', newEvents(2));
      expect(await store.head()).toBe(position);
      const read = await collect(store.readStream(stream));
      expect(await store.eventAt(read[0]!.position)).toEqual(read[0]);
      expect(await store.eventAt(position)).toEqual(read[1]);
    });

    it('says that it is closed, once it is, to whoever asks on', async () => {
      const closed = await log().another();
      const { position } = await closed.append(newStream(), 'no-stream', newEvents(1));
      await closed.close();
      await closed.close();
      const answers = await Promise.all([
        failure(closed.append(newStream(), 'no-stream', newEvents(1))),
        failure(collect(closed.readStream(newStream()))),
        failure(collect(closed.readAll())),
        failure(closed.head()),
        failure(closed.eventAt(position)),
      ]);
      for (const answer of answers) expect(answer).toBeInstanceOf(EventStoreUnavailable);
      for await (const batch of closed.subscribeToAll({ signal: new AbortController().signal })) throw new Error(JSON.stringify(batch));
    });

    it('is the same log to everybody: id, head, events', async () => {
      const { store, another } = log();
      const { position } = await store.append(newStream(), 'no-stream', newEvents(1));
      const second = await another();
      try {
        expect(await second.logId()).toBe(await store.logId());
        expect((await store.logId()).length).toBeGreaterThan(0);
        expect([await store.head(), await second.head()]).toEqual([position, position]);
        expect(await second.eventAt(position)).toEqual(await store.eventAt(position));
      } finally {
        await second.close();
      }
    });
  });
}

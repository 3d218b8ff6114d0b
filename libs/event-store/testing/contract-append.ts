import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EventTooLarge, type ExpectedRevision, InvalidEventText, MAX_APPEND_BYTES, WrongExpectedRevision } from '@touchline/event-store';
import { collect, type EventLogUnderTest, failure, ids, newEvent, newEvents, newStream } from './contract-log.js';

export function appendContract(log: () => EventLogUnderTest): void {
  describe('appending', () => {
    it('begins a stream only where there is none', async () => {
      const { store } = log();
      const stream = newStream();
      expect(await store.append(stream, 'no-stream', newEvents(1))).toMatchObject({ revision: 0 });
      const error = await failure(store.append(stream, 'no-stream', newEvents(1)));
      expect(error).toBeInstanceOf(WrongExpectedRevision);
      expect(error).toMatchObject({ stream, expected: 'no-stream', actual: 0 });
    });

    it('appends at exactly the revision that the writer saw', async () => {
      const { store } = log();
      const stream = newStream();
      const first = await store.append(stream, 'no-stream', newEvents(3));
      const second = await store.append(stream, 2, newEvents(2));
      expect([first.revision, second.revision]).toEqual([2, 4]);
      expect(second.position > first.position).toBe(true);
    });

    it('refuses every other expectation, tells where the stream stands, and writes nothing', async () => {
      const { store } = log();
      const [stream, absent] = [newStream(), newStream()];
      const written = newEvents(3);
      await store.append(stream, 'no-stream', written);
      const wrong: [string, ExpectedRevision, ExpectedRevision][] = [
        [stream, 'no-stream', 2],
        [stream, 0, 2],
        [stream, 1, 2],
        [stream, 3, 2],
        [stream, 1_000, 2],
        [absent, 0, 'no-stream'],
        [absent, 7, 'no-stream'],
      ];
      for (const [name, expected, actual] of wrong) {
        const error = await failure(store.append(name, expected, newEvents(2)));
        expect(error).toBeInstanceOf(WrongExpectedRevision);
        expect(error).toMatchObject({ stream: name, expected, actual });
      }
      expect(ids(await collect(store.readStream(stream)))).toEqual(ids(written));
      expect(await collect(store.readStream(absent))).toEqual([]);
    });

    it('writes several events together: neighbours in the stream, in the order given, at the answered place', async () => {
      const { store } = log();
      const stream = newStream();
      const written = newEvents(5);
      const answer = await store.append(stream, 'no-stream', written);
      const read = await collect(store.readStream(stream));
      expect(read.map(({ id, revision }) => [id, revision])).toEqual(written.map(({ id }, index) => [id, index]));
      expect(answer).toEqual({ revision: 4, position: read[4]!.position });
      expect([...read].sort((a, b) => (a.position < b.position ? -1 : 1))).toEqual(read);
    });

    it('answers a repeated append with the first outcome, however often', async () => {
      const { store } = log();
      const stream = newStream();
      const [opening, more] = [newEvents(1), newEvents(3)];
      await store.append(stream, 'no-stream', opening);
      const first = await store.append(stream, 0, more);
      for (let times = 0; times < 3; times += 1) {
        expect(await store.append(stream, 0, more)).toEqual(first);
      }
      expect(ids(await collect(store.readStream(stream)))).toEqual(ids([...opening, ...more]));
    });

    it('knows a repeat, and a part of one, when later events followed', async () => {
      const { store } = log();
      const stream = newStream();
      const [a, b, c] = [newEvent(), newEvent(), newEvent()];
      const opening = await store.append(stream, 'no-stream', [a]);
      const more = await store.append(stream, 0, [b, c]);
      await store.append(stream, 2, newEvents(4));
      expect(await store.append(stream, 'no-stream', [a])).toEqual(opening);
      expect(await store.append(stream, 0, [b, c])).toEqual(more);
      expect(await store.append(stream, 1, [c])).toEqual(more);
      expect(await store.append(stream, 'no-stream', [a, b])).toMatchObject({ revision: 1 });
    });

    it.each([
      ['data', { data: '{"sealed":"BBBB"}' }],
      ['metadata', { metadata: '{"hash":"other"}' }],
      ['type', { type: 'NoteTorn' }],
    ])('takes the same ids with other %s for a conflict, first and last of several alike; what was written stays', async (_, other) => {
      const { store, another } = log();
      const second = await another();
      try {
        const stream = newStream();
        const [a, b] = [newEvent({ data: '{"sealed":"AAAA"}' }), newEvent({ data: '{"sealed":"AAAA"}' })];
        await store.append(stream, 'no-stream', [a, b]);
        for (const again of [[{ ...a, ...other }, b], [a, { ...b, ...other }], [{ ...a, ...other }]])
          for (const writer of [store, second])
            expect(await failure(writer.append(stream, 'no-stream', again))).toMatchObject({ name: 'WrongExpectedRevision', actual: 1 });
        expect(await collect(store.readStream(stream))).toMatchObject([a, b]);
      } finally {
        await second.close();
      }
    });

    it('does not take the same events at another place for a repeat', async () => {
      const { store } = log();
      const stream = newStream();
      const [a, b, c] = [newEvent(), newEvent(), newEvent()];
      await store.append(stream, 'no-stream', [a, b, c]);
      const elsewhere: [ExpectedRevision, ReturnType<typeof newEvents>][] = [
        ['no-stream', [b]],
        [0, [c]],
        [0, [c, b]],
        [1, [b]],
        [7, [c]],
      ];
      for (const [expected, events] of elsewhere) {
        expect(await failure(store.append(stream, expected, events))).toMatchObject({ name: 'WrongExpectedRevision', expected, actual: 2 });
      }
    });

    it('takes a repeat with something new behind it for a conflict', async () => {
      const { store } = log();
      const stream = newStream();
      const [a, b] = [newEvent(), newEvent()];
      await store.append(stream, 'no-stream', [a, b]);
      expect(await failure(store.append(stream, 0, [b, newEvent()]))).toMatchObject({ name: 'WrongExpectedRevision', actual: 1 });
      expect(ids(await collect(store.readStream(stream)))).toEqual(ids([a, b]));
    });

    it('takes the largest append, and refuses one byte more with the typed error', async () => {
      const { store } = log();
      const stream = newStream();
      const [frame, metadata] = ['{"text":""}', '{}'];
      // Two bytes a letter: the limit counts bytes, not characters.
      const letters = Math.floor((MAX_APPEND_BYTES - frame.length - metadata.length) / 2);
      const padding = 'x'.repeat(MAX_APPEND_BYTES - frame.length - metadata.length - letters * 2);
      const largest = newEvent({ data: `{"text":"${'ж'.repeat(letters)}${padding}"}`, metadata });
      await store.append(stream, 'no-stream', [largest]);
      expect(await collect(store.readStream(stream))).toMatchObject([largest]);
      const error = await failure(store.append(newStream(), 'no-stream', [{ ...newEvent(), data: largest.data, metadata: '{} ' }]));
      expect(error).toBeInstanceOf(EventTooLarge);
      expect(error).toMatchObject({ bytes: MAX_APPEND_BYTES + 1, limit: MAX_APPEND_BYTES });
      const together = newEvents(2).map((event) => ({ ...event, data: `"${'x'.repeat(MAX_APPEND_BYTES / 2)}"` }));
      expect(await failure(store.append(newStream(), 'no-stream', together))).toBeInstanceOf(EventTooLarge);
    });

    it.each([
      ['NUL in the data', { data: '{"text":"\u0000"}' }],
      ['NUL in the metadata', { metadata: '\u0000' }],
      ['half a surrogate pair in the data', { data: '{"text":"\ud83d"}' }],
      ['the other half first', { metadata: '{"text":"\ude00\ud83d"}' }],
      ['NUL in the type', { type: 'Note\u0000Taken' }],
    ])('refuses %s, and writes nothing of that append', async (_, over) => {
      const { store } = log();
      const stream = newStream();
      expect(await failure(store.append(stream, 'no-stream', [newEvent(), newEvent(over)]))).toBeInstanceOf(InvalidEventText);
      expect(await collect(store.readStream(stream))).toEqual([]);
    });
  });

  describe('what no log takes', () => {
    it.each([
      ['an id that is no UUID', 'note-test.1', 'no-stream', { id: 'not a uuid' }],
      ['a UUID in capitals, which would come back in another form', 'note-test.1', 'no-stream', { id: randomUUID().toUpperCase() }],
      ['a type like those of the server', 'note-test.1', 'no-stream', { type: '$>' }],
      ['a stream like those of the server', '$note-test.1', 'no-stream', {}],
      ['a stream without a name', '', 'no-stream', {}],
      ['an expectation that is no revision', 'note-test.1', -1, {}],
      ['half a revision', 'note-test.1', 0.5, {}],
    ] as const)('is refused as a mistake of the caller: %s', async (_, stream, expected, over) => {
      expect(await failure(log().store.append(stream, expected, [newEvent(over)]))).toBeInstanceOf(RangeError);
    });

    it('is refused as a mistake of the caller: an append of nothing', async () => {
      expect(await failure(log().store.append(newStream(), 'no-stream', []))).toBeInstanceOf(RangeError);
    });
  });

  describe('many writers', () => {
    it('lets exactly one of several appends at one place win, on one connection and on two', async () => {
      const { store, another } = log();
      const second = await another();
      try {
        const stream = newStream();
        await store.append(stream, 'no-stream', newEvents(1));
        const attempts = [store, second, store, second, store, second].map((writer) => writer.append(stream, 0, newEvents(2)));
        const outcomes = await Promise.all(attempts.map(failure));
        expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(1);
        for (const outcome of outcomes.filter((each) => each !== null)) {
          expect(outcome).toMatchObject({ name: 'WrongExpectedRevision', stream, expected: 0, actual: 2 });
        }
        expect(await collect(store.readStream(stream))).toHaveLength(3);
      } finally {
        await second.close();
      }
    });

    it('takes 200 appends at once on a brand-new connection', async () => {
      const fresh = await log().another();
      try {
        const streams = Array.from({ length: 200 }, newStream);
        const answers = await Promise.all(streams.map((stream) => fresh.append(stream, 'no-stream', newEvents(2))));
        expect(answers.every(({ revision }) => revision === 1)).toBe(true);
        expect(new Set(answers.map(({ position }) => position)).size).toBe(200);
      } finally {
        await fresh.close();
      }
    });

    it('gives each append of a crowd its own verdict: one that is refused hurts nobody else', async () => {
      const { store } = log();
      const taken = newStream();
      await store.append(taken, 'no-stream', newEvents(1));
      const crowd = Array.from({ length: 60 }, (_, index) => {
        if (index % 3 === 0) return failure(store.append(taken, 'no-stream', newEvents(1)));
        if (index % 3 === 1) return failure(store.append(newStream(), 'no-stream', [newEvent({ id: 'not a uuid' })]));
        return failure(store.append(newStream(), 'no-stream', newEvents(1)));
      });
      const outcomes = await Promise.all(crowd);
      expect(outcomes.filter((_, index) => index % 3 === 0).every((outcome) => outcome instanceof WrongExpectedRevision)).toBe(true);
      expect(outcomes.filter((_, index) => index % 3 === 1).every((outcome) => outcome !== null)).toBe(true);
      expect(outcomes.filter((_, index) => index % 3 === 2)).toEqual(Array.from({ length: 20 }, () => null));
    });
  });
}

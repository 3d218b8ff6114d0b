import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@touchline/core';
import { StreamCache } from './stream-cache.js';

const events = (count: number): RecordedEvent[] => Array.from({ length: count }, (_, revision) => ({ revision }) as RecordedEvent);
const recent = (most: number): StreamCache => new StreamCache(most);

describe('streams that were loaded lately', () => {
  it('are held as they were read', () => {
    const streams = recent(10);
    streams.keep('a', events(2));
    expect(streams.of('a')).toEqual(events(2));
    expect(streams.of('b')).toEqual([]);
  });

  it('make way, the one that was not asked for longest first', () => {
    const streams = recent(10);
    streams.keep('a', events(4));
    streams.keep('b', events(4));
    streams.keep('a', events(5));
    streams.keep('c', events(4));
    expect([streams.of('a').length, streams.of('b').length, streams.of('c').length]).toEqual([5, 0, 4]);
  });

  it('count their events anew when they are kept again or forgotten', () => {
    const streams = recent(10);
    for (let n = 0; n < 5; n++) streams.keep('a', events(6));
    streams.keep('b', events(4));
    streams.forget('b');
    streams.keep('c', events(4));
    expect([streams.of('a').length, streams.of('b').length, streams.of('c').length]).toEqual([6, 0, 4]);
  });

  it('are not held where one alone is too long', () => {
    const streams = recent(10);
    streams.keep('a', events(3));
    streams.keep('b', events(11));
    expect([streams.of('a').length, streams.of('b').length]).toEqual([3, 0]);
  });
});

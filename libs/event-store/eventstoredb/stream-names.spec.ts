import { describe, expect, it } from '@jest/globals';
import { isForeign, LOG_STREAM, StreamNames } from './stream-names.js';

describe('names of streams in a namespace', () => {
  const names = StreamNames.in('acme');

  it.each([
    ['journey-dongfang.1', 'acme.journey-dongfang.1'],
    ['$$journey-dongfang.1', '$$acme.journey-dongfang.1'],
    [LOG_STREAM, 'acme-log'],
  ])('go to the server and back: %s', (stream, onServer) => {
    expect(names.onServer(stream)).toBe(onServer);
    expect(names.fromServer(onServer)).toBe(stream);
    expect(isForeign(stream)).toBe(false);
  });

  it.each([
    'order-123',
    'journey-dongfang.1',
    'touchline-log',
    'touchline.journey-dongfang.1',
    '$$order-123',
    '$stats',
    'acmetoo.journey-1',
  ])('are not those of others: %s', (name) => expect(isForeign(names.fromServer(name))).toBe(true));

  it('are as they are in a log without one', () => {
    for (const none of [StreamNames.in(''), names.withoutNamespace()])
      for (const name of ['journey-dongfang.1', 'order-123', '$stats', '$$order-123'])
        expect([none.onServer(name), none.fromServer(name)]).toEqual([name, name]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Fold, RecordedEvent } from '@touchline/core';
import { LoadedStream } from './stream-state.js';

const event = (revision: number, corrects?: number): RecordedEvent =>
  ({
    id: `e${revision}`,
    revision,
    position: `p${revision}`,
    meta: {
      commandId: `c${revision >> 1}`,
      recordedAt: `t${revision}`,
      hash: `h${revision}`,
      ...(corrects !== undefined && { corrects: `e${corrects}` }),
    },
  }) as RecordedEvent;

const hashes: Fold<readonly string[]> = { name: 'hashes', initial: [], evolve: (before, { meta }) => [...before, meta.hash] };

const told = (stream: LoadedStream): unknown => ({
  last: stream.last,
  has: ['c0', 'c1', 'c2', 'c3'].map((command) => stream.has(command)),
  of: ['c0', 'c1', 'c2', 'c3'].map((command) => stream.of(command)),
  fold: stream.stateOf(hashes),
  corrected: stream.correctedStateOf(hashes),
  since: stream.since(1),
  event: stream.event('e3'),
  folded: stream.folded()?.stateOf(hashes),
});

describe('a stream that grew', () => {
  it.each([
    ['by events', [event(2), event(3), event(4)]],
    ['by a correction', [event(2), event(3, 0)]],
    ['by nothing', []],
  ])('%s is as it would have been read', (_how, further) => {
    const begun = [event(0), event(1)];
    const grown = new LoadedStream(begun);
    told(grown);
    for (const each of further) expect(told(grown.grow([each]))).toBeDefined();
    expect(told(grown)).toEqual(told(new LoadedStream([...begun, ...further])));
    expect(begun).toHaveLength(2);
  });
});

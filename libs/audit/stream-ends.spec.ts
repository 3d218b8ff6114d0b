import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { StreamEnds } from './stream-ends.js';

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

describe('the ends of all streams', () => {
  it('keeps the last word on every stream, through many a growth', () => {
    const ends = new StreamEnds();
    const known = new Map<string, { revision: number; hash: Buffer }>();
    for (let n = 0; n < 20_000; n += 1) {
      const stream = `journey-dongfang.${(n * 7919) % 6_000}`;
      const end = { revision: (known.get(stream)?.revision ?? -1) + 1, hash: hashOf(`${stream} ${n}`) };
      ends.set(stream, end);
      known.set(stream, end);
    }
    expect(ends.size).toBe(known.size);
    for (const [stream, end] of known) expect(ends.get(stream)).toEqual(end);
    expect(ends.get('journey-dongfang.nobody')).toBeNull();
  });
});

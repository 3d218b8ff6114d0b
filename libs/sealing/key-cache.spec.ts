import { describe, expect, it } from '@jest/globals';
import { KeyCache, MAX_KEY_AGE_MS } from './key-cache.js';

const key = Buffer.alloc(32, 1);

function cacheOf(size: number) {
  const time = { now: 1_000 };
  const cache = new KeyCache(() => time.now, size);
  return { cache, time, put: (id: string) => cache.reading()(id, key) };
}

describe('the cache of keys', () => {
  it('keeps a key for 60 s from the read, and not a moment longer', () => {
    const { cache, time } = cacheOf(10);
    const remember = cache.reading();
    time.now += 5_000;
    remember('a', key);
    time.now += MAX_KEY_AGE_MS - 5_001;
    expect(cache.get('a')).toBe(key);
    time.now += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('remembers that a key was erased', () => {
    const { cache } = cacheOf(10);
    cache.reading()('a', null);
    expect(cache.get('a')).toBeNull();
  });

  it('lets the oldest make way', () => {
    const { cache, put } = cacheOf(2);
    put('a');
    put('b');
    put('a');
    put('c');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([key, undefined, key]);
  });

  it('drops at once, also what a read that was under way brings', () => {
    const { cache, put } = cacheOf(10);
    put('a');
    const remember = cache.reading();
    cache.drop('a');
    remember('a', key);
    expect(cache.get('a')).toBeUndefined();
  });

  it('can be emptied, where what was erased elsewhere may have been missed', () => {
    const { cache, put } = cacheOf(10);
    put('a');
    const remember = cache.reading();
    cache.clear();
    remember('b', key);
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, undefined]);
  });
});

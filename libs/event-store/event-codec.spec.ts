import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '@touchline/core';
import type { UnchainedMetadata } from './event-codec.js';
import { InvalidEventText } from './errors.js';
import { canonicalJson, chainLink, encodeEvent } from './event-codec.js';

const event = (meta: object, data: JsonObject = { b: 1, a: [2] }) => ({
  ...{ id: '7f1c7f0e-55a3-5f6e-8a1a-9f2b7c1d4e10', stream: 'journey-shop.j', revision: 3, type: 'call-made', data },
  meta: meta as UnchainedMetadata,
});

describe('canonical JSON', () => {
  it.each<[string, unknown, string]>([
    ['members in their order', { a: 1, b: [{ c: 'd', e: null }] }, '{"a":1,"b":[{"c":"d","e":null}]}'],
    ['members in any order', { b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
    ['names that are numbers, which are texts all the same', { 9: 1, 10: 2 }, '{"10":2,"9":1}'],
    ['a name that every object has', JSON.parse('{"b":1,"__proto__":{"c":2}}') as unknown, '{"__proto__":{"c":2},"b":1}'],
    ['what is not there', { a: undefined, b: [undefined, 1] }, '{"b":[null,1]}'],
    ['something that says itself what it is', { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    ['boxed values, which have no members', { a: Object(1) as unknown }, '{"a":{}}'],
  ])('holds %s', (_what, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('knows no numbers but finite ones, and nothing that is no JSON', () => {
    expect(() => canonicalJson({ a: NaN })).toThrow();
    expect(() => canonicalJson([Infinity])).toThrow();
    expect(() => canonicalJson(undefined)).toThrow(InvalidEventText);
  });

  it('reads as what it was made of, and is the same for every order of the members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(backwards(value))).toBe(text);
      }),
    );
  });
});

describe('an encoded event', () => {
  it('has the canonical text of its metadata, hashes in their places', () => {
    const meta = {
      tenant: 'shop',
      hasty: 'before the hash',
      previous: 'before the previous',
      subjects: { site: 's', customer: undefined },
    };
    const { metadata, hash } = encodeEvent(event({ ...meta, stage: undefined }), 'f'.repeat(64));
    expect(metadata).toBe(canonicalJson({ ...meta, hash, previousHash: 'f'.repeat(64) }));
  });

  it('says so of whatever its metadata holds, and its own hash holds', () => {
    const metas = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ noUnicodeString: false })).filter(isStorable);
    fc.assert(
      fc.property(metas, (some) => {
        const meta = { ...some, tenant: 'shop' };
        const { hash, ...encoded } = encodeEvent(event(meta), '');
        expect(encoded.metadata).toBe(canonicalJson({ ...meta, hash, previousHash: '' }));
        expect(chainLink({ ...event(meta), ...encoded })).toEqual({ hash, previousHash: '', holds: true });
      }),
      {
        examples: [
          [{ '': false, 0: false }],
          [Object.fromEntries(['hare', 'hash ', 'previousHasg', 'previousHash ', '__proto__'].map((name) => [name, 1]))],
        ],
      },
    );
  });
});

/** The same with all its members the other way about. */
function backwards(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(backwards);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, backwards(member)]),
  );
}

/** Metadata has no hashes of its own, and no text that a log cannot hold. */
function isStorable(meta: object): boolean {
  if ('hash' in meta || 'previousHash' in meta) return false;
  try {
    encodeEvent(event(meta), '');
    return true;
  } catch {
    return false;
  }
}

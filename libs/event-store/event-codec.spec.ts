import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JsonObject } from '@touchline/core';
import type { UnchainedMetadata } from './event-codec.js';
import { canonicalJson, chainLink, encodeEvent } from './event-codec.js';

const event = (meta: object, data: JsonObject = { b: 1, a: [2] }) => ({
  ...{ id: '7f1c7f0e-55a3-5f6e-8a1a-9f2b7c1d4e10', stream: 'journey-shop.j', revision: 3, type: 'call-made', data },
  meta: meta as UnchainedMetadata,
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
      { examples: [[{ '': false, 0: false }]] },
    );
  });
});

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

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v4 as uuidv4, v5 as uuidv5 } from 'uuid';
import { nameUuid } from './name-uuid.js';

describe('the UUID of a name', () => {
  it('is that of RFC 9562', () => {
    expect(nameUuid('www.example.com', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('is, for every name, the one that the library gives', () => {
    const namespace = uuidv4();
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => expect(nameUuid(name, namespace)).toBe(uuidv5(name, namespace))));
  });

  it('is none of half a character, which would be the same for another half, nor in no namespace', () => {
    expect(() => nameUuid('\ud800', uuidv4())).toThrow();
    expect(() => nameUuid('name', 'abc')).toThrow();
  });
});

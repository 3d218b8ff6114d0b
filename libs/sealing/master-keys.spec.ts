import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { digest } from './digest.js';
import { SealBroken, UnknownMasterKey } from './errors.js';
import { MasterKeys } from './master-keys.js';

const first = { version: 1, key: randomBytes(32) };
const second = { version: 2, key: randomBytes(32) };
const personal = randomBytes(32);

describe('master keys', () => {
  it('wrap with the highest version and open what an older one wrapped', () => {
    const old = new MasterKeys([first]).wrap(personal, 'g/customer:1');
    const both = new MasterKeys([second, first]);
    expect(old.version).toBe(1);
    expect(both.wrap(personal, 'g/customer:1').version).toBe(2);
    expect(both.unwrap(old, 'g/customer:1')).toEqual(personal);
  });

  it('say which version is missing', () => {
    const wrapped = new MasterKeys([first, second]).wrap(personal, 'g/customer:1');
    expect(() => new MasterKeys([first]).unwrap(wrapped, 'g/customer:1')).toThrow(new UnknownMasterKey(2));
  });

  it("do not open under another key of the same version, nor in another person's row", () => {
    const wrapped = new MasterKeys([first]).wrap(personal, 'g/customer:1');
    expect(() => new MasterKeys([{ ...second, version: 1 }]).unwrap(wrapped, 'g/customer:1')).toThrow(SealBroken);
    expect(() => new MasterKeys([first]).unwrap(wrapped, 'g/customer:2')).toThrow(SealBroken);
  });

  it('have 32 bytes, and there is at least one', () => {
    expect(() => new MasterKeys([])).toThrow('32 bytes');
    expect(() => new MasterKeys([{ version: 1, key: randomBytes(16) }])).toThrow('32 bytes');
  });
});

describe('digest', () => {
  it('is HMAC-SHA-256 in hex, and keyed', () => {
    expect(digest('secret', 'a')).toMatch(/^[0-9a-f]{64}$/);
    expect(digest('secret', 'a')).toBe(digest('secret', 'a'));
    expect(digest('secret', 'a')).not.toBe(digest('other secret', 'a'));
  });

  it('tells its parts apart', () => {
    expect(digest('secret', 'ab', 'c')).not.toBe(digest('secret', 'a', 'bc'));
    expect(digest('secret', 'a')).not.toBe(digest('secret', 'a', ''));
  });

  // Streams are named by it: another result would lose every identifier there is.
  it('stays what it was', () => {
    expect(digest('secret', 'dongfang', 'phone', '+8613600004444')).toBe(
      '25c85a5b52725e8a00220238786028d6fd2228ace996e397783993253dadf8ac',
    );
  });
});

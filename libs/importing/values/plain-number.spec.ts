import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainNumber } from './plain-number.js';

describe('a number in any form of xs:double', () => {
  it.each([
    ['2.298E5', '229800'],
    ['229800.0', '229800'],
    ['2.298e-3', '0.002298'],
    ['1E0', '1'],
    ['+1.5E+1', '15'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['000', '0'],
    ['0E5', '0'],
    ['1.38E+10', '13800000000'],
    ['12345678901234567890.12', '12345678901234567890.12'],
  ])('%s is %s', (text, plain) => expect(plainNumber(text)).toBe(plain));

  it.each(['', '.', 'E5', '1E', '1,5', 'INF', 'NaN', '1E9999', '0x10', ' 1'])('%j is none', (text) => expect(plainNumber(text)).toBeNull());

  it('is the number that it was', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Number(plainNumber(String(number)))).toBe(number === 0 ? Number(String(number)) : number);
      }),
    );
  });
});

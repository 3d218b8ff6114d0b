import { describe, expect, it } from '@jest/globals';
import type { FieldValue } from '../mapping/mapping.js';
import type { Kind } from './kinds.js';
import { kindParser } from './kinds.js';

const defaults = { zone: 'Asia/Shanghai', clockChange: 'reject' as const, userId: (login: string) => `id of ${login}` };
const parse = (kind: Kind, text: string, value: FieldValue = {}): unknown => {
  const parsed = kindParser(kind, value, defaults)(text);
  return 'json' in parsed ? parsed.json : parsed.reason;
};

describe('values of a kind', () => {
  it.each<[string, FieldValue, unknown]>([
    ['1054', {}, 105400],
    ['1054.5', {}, 105450],
    ['1054.50', {}, 105450],
    ['1054.500', {}, 105450],
    ['-3.10', {}, -310],
    ['0', {}, 0],
    ['1.054,50', { decimal: ',', group: '.' }, 105450],
    ["1'054'321.5", { group: "'" }, 105432150],
    ['7036874417.11', {}, 703687441711],
    ['1054.505', {}, 'value.too-many-decimals'],
    ['1,054', {}, 'value.not-a-number'],
    ['1,05,4', { group: ',' }, 'value.not-a-number'],
    ['1,0543', { group: ',' }, 'value.not-a-number'],
    ['1054,321', { group: ',' }, 'value.not-a-number'],
    ['1e3', {}, 'value.not-a-number'],
    ['0x10', {}, 'value.not-a-number'],
    ['.5', {}, 'value.not-a-number'],
    ['5.', {}, 'value.not-a-number'],
    ['', {}, 'value.not-a-number'],
    ['NaN', {}, 'value.not-a-number'],
    ['$5', {}, 'value.not-a-number'],
    ['99999999999999999', {}, 'value.out-of-range'],
  ])('money %s %j is %s cents', (text, value, expected) => {
    const read = parse({ kind: 'money' }, text, { ...value, currency: 'USD' });
    expect(read).toEqual(typeof expected === 'number' ? { amount: expected, currency: 'USD' } : expected);
  });

  it('knows how many decimals a currency has', () => {
    expect(parse({ kind: 'money' }, '1500', { currency: 'JPY' })).toEqual({ amount: 1500, currency: 'JPY' });
    expect(parse({ kind: 'money' }, '1500.5', { currency: 'JPY' })).toBe('value.too-many-decimals');
  });

  it.each<[Kind, string, unknown]>([
    [{ kind: 'integer', min: 0, max: 99 }, ' 12 ', 12],
    [{ kind: 'integer', min: 0, max: 99 }, '12.0', 12],
    [{ kind: 'integer', min: 0, max: 99 }, '12.5', 'value.not-whole'],
    [{ kind: 'integer', min: 0, max: 99 }, '100', 'value.out-of-range'],
    [{ kind: 'integer', min: 0, max: 99 }, 'twelve', 'value.not-a-number'],
    [{ kind: 'number' }, '-1.25', -1.25],
    [{ kind: 'boolean' }, 'true', true],
    [{ kind: 'boolean' }, 'yes', 'value.not-a-boolean'],
    [{ kind: 'choice', of: ['a', 'b'] }, 'b', 'b'],
    [{ kind: 'choice', of: ['a', 'b'] }, 'c', 'value.not-allowed'],
    [{ kind: 'text', max: 3 }, 'abc', 'abc'],
    [{ kind: 'text', max: 3 }, 'abcd', 'value.too-long'],
    [{ kind: 'list', max: 5 }, 'a, b,,c', ['a', 'b', 'c']],
    [{ kind: 'list', max: 5 }, 'a,banana', 'value.too-long'],
    [{ kind: 'user' }, 'wang', 'id of wang'],
  ])('%j reads %j as %j', (kind, text, expected) => expect(parse(kind, text)).toEqual(expected));

  it('reads times in the zone of the mapping, or its own', () => {
    const kind: Kind = { kind: 'instant' };
    expect(parse(kind, '2024-03-05', { format: 'yyyy-MM-dd' })).toBe('2024-03-04T16:00:00.000Z');
    expect(parse(kind, '2024-03-05', { format: 'yyyy-MM-dd', zone: 'UTC' })).toBe('2024-03-05T00:00:00.000Z');
    expect(parse(kind, '05.03.2024', { format: 'yyyy-MM-dd' })).toBe('value.not-a-time');
  });
});

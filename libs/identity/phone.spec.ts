import { describe, expect, it } from '@jest/globals';
import { normalisePhone } from './phone.js';

describe('a telephone number', () => {
  it.each([
    ['13600004444', '+8613600004444'],
    ['+86 136-0000-4444', '+8613600004444'],
    ['0086 136 0000 4444', '+8613600004444'],
    ['8613600004444', '+8613600004444'],
    [' 136 0000 4444 ', '+8613600004444'],
    ['１３６００００４４４４', '+8613600004444'],
    ['\u202a136\u200b0000\u20664444\u2069\u202c', '+8613600004444'],
    ['010-8888 1234', '+861088881234'],
    ['+86 (0)10 8888 1234', '+861088881234'],
    ['(021) 6888-1234', '+862168881234'],
    ['400-820-8820', '+864008208820'],
    ['+852 9123 4567', '+85291234567'],
    ['+1 212 555 0123', '+12125550123'],
  ])('%j is %s', (typed, value) => expect(normalisePhone(typed)).toEqual({ value }));

  it('without a country code is of the country asked for', () => {
    expect(normalisePhone('030 901820', 'DE')).toEqual({ value: '+4930901820' });
  });

  it.each([
    '',
    ' ',
    'abc',
    '123',
    '1360000444',
    '136000044444',
    '12000001111',
    '95533',
    '13600004444 / 13700001111',
    '手机13600004444',
    '+999 123456',
    '1'.repeat(300),
  ])('%j is none', (typed) => expect(normalisePhone(typed)).toMatchObject({ code: 'phone.invalid' }));

  it.each([
    '010-88881234 ext. 12',
    '021-68881234转123',
    '021-68881234 转 5',
    '02168881234#12',
    '+8613600004444;ext=3',
    '021-68881234-801',
    '13512345678-9100',
  ])('%j has an extension, which is nobody’s own number', (typed) =>
    expect(normalisePhone(typed)).toMatchObject({ code: 'phone.extension' }),
  );

  it('says nothing of the number in its refusal', () => {
    expect(JSON.stringify(normalisePhone('13600004444444'))).not.toContain('1360');
  });
});

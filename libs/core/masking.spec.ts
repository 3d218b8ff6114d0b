import { describe, expect, it } from '@jest/globals';
import { maskIdentifier, maskName, maskPhone } from './masking.js';

describe('masking', () => {
  it.each<[string, 'person' | 'organisation', string]>([
    ['王芳', 'person', '王*'],
    ['王', 'person', '王*'],
    ['欧阳娜娜', 'person', '欧*'],
    ['Ada Lovelace', 'person', 'A***'],
    [' 𠮷田', 'person', '𠮷*'],
    ['', 'person', '***'],
    ['北京大华贸易有限公司', 'organisation', '北京****公司'],
    ['大华', 'organisation', '大*'],
  ])('%s, a %s, is shown as %s', (name, kind, masked) => expect(maskName(name, kind)).toBe(masked));

  it.each([
    ['phone', '+8613800001111', '+86138****1111'],
    ['email', 'wangfang@example.com', 'w***@example.com'],
    ['email', 'broken', '***'],
    ['wechat', 'wangfang', 'w***'],
    ['member-number', 'VIP-0012', 'V***'],
    ['wechat', '', '***'],
  ])('the %s %s is shown as %s', (kind, value, masked) => expect(maskIdentifier(kind, value)).toBe(masked));

  it.each([
    ['+862158881234', '+8621****1234'],
    ['+491234567', '+4****4567'],
    ['+3545555', '********'],
    ['', '********'],
  ])('the number %s is shown as %s', (phone, masked) => expect(maskPhone(phone)).toBe(masked));
});

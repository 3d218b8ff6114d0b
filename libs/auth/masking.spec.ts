import { describe, expect, it } from '@jest/globals';
import type { Role, SiteScope } from '@touchline/core';
import { ROLES } from '@touchline/core';
import { maskName, maskPhone, mayReadPersonal } from './masking.js';

describe("a customer's name", () => {
  it.each(ROLES)('in clear for a %s of the site, if they meet customers', (role) => {
    const meets = ['consultant', 'manager', 'service-manager'].includes(role);
    expect(mayReadPersonal({ roles: [role], sites: ['pudong'] }, ['pudong', 'minhang'])).toBe(meets);
    expect(mayReadPersonal({ roles: [role], sites: 'all' }, ['pudong'])).toBe(meets);
  });

  it.each<[Role[], SiteScope, string[]]>([
    [['consultant'], ['minhang'], ['pudong']],
    [['consultant'], [], ['pudong']],
    [['manager'], 'all', []],
    [[], 'all', ['pudong']],
  ])('not in clear for %j of %j where the customer is of %j', (roles, sites, siteIds) => {
    expect(mayReadPersonal({ roles, sites }, siteIds)).toBe(false);
  });

  it.each([
    ['王芳', '王*'],
    ['欧阳娜娜', '欧*'],
    ['Ada Lovelace', 'A***'],
    [' 𠮷田', '𠮷*'],
    ['', '***'],
  ])('%s is masked as %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
  });
});

it.each([
  ['+8613800001111', '+86138****1111'],
  ['+862158881234', '+8621****1234'],
  ['+491234567', '+4****4567'],
  ['+3545555', '********'],
  ['', '********'],
])('the number %s is masked as %s', (phone, masked) => {
  expect(maskPhone(phone)).toBe(masked);
});

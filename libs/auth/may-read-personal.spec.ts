import { describe, expect, it } from '@jest/globals';
import type { Role, SiteScope } from '@touchline/core';
import { ROLES } from '@touchline/core';
import { mayReadPersonal } from './may-read-personal.js';

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
});

import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import type { SiteScope } from '@touchline/core';
import { SLUG } from '@touchline/core';

// Where somebody may act, as the API tells it: a list, and beside it whether it is the whole group. A word in place of the
// list is a type that half of all languages do not have.

const MOST_SITES = 500;

export interface ScopeShown {
  allSites: boolean;
  sites: string[];
}

export const scopeShown = (scope: SiteScope): ScopeShown => ({
  allSites: scope === 'all',
  sites: scope === 'all' ? [] : [...scope],
});

const isSiteScope = (value: unknown): boolean =>
  value === 'all' ||
  (Array.isArray(value) &&
    value.length <= MOST_SITES &&
    new Set(value).size === value.length &&
    value.every((siteId) => typeof siteId === 'string' && SLUG.test(siteId)));

const SITES = {
  description: 'ids of sites',
  type: 'array' as const,
  items: { type: 'string', pattern: SLUG.source },
  example: ['pudong'],
};

export const SiteList = (): PropertyDecorator => (target, property) => {
  ApiProperty({ ...SITES, uniqueItems: true, maxItems: MOST_SITES })(target, property);
  ValidateBy({
    name: 'isSiteScope',
    validator: { validate: isSiteScope, defaultMessage: () => '$property must be a list of site ids, each named once' },
  })(target, property);
};

/** Both, in an answer. */
export class ScopeOfSites implements ScopeShown {
  @ApiProperty({ description: 'the whole group; `sites` is empty then', example: false })
  allSites!: boolean;

  @ApiProperty(SITES)
  sites!: string[];
}

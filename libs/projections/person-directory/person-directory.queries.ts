import { meetsCustomers } from '@touchline/auth';
import type { MaskedSearches } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import type { ReadQuery } from '@touchline/http';
import { Paging, Problem } from '@touchline/http';
import { query } from '../named-query.js';
import { unknown } from '../read-models.js';
import type { PersonShown, SearchQuery } from './person-directory.dto.js';
import type { SearchResult } from './person-directory.query.js';
import { personOf, readSearch, searchPeople } from './person-directory.query.js';

const VIEWS = ['person-directory', 'customer-streams', 'identity-questions'];

/** What somebody under a mask learns by it is theirs to see once it is recorded. */
export const peopleFound = query<SearchQuery, SearchResult>('people-found', async ({ read, secret, masked }, asked, caller) => {
  await read.upTo(asked.after, ...VIEWS, 'group-directory');
  const search = readSearch(secret, caller.tenant, asked.q);
  if (search === null)
    throw new Problem(400, 'request.invalid', 'there is nothing to search by', {
      errors: [{ field: 'q', rule: 'search', detail: 'name at least one letter, character or digit' }],
    });
  const paging = new Paging(asked, 'closest', ['number', 'text']);
  await count(masked, caller);
  return searchPeople(read.ask, caller, search, paging);
});

/** @throws Problem where somebody under a mask has searched too often today */
async function count(masked: MaskedSearches, { tenant, userId, roles }: Caller): Promise<void> {
  if (meetsCustomers({ roles })) return;
  const wait = await masked.count(tenant, userId);
  if (wait === null) return;
  const detail = `at most ${masked.mostADay} searches a day by those who see names masked`;
  throw new Problem(429, 'rate.limited', detail, { headers: { 'retry-after': String(wait) } });
}

export const personAsked = query<ReadQuery & { customerId: string }, PersonShown>(
  'person',
  async ({ read }, { after, customerId }, caller) => {
    await read.upTo(after, ...VIEWS);
    const person = await personOf(read.ask, caller, customerId);
    if (person === undefined) throw unknown('customer');
    return person;
  },
);

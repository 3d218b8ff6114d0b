import type { Caller } from '@touchline/core';
import { maskName } from '@touchline/core';
import { mayReadPersonal, meetsCustomers } from '@touchline/auth';
import type { Learned } from '@touchline/commands';
import type { Page, Paging } from '@touchline/http';
import { identifierDigest, lastFourDigest, normaliseIdentifier } from '@touchline/identity';
import { IDENTIFIER_KINDS } from '@touchline/touchpoints/customer/identifier.events.js';
import type { SqlQuery } from '../sql-query.js';
import { Entry } from '../group-directory/group-directory.entity.js';
import { keyset, pageSql, where } from '../keyset.js';
import { parameters } from '../read-models.js';
import { rowsOf, selectFrom } from '../select-from.js';
import type { ListedIdentifier } from './person-directory.entity.js';
import { gramsToFind, searchForm } from './person-directory.projection.js';

/** A person as this reader may see them (domain §13.2). */
export interface PersonFound {
  customerId: string;
  revision: number;
  customerType: string | null;
  /** In clear only for those who meet customers at one of the customer's sites. */
  name: string | null;
  formOfAddress: string | null;
  inClear: boolean;
  identifiers: { identifierType: string; masked: string }[];
  /** Those of the reader's at which the customer is known. */
  siteIds: string[];
  /** Nothing is kept of them any more. */
  erased: boolean;
}

interface Found {
  customerId: string;
  revision: number;
  kind: 'person' | 'organisation' | null;
  name: string | null;
  formOfAddress: string | null;
  identifiers: ListedIdentifier[];
  sites: string[];
  exact: number;
  erased: boolean;
}

/** What a search text can mean; null where it means nothing. */
export interface Search {
  name: string;
  digests: readonly string[];
  /** Of four digits: by what they are found at customers whom this site registered. */
  lastFourAt: ((siteId: string) => string) | null;
}

/** A name or a part of one, an identifier typed in full, or four digits, in whatever form people type them (ADR 0038). */
export function readSearch(secret: string, tenant: string, typed: string): Search | null {
  const digests = IDENTIFIER_KINDS.flatMap((kind) => {
    const normalised = normaliseIdentifier({ kind, value: typed });
    return 'value' in normalised ? [identifierDigest(secret, tenant, kind, normalised.value)] : [];
  });
  const name = searchForm(typed);
  const lastFourAt = /^\d{4}$/.test(name) ? (siteId: string) => lastFourDigest(secret, tenant, siteId, name) : null;
  return name === '' && digests.length === 0 ? null : { name, digests, lastFourAt };
}

/**
 * The key is asked as well as the row: what still stands in a row, since its projection is behind, is no longer shown once
 * the key is gone.
 */
const ERASED = `(erased or exists (
  select from touchline.personal_keys as key
  where key.tenant = person_directory.tenant and key.subject = 'customer:' || customer_id and key.erased_at is not null))`;

/** What was found, and what it shows somebody of those whom they see masked. */
export interface SearchResult {
  page: Page<PersonFound>;
  learned: Learned[];
}

/**
 * Customers who are known at one of the caller's sites; whose name is just the text come first. A part finds those alone
 * whose name the caller reads: under a mask it would spell the name out, character by character.
 */
export async function searchPeople(ask: SqlQuery, caller: Caller, search: Search, paging: Paging): Promise<SearchResult> {
  const { name, digests } = search;
  const lastFours = await lastFoursFor(ask, caller, search);
  const { values, $ } = parameters();
  const means = [
    ...(name === '' ? [] : [`name_grams @> ${$(gramsToFind(name))}::text[] and (name_search = ${$(name)} or ${partOf($, caller, name)})`]),
    ...(digests.length === 0 ? [] : [`digests && ${$(digests)}::text[]`]),
    ...(lastFours.length === 0 ? [] : [`last_fours && ${$(lastFours)}::text[] and known.sites <> '{}'`]),
  ];
  const people = peopleSql($, caller, `(${means.join(' or ')}) and not ${ERASED}`, `(name_search = ${$(name)})::integer`);
  const page = keyset($, paging, 'exact', '"customerId"');
  const rows = await ask<Found>(`select * from (${people}) as people ${where(page.beyond)} ${pageSql(page)}`, values);
  const { items, next } = paging.page(rows, ({ exact, customerId }) => [exact, customerId]);
  const shown = { items: items.map((found) => shownTo(caller, found)), next };
  const masked = items.filter((_, at) => shown.items[at]?.inClear === false);
  return { page: shown, learned: masked.map((found) => learnedOf(found, digests)) };
}

/** At whatever site somebody was registered: by now they may be known at one of the caller's too, and only those are found. */
async function lastFoursFor(ask: SqlQuery, caller: Caller, { lastFourAt }: Search): Promise<string[]> {
  if (lastFourAt === null || !meetsCustomers(caller)) return [];
  const sites = await rowsOf<{ id: string }>(ask, selectFrom(Entry, 'id').where({ tenant: caller.tenant, kind: 'site' }));
  return sites.map(({ id }) => lastFourAt(id));
}

/** `known` holds those sites of the caller's at which the customer is known: with any, and such a role, the name is in clear. */
const partOf = ($: (value: unknown) => string, caller: Caller, name: string): string =>
  meetsCustomers(caller) ? `known.sites <> '{}' and position(${$(name)} in name_search) > 0` : 'false';

function learnedOf({ customerId, exact, identifiers }: Found, digests: readonly string[]): Learned {
  const typed = identifiers.filter(({ digest }) => digests.includes(digest));
  const fields = [
    ...(exact === 1 ? ['name' as const] : []),
    ...(typed.some(({ kind }) => kind === 'phone') ? ['phones' as const] : []),
    ...(typed.some(({ kind }) => kind !== 'phone') ? ['details' as const] : []),
  ];
  return { customerId, fields };
}

export async function personOf(ask: SqlQuery, caller: Caller, customerId: string): Promise<PersonFound | undefined> {
  const { values, $ } = parameters();
  const [found] = await ask<Found>(peopleSql($, caller, `customer_id = ${$(customerId)}`, '1'), values);
  return found && shownTo(caller, found);
}

function peopleSql($: (value: unknown) => string, { tenant, sites }: Caller, which: string, exact: string): string {
  const theirs = sites === 'all' ? '' : `and site_id = any(${$(sites)}::text[])`;
  return `select customer_id as "customerId", revision, kind, name, form_of_address as "formOfAddress", identifiers, known.sites, ${exact} as exact,
      ${ERASED} as erased
    from read_model.person_directory
    cross join lateral (
      select coalesce(array_agg(distinct site_id order by site_id), '{}') as sites from (
        select tenant, customer_id, site_id from read_model.customer_streams
        union all select tenant, customer_id, at_site_id from read_model.identity_questions where answer = 'share'
      ) as known_at
      where tenant = person_directory.tenant and customer_id = person_directory.customer_id and site_id is not null ${theirs}
    ) as known
    where tenant = ${$(tenant)} and ${which} ${sites === 'all' ? '' : `and known.sites <> '{}'`}`;
}

function shownTo(caller: Caller, { customerId, revision, kind, name, formOfAddress, identifiers, sites, erased }: Found): PersonFound {
  if (erased)
    return {
      customerId,
      revision,
      customerType: kind,
      name: null,
      formOfAddress: null,
      inClear: false,
      identifiers: [],
      siteIds: sites,
      erased,
    };
  const inClear = mayReadPersonal(caller, sites);
  return {
    customerId,
    revision,
    customerType: kind,
    name: name === null || inClear ? name : maskName(name, kind ?? 'person'),
    formOfAddress: inClear ? formOfAddress : null,
    inClear,
    identifiers: identifiers.map(({ kind: identifierType, masked }) => ({ identifierType, masked })),
    siteIds: sites,
    erased,
  };
}

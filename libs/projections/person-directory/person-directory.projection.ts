import type { Projection, RecordedEvent, RowOf } from '@touchline/core';
import { isErased, maskIdentifier, parseStreamName } from '@touchline/core';
import type { CustomerDetailsChanged, CustomerEvent, CustomerIdentifiedOpened } from '@touchline/touchpoints/customer/customer.events.js';
import { revisionOf } from '../revision.fold.js';
import type { ListedIdentifier, Person as PersonEntity } from './person-directory.entity.js';

type Person = RowOf<PersonEntity>;

export const personDirectoryProjection: Projection<Person> = {
  name: 'person-directory',
  version: 3,
  personal: true,
  keys(event) {
    const stream = parseStreamName(event.stream);
    return stream?.category === 'customer' ? [stream.id] : [];
  },
  evolve(row, event, customerId, versions) {
    const known = event as RecordedEvent<CustomerEvent>;
    const revision = revisionOf(row, event, versions);
    const person = { ...(row ?? { ...nobody, customerId, tenant: event.meta.tenant }), revision };
    // The key is gone for good, so every field of this person is, and nothing of them may stand in clear.
    if (person.erased || known.type === 'customer-erased' || Object.values(event.data).some(isErased)) {
      const kind = known.type === 'customer-registered' ? known.data.kind : person.kind;
      return { ...nobody, customerId, tenant: person.tenant, revision, kind, erased: true };
    }
    switch (known.type) {
      case 'customer-registered':
        return named({ ...person, kind: known.data.kind }, known.data);
      case 'customer-details-changed':
        return named(person, known.data);
      case 'customer-identified': {
        const { kind, digest, value, lastFour }: CustomerIdentifiedOpened = known.data;
        return identified(person, [
          ...without(person, digest),
          { kind, digest, masked: maskIdentifier(kind, value), lastFour: lastFour ?? null },
        ]);
      }
      case 'customer-identifier-removed':
      case 'identifier-claim-withdrawn':
        return identified(person, without(person, known.data.digest));
      default:
        return person;
    }
  },
};

const nobody: Omit<Person, 'customerId' | 'tenant' | 'revision'> = {
  kind: null,
  name: null,
  formOfAddress: null,
  nameSearch: '',
  nameGrams: [],
  identifiers: [],
  digests: [],
  lastFours: [],
  erased: false,
};

/** Absent leaves as it is, null takes back. */
function named(person: Person, change: Pick<CustomerDetailsChanged, 'name' | 'formOfAddress'>): Person {
  const name = change.name === undefined ? person.name : change.name;
  const formOfAddress = change.formOfAddress === undefined ? person.formOfAddress : change.formOfAddress;
  const nameSearch = searchForm(name ?? '');
  return { ...person, name, formOfAddress, nameSearch, nameGrams: gramsOf(nameSearch) };
}

const without = (person: Person, digest: string): ListedIdentifier[] => person.identifiers.filter((each) => each.digest !== digest);

function identified(person: Person, identifiers: ListedIdentifier[]): Person {
  const sorted = identifiers.sort((a, b) => (a.digest < b.digest ? -1 : 1));
  const lastFours = sorted.flatMap(({ lastFour }) => lastFour ?? []);
  return { ...person, identifiers: sorted, digests: sorted.map(({ digest }) => digest), lastFours: [...new Set(lastFours)].sort() };
}

/** A name as it is searched: one form of each character, small letters, no blanks or marks between. */
export const searchForm = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s·•.,'-]+/gu, '');

/**
 * Single characters and pairs of neighbours, each once. Chinese names have two to four characters and are searched by
 * one or two of them, which indexes over three characters do not serve.
 */
export function gramsOf(form: string): string[] {
  const characters = Array.from(form);
  const pairs = characters.slice(1).map((character, index) => `${characters[index] ?? ''}${character}`);
  return [...new Set([...characters, ...pairs])].sort();
}

/** What a row must hold for a search to be in its name; nothing for an empty search. */
export function gramsToFind(form: string): string[] {
  const grams = gramsOf(form);
  return Array.from(form).length === 1 ? grams : grams.filter((gram) => Array.from(gram).length === 2);
}

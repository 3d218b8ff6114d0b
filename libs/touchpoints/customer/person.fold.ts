import type { JsonObject, RecordedEvent } from '@touchline/core';
import { applyCorrections, byOccurrence, isErased } from '@touchline/core';
import type { CustomerDetailsChanged, CustomerEvent, CustomerRegistered } from './customer.events.js';
import type { IdentifierKind } from './identifier.events.js';

/** Stands for what was known until the person was erased (domain §13.4). */
export interface Erased extends JsonObject {
  erased: true;
}

/** In clear, or gone for good. */
export type Kept = string | Erased;

export interface KeptIdentifier {
  identifierType: IdentifierKind;
  value: Kept;
}

const DETAILS = ['gender', 'language', 'birthday', 'address', 'employer', 'occupation', 'family', 'note'] as const;

/** Everything kept of a person; a detail that nobody gave is left out. */
export interface Person {
  name?: Kept;
  formOfAddress?: Kept;
  identifiers: readonly KeptIdentifier[];
  details: Partial<Record<(typeof DETAILS)[number], Kept>>;
}

/** A person as their customer's events tell of them, personal fields opened. A view: by occurrence, corrected ones replaced (ADR 0009). */
export function personFrom(opened: readonly RecordedEvent[]): Person {
  const given: Partial<Record<string, Kept | null>> = {};
  const identifiers = new Map<string, KeptIdentifier>();
  for (const event of applyCorrections(opened).sort(byOccurrence)) {
    const known = event as RecordedEvent<CustomerEvent>;
    switch (known.type) {
      case 'customer-registered':
      case 'customer-details-changed':
        for (const detail of ['name', 'formOfAddress', ...DETAILS] as const) {
          const value = (known.data as Pick<CustomerRegistered, 'name'> & CustomerDetailsChanged)[detail];
          if (value !== undefined) given[detail] = kept(value);
        }
        break;
      case 'customer-identified': {
        const { digest, kind, value } = known.data;
        identifiers.set(digest, { identifierType: kind, value: kept(value) ?? '' });
        break;
      }
      case 'customer-identifier-removed':
      case 'identifier-claim-withdrawn':
        identifiers.delete(known.data.digest);
        break;
      default:
    }
  }
  const of = (detail: string): Partial<Record<string, Kept>> => {
    const value = given[detail];
    return value === undefined || value === null ? {} : { [detail]: value };
  };
  return {
    ...of('name'),
    ...of('formOfAddress'),
    identifiers: [...identifiers.values()],
    details: Object.assign({}, ...DETAILS.map(of)) as Person['details'],
  };
}

const kept = (value: unknown): Kept | null => (isErased(value) ? { erased: true } : (value as string | null));

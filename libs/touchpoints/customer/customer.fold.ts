import type { Fold, Position, RecordedEvent } from '@touchline/core';
import type { IdentifierKind } from './identifier.events.js';
import type { QuestionEvent } from './question.events.js';
import type { Purpose, CustomerErased, CustomerEvent } from './customer.events.js';

/** What decisions about a customer need to know of them; nothing personal. */
export interface CustomerStanding {
  /** A stream without this holds no customer, whatever else stands in it. */
  registered: boolean;
  /** The command that registered them. */
  registeredBy: string | null;
  siteId: string | null;
  /** Kinds by digest, of the identifiers they have now. */
  identifiers: Readonly<Record<string, IdentifierKind>>;
  /** Where in the log a digest was last given up: what was claimed before then is void. */
  givenUp: Readonly<Record<string, Position>>;
  consents: readonly Purpose[];
  /** Further sites that may act on them, since the site at which they were registered said so. */
  sharedWith: readonly string[];
  /** Nothing personal is kept of them any more, nor taken again (domain §13.4). */
  erased: boolean;
}

export const noCustomer: CustomerStanding = {
  registered: false,
  registeredBy: null,
  siteId: null,
  identifiers: {},
  givenUp: {},
  consents: [],
  sharedWith: [],
  erased: false,
};

export function evolveCustomer(customer: CustomerStanding, event: RecordedEvent): CustomerStanding {
  const known = event as RecordedEvent<CustomerEvent | QuestionEvent>;
  switch (known.type) {
    case 'identity-settled':
      return known.data.sharedWith === undefined ? customer : { ...customer, sharedWith: [...customer.sharedWith, known.data.sharedWith] };
    case 'customer-registered':
      return { ...customer, registered: true, registeredBy: known.meta.commandId, siteId: known.data.siteId };
    case 'customer-identified':
      return { ...customer, identifiers: { ...customer.identifiers, [known.data.digest]: known.data.kind } };
    case 'customer-identifier-removed':
    case 'identifier-claim-withdrawn': {
      const { [known.data.digest]: _, ...identifiers } = customer.identifiers;
      return { ...customer, identifiers, givenUp: { ...customer.givenUp, [known.data.digest]: known.position } };
    }
    case 'consent-given':
      return { ...customer, consents: [...without(customer.consents, known.data.purpose), known.data.purpose] };
    case 'consent-withdrawn':
      return { ...customer, consents: without(customer.consents, known.data.purpose) };
    case 'customer-erased': {
      const free = Object.keys(customer.identifiers).map((digest) => [digest, known.position] as const);
      return { ...customer, erased: true, identifiers: {}, consents: [], givenUp: { ...customer.givenUp, ...Object.fromEntries(free) } };
    }
    default:
      return customer;
  }
}

export const customerFold: Fold<CustomerStanding> = { name: 'customer', initial: noCustomer, evolve: evolveCustomer };

/** What was done for whoever asked: proof for them, and nothing of the person. */
export interface ErasureReceipt {
  /** Id of the event that tells it; the number of the receipt. */
  receipt: string;
  customerId: string;
  erasedAt: string;
  askedBy: CustomerErased['askedBy'];
  reason: CustomerErased['reason'];
  /** User who did it. */
  by: string;
  /** How many identifiers were set free. */
  identifiers: number;
}

/** Null as long as the customer is not erased. */
export function receiptOf(customerId: string, events: readonly RecordedEvent[]): ErasureReceipt | null {
  const index = events.findIndex(({ type }) => type === 'customer-erased');
  const erased = events[index] as RecordedEvent<Extract<CustomerEvent, { type: 'customer-erased' }>> | undefined;
  if (erased === undefined) return null;
  const { identifiers } = events.slice(0, index).reduce(evolveCustomer, noCustomer);
  return {
    receipt: erased.id,
    customerId,
    erasedAt: erased.meta.occurredAt,
    ...{ askedBy: erased.data.askedBy, reason: erased.data.reason, by: erased.meta.actor.id },
    identifiers: Object.keys(identifiers).length,
  };
}

const without = (consents: readonly Purpose[], purpose: Purpose): Purpose[] => consents.filter((each) => each !== purpose);

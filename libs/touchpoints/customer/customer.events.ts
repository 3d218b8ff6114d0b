import type { EventDefinition, JsonObject, Position, RecordedEvent } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import { AS_TOLD_UNTIL } from '../touchpoint.events.js';
import type { IdentifierKind } from './identifier.events.js';
import type { QuestionEvent } from './question.events.js';

// Category and stream: `customer`, one stream per person or organisation (domain §2.1). Stored shapes: never edit, only upcast.

export const GENDERS = ['f', 'm', 'other'] as const;
export const CUSTOMER_KINDS = ['person', 'organisation'] as const;
/** What needs recorded consent (domain §13.3). */
export const PURPOSES = ['marketing-messages', 'photos', 'reference', 'friend-contact'] as const;
export const CONSENT_WAYS = ['written', 'spoken', 'online', 'message'] as const;

/** Who asked for an erasure: the person, whoever acts for them, an authority, or the group itself. */
export const ERASURE_ASKERS = ['person', 'representative', 'authority', 'group'] as const;
/** Why: asked without more, a consent was withdrawn, the data are needed no longer, they were kept without ground, or a ruling. */
export const ERASURE_REASONS = ['asked', 'consent-withdrawn', 'no-longer-needed', 'without-ground', 'ruling'] as const;

export type Gender = (typeof GENDERS)[number];
export type Purpose = (typeof PURPOSES)[number];

export interface CustomerRegistered extends JsonObject {
  kind: (typeof CUSTOMER_KINDS)[number];
  name?: string;
  gender?: Gender;
  /** As they wish to be called: 王女士. */
  formOfAddress?: string;
  /** BCP 47 tag of the language they are written to in. */
  language?: string;
  /** Where they were first met. */
  siteId: string;
  /** How they heard of us. */
  media?: string;
  /** Known by nothing yet: recorded apart from a customer of another site, who may be the same. */
  standsIn?: boolean;
}

/** Only what changed, as the customer gave it; null takes a detail back. */
export interface CustomerDetailsChanged extends JsonObject {
  name?: string | null;
  gender?: Gender | null;
  formOfAddress?: string | null;
  language?: string | null;
  /** Calendar date `YYYY-MM-DD`, or `--MM-DD` where the year was not given. */
  birthday?: string | null;
  address?: string | null;
  employer?: string | null;
  occupation?: string | null;
  family?: string | null;
  note?: string | null;
}

/** An identifier in its one form, and the digest its stream is found by (ADR 0043). */
export interface CustomerIdentified extends JsonObject {
  kind: IdentifierKind;
  digest: string;
  value: string;
}

/** As the person directory is given it; never stored. */
export interface CustomerIdentifiedOpened extends CustomerIdentified {
  /** Of a telephone number: the keyed digest of its last four digits, made where the number is opened. */
  lastFour?: string;
}

export interface CustomerIdentifierRemoved extends JsonObject {
  kind: IdentifierKind;
  digest: string;
  reason: 'changed' | 'wrong' | 'asked';
}

/** An identifier was claimed for this customer and given up before it was theirs; nothing of it remains. */
export interface IdentifierClaimWithdrawn extends JsonObject {
  digest: string;
}

export interface ConsentGiven extends JsonObject {
  purpose: Purpose;
  how: (typeof CONSENT_WAYS)[number];
  /** What proves it: the form's number, the words said. */
  evidence?: string;
}

export interface ConsentWithdrawn extends JsonObject {
  purpose: Purpose;
  how: (typeof CONSENT_WAYS)[number];
  evidence?: string;
}

/** The person's key is gone and every identifier free; in words of a list, since free text might tell of the person. */
export interface CustomerErased extends JsonObject {
  askedBy: (typeof ERASURE_ASKERS)[number];
  reason: (typeof ERASURE_REASONS)[number];
}

export type CustomerEvent =
  | { type: 'customer-registered'; data: CustomerRegistered }
  | { type: 'customer-details-changed'; data: CustomerDetailsChanged }
  | { type: 'customer-identified'; data: CustomerIdentified }
  | { type: 'customer-identifier-removed'; data: CustomerIdentifierRemoved }
  | { type: 'identifier-claim-withdrawn'; data: IdentifierClaimWithdrawn }
  | { type: 'consent-given'; data: ConsentGiven }
  | { type: 'consent-withdrawn'; data: ConsentWithdrawn }
  | { type: 'customer-erased'; data: CustomerErased };

const personal = (...fields: string[]): Pick<EventDefinition, 'personal'> => ({ personal: { subject: 'customer', fields } });

export const customerEvents: EventDefinition[] = [
  defineEvent({
    type: 'customer-registered',
    version: 2,
    upcasters: AS_TOLD_UNTIL(1),
    touchpoint: false,
    ...personal('name', 'gender', 'formOfAddress'),
    words: { media: 'media' },
  }),
  defineEvent({
    type: 'customer-details-changed',
    version: 1,
    touchpoint: false,
    ...personal('name', 'gender', 'formOfAddress', 'birthday', 'address', 'employer', 'occupation', 'family', 'note'),
  }),
  defineEvent({ type: 'customer-identified', version: 1, touchpoint: false, ...personal('value') }),
  defineEvent({ type: 'customer-identifier-removed', version: 1, touchpoint: false }),
  defineEvent({ type: 'identifier-claim-withdrawn', version: 1, touchpoint: false }),
  defineEvent({ type: 'consent-given', version: 1, touchpoint: false, ...personal('evidence') }),
  defineEvent({ type: 'consent-withdrawn', version: 1, touchpoint: false, ...personal('evidence') }),
  defineEvent({ type: 'customer-erased', version: 1, touchpoint: false }),
];

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

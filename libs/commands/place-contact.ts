import type { RecordedEvent, Rejection } from '@touchline/core';
import { folded, identityFault, streamName } from '@touchline/core';
import { contactFold } from '@touchline/touchpoints/contact/contact.fold.js';
import type { Stated } from '@touchline/touchpoints/customer/question.events.js';
import { customerScope } from './customer-scope.js';
import { findJourney, firstJourney } from './find-journey.js';
import { askWhetherKnown, customerToRecordOn, statedOf } from './identity-questions.js';
import type { JourneyPlace, JourneyWanted } from './find-journey.js';
import type { NamedRejection } from './named.js';
import { siteToActAt } from './named.js';
import { idOfNew } from './record-at-site.js';
import type { CommandServices, CommandMetadata, PersonNamed } from './services.js';

/** Where a contact says it belongs: a journey, a customer or a person at a site, or nobody known at a site. */
export interface ContactTarget {
  journeyId?: string;
  /** An unidentified contact that is there already: what a correction of it is about. */
  contactId?: string;
  customerId?: string;
  person?: PersonNamed;
  siteId?: string;
  /** The site's first product line when absent. */
  productLine?: string;
  newJourney?: boolean;
  media?: string;
  product?: string;
}

/** A customer who was known already, and what was said of who they are. */
interface Met {
  customerId: string;
  /** Their stream as it was found. */
  before: readonly RecordedEvent[];
  siteId: string;
  stated?: Stated;
}

export type ContactPlace =
  | ({ kind: 'journey'; met?: Met; read?: readonly RecordedEvent[] } & JourneyPlace)
  /** A call or visit that left no details (未留资): counts in the site's traffic, claims nothing (domain §2.1). */
  | { kind: 'unidentified'; contactId: string; siteId: string }
  | { kind: 'refused'; refusals: Rejection[] };

export type PlacingRejection = NamedRejection | 'site.other-product-line' | 'contact.unknown';

type Refused = Extract<ContactPlace, { kind: 'refused' }>;
const refusedFor = (...refusals: Rejection[]): Refused => ({ kind: 'refused', refusals });
const refused = (code: PlacingRejection, detail: string, field: string): Refused => refusedFor(identityFault(code, detail, field));

/**
 * Finds the journey a contact belongs to, registering the customer when a new phone number was left (ADR 0043). Every step is
 * idempotent under the command's id, so a retry after a crash in between ends in the same place. `rehearse` says what
 * the contact would be refused for as a new customer's first: nobody is registered for nothing.
 */
export async function placeContact(
  services: CommandServices,
  metadata: CommandMetadata,
  target: ContactTarget,
  occurredAt: string,
  rehearse: (place: JourneyPlace) => Promise<Rejection[]>,
): Promise<ContactPlace> {
  if (target.journeyId !== undefined) return { kind: 'journey', journeyId: target.journeyId };
  if (target.contactId !== undefined) return knownContact(services, metadata, target.contactId);
  const at = await siteToActAt(services, metadata, target.siteId);
  if ('refusal' in at) return refusedFor(at.refusal);
  const { siteId, site } = at;
  const productLine = target.productLine ?? site.productLines[0]!;
  if (!site.productLines.includes(productLine))
    return refused('site.other-product-line', `this site sells: ${site.productLines.join(', ')}`, 'productLine');

  const { customerId, person, newJourney, media, product } = target;
  const wanted = (customer: string): JourneyWanted => ({
    customerId: customer,
    siteId,
    site,
    productLine,
    occurredAt,
    ...(newJourney !== undefined && { newJourney }),
    ...(media !== undefined && { media }),
    ...(product !== undefined && { product }),
  });
  const ifNew = (id: string): Promise<Rejection[]> => rehearse(firstJourney(metadata, wanted(id)));
  if (customerId !== undefined) {
    const on = await customerToRecordOn(services, metadata, { customerId, siteId }, ifNew);
    if ('refusals' in on) return refusedFor(...on.refusals);
    return { kind: 'journey', ...(await findJourney(services, metadata, wanted(on.customerId))) };
  }
  if (person === undefined) return { kind: 'unidentified', contactId: idOfNew('contact', metadata), siteId };
  const stated = statedOf(person);
  const found = await services.identify(metadata, {
    ...{ person, siteId, occurredAt, refusedFor: ifNew },
    theirs: async (id, recorded) => (await customerScope(services, metadata, id, recorded)) === null,
    metElsewhere: (elsewhere, recordedAs) => askWhetherKnown(services, metadata, elsewhere, { occurredAt, siteId, recordedAs, ...stated }),
  });
  if ('refusals' in found) return refusedFor(...found.refusals);
  const { customerId: of, created, before } = found;
  // Whoever was not there before this very try has no journey yet.
  const isNew = created && before.length === 0;
  const place = isNew ? { ...firstJourney(metadata, wanted(of)), read: [] } : await findJourney(services, metadata, wanted(of));
  return { kind: 'journey', ...place, ...(!created && { met: { customerId: of, before, siteId, ...stated } }) };
}

async function knownContact(services: CommandServices, metadata: CommandMetadata, contactId: string): Promise<ContactPlace> {
  const events = await services.deps.streams.events(streamName('contact', metadata.tenant, contactId));
  const { siteId } = folded(contactFold, events);
  return siteId === null
    ? refused('contact.unknown', 'there is no such contact', 'contactId')
    : { kind: 'unidentified', contactId, siteId };
}

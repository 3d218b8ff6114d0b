import type { Rejection } from '@touchline/core';
import { identityFault, maySeeSite, streamName } from '@touchline/core';
import { load } from '@touchline/event-store';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.events.js';
import { findJourney } from './find-journey.js';
import type { CommandServices, Issuer, PersonNamed, SiteFacts } from './services.js';

/** Where a contact says it belongs: a journey, a customer or a person at a site, or nobody known at a site. */
export interface ContactTarget {
  journeyId?: string;
  customerId?: string;
  person?: PersonNamed;
  siteId?: string;
  /** The site's first product line when absent. */
  productLine?: string;
  newJourney?: boolean;
  media?: string;
  product?: string;
}

export type ContactPlace =
  | { kind: 'journey'; journeyId: string; customerId?: string; opening?: JourneyOpening }
  /** A call or visit that left no details (未留资): counts in the site's traffic, claims nothing (domain §2). */
  | { kind: 'unidentified'; siteId: string }
  | { kind: 'refused'; refusals: Rejection[] };

export type PlacingRejection =
  'contact.site-missing' | 'site.unknown' | 'site.closed' | 'site.other-product-line' | 'scope.other-site' | 'customer.unknown';

const refused = (code: PlacingRejection, detail: string, field: string): ContactPlace => ({
  kind: 'refused',
  refusals: [identityFault(code, detail, field)],
});

/**
 * Finds the journey a contact belongs to, registering the customer when a new phone number was left (D3). Every step is
 * idempotent under the command's id, so a retry after a crash in between ends in the same place.
 */
export async function placeContact(
  services: CommandServices,
  issuer: Issuer,
  target: ContactTarget,
  occurredAt: string,
): Promise<ContactPlace> {
  if (target.journeyId !== undefined) return { kind: 'journey', journeyId: target.journeyId };
  if (target.siteId === undefined) return refused('contact.site-missing', 'name the journey, or the site', 'siteId');
  const { siteId } = target;
  const site = await siteToActAt(services, issuer, siteId);
  if ('refusal' in site) return { kind: 'refused', refusals: [site.refusal] };
  const productLine = target.productLine ?? site.productLines[0]!;
  if (!site.productLines.includes(productLine))
    return refused('site.other-product-line', `this site sells: ${site.productLines.join(', ')}`, 'productLine');

  const customer = await customerOf(services, issuer, target, { siteId, occurredAt });
  if (customer === null) return { kind: 'unidentified', siteId };
  if ('refusals' in customer) return { kind: 'refused', refusals: customer.refusals };
  const { customerId } = customer;
  const wanted = { ...target, customerId, siteId, site, productLine, occurredAt };
  return { kind: 'journey', customerId, ...(await findJourney(services, issuer, wanted)) };
}

/** The site, where the sender works for it and it takes new customers. */
export async function siteToActAt(
  services: CommandServices,
  issuer: Issuer,
  siteId: string,
): Promise<SiteFacts | { refusal: Rejection<PlacingRejection> }> {
  const refusal = (code: PlacingRejection, detail: string) => ({ refusal: identityFault(code, detail, 'siteId') });
  if (!maySeeSite(issuer.sites, siteId)) return refusal('scope.other-site', 'you do not work for this site');
  const site = await services.sites.site(issuer.tenant, siteId);
  if (site === null) return refusal('site.unknown', 'there is no such site');
  return site.open || issuer.history ? site : refusal('site.closed', 'the site is closed');
}

async function customerOf(
  services: CommandServices,
  issuer: Issuer,
  target: ContactTarget,
  { siteId, occurredAt }: { siteId: string; occurredAt: string },
): Promise<{ customerId: string } | { refusals: Rejection[] } | null> {
  if (target.customerId !== undefined) {
    const known = await load(services.deps, streamName('customer', issuer.tenant, target.customerId));
    return known.length > 0
      ? { customerId: target.customerId }
      : { refusals: [identityFault('customer.unknown', 'there is no such customer', 'customerId')] };
  }
  return target.person === undefined ? null : services.identify(issuer, { person: target.person, siteId, occurredAt });
}

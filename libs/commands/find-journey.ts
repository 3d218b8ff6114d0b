import { v5 as uuidv5 } from 'uuid';
import { streamName } from '@touchline/core';
import { load } from '@touchline/event-store';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.events.js';
import { mayComeBack } from '@touchline/touchpoints/journey/contact.events.js';
import { evolveJourney, noJourney } from '@touchline/touchpoints/journey/journey.events.js';
import type { CommandServices, Issuer, SiteFacts } from './services.js';

const JOURNEYS = 'c0a4f9c2-8a0d-5b9e-9d0c-0a4f7a1b6e55';

export interface JourneyWanted {
  customerId: string;
  siteId: string;
  site: SiteFacts;
  productLine: string;
  occurredAt: string;
  /** A further purchase intent beside the one that is open. */
  newJourney?: boolean;
  media?: string;
  product?: string;
}

/** Where a contact was placed: the journey, and what to open it with if this is its first event. */
export interface JourneyPlace {
  journeyId: string;
  opening?: JourneyOpening;
}

/** The n-th journey of a customer at a site for a product line has the same id for everybody who works it out. */
export const journeyIdOf = (tenant: string, customerId: string, siteId: string, productLine: string, ordinal: number): string =>
  uuidv5([tenant, customerId, siteId, productLine, ordinal].join('|'), JOURNEYS);

/**
 * The journey a contact belongs to, read from the log itself: the one that is open or may come back, else the next
 * (domain §6: later than the allowed days, or after a purchase, a lost customer begins a new one).
 * A journey that holds this very command is always the one, so that a retry ends where the first try did (D2).
 */
export async function findJourney(services: CommandServices, issuer: Issuer, wanted: JourneyWanted): Promise<JourneyPlace> {
  const found = { next: -1, fit: -1 };
  for (let ordinal = 0; found.next < 0; ordinal++) {
    const journeyId = journeyIdOf(issuer.tenant, wanted.customerId, wanted.siteId, wanted.productLine, ordinal);
    const events = await load(services.deps, streamName('journey', issuer.tenant, journeyId));
    if (events.some((event) => event.meta.commandId === issuer.commandId)) return place(issuer, wanted, ordinal);
    const journey = events.reduce(evolveJourney, noJourney);
    if (journey.opened === null) found.next = ordinal;
    else if (wanted.newJourney) continue;
    else if (journey.status === 'open') found.fit = ordinal;
    else {
      const playbook = await services.playbooks.get(issuer.tenant, journey.playbook ?? wanted.site.playbook);
      if (mayComeBack(journey, wanted.occurredAt, { playbook, zone: wanted.site.zone })) found.fit = ordinal;
    }
  }
  return place(issuer, wanted, found.fit >= 0 ? found.fit : found.next);
}

/** The first journey of somebody who has none. */
export const firstJourney = (issuer: Issuer, wanted: JourneyWanted): JourneyPlace => place(issuer, wanted, 0);

function place(issuer: Issuer, wanted: JourneyWanted, ordinal: number): JourneyPlace {
  const { customerId, siteId, site, productLine, media, product } = wanted;
  return {
    journeyId: journeyIdOf(issuer.tenant, customerId, siteId, productLine, ordinal),
    opening: {
      siteId,
      unitId: site.unitId,
      productLine,
      customerId,
      ordinal,
      ...(media !== undefined && { media }),
      ...(product !== undefined && { product }),
    },
  };
}

import { v5 as uuidv5 } from 'uuid';
import type { RecordedEvent } from '@touchline/core';
import { folded, streamName } from '@touchline/core';
import type { JourneyOpening } from '@touchline/touchpoints/journey/contact.rules.js';
import { mayComeBack } from '@touchline/touchpoints/journey/contact.rules.js';
import { journeyFold } from '@touchline/touchpoints/journey/journey.fold.js';
import type { CommandServices, CommandMetadata, SiteFacts } from './services.js';

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

export interface FoundJourney extends JourneyPlace {
  /** Its stream as it was found. */
  read: readonly RecordedEvent[];
}

/** The n-th journey of a customer at a site for a product line has the same id for everybody who works it out. */
export const journeyIdOf = (tenant: string, customerId: string, siteId: string, productLine: string, ordinal: number): string =>
  uuidv5([tenant, customerId, siteId, productLine, ordinal].join('|'), JOURNEYS);

/**
 * The journey a contact belongs to, read from the log itself: the one that is open or may come back, else the next
 * (domain §6.6: later than the allowed days, or after a purchase, a lost customer begins a new one).
 * A journey that holds this very command is always the one, so that a retry ends where the first try did (ADR 0003).
 */
export async function findJourney(services: CommandServices, metadata: CommandMetadata, wanted: JourneyWanted): Promise<FoundJourney> {
  const read = (ordinal: number): Promise<RecordedEvent[]> => {
    const journeyId = journeyIdOf(metadata.tenant, wanted.customerId, wanted.siteId, wanted.productLine, ordinal);
    return services.deps.streams.events(streamName('journey', metadata.tenant, journeyId));
  };
  let fit: FoundJourney | undefined;
  // Most have one, which is known to be the last by the next that is not there.
  let ahead = await Promise.all([read(0), read(1)]);
  for (let ordinal = 0; ; ordinal++) {
    const events = ahead[ordinal % 2] ?? [];
    const here = { ...place(metadata, wanted, ordinal), read: events };
    if (events.some((event) => event.meta.commandId === metadata.commandId)) return here;
    const journey = folded(journeyFold, events);
    if (journey.opened === null) return fit ?? here;
    if (ordinal % 2 === 1) ahead = await Promise.all([read(ordinal + 1), read(ordinal + 2)]);
    if (wanted.newJourney) continue;
    if (journey.status === 'open') fit = here;
    else {
      const playbook = await services.playbooks.get(metadata.tenant, journey.playbook ?? wanted.site.playbook);
      if (mayComeBack(journey, wanted.occurredAt, { playbook, zone: wanted.site.zone })) fit = here;
    }
  }
}

/** The first journey of somebody who has none. */
export const firstJourney = (metadata: CommandMetadata, wanted: JourneyWanted): JourneyPlace => place(metadata, wanted, 0);

function place(metadata: CommandMetadata, wanted: JourneyWanted, ordinal: number): JourneyPlace {
  const { customerId, siteId, site, productLine, media, product } = wanted;
  return {
    journeyId: journeyIdOf(metadata.tenant, customerId, siteId, productLine, ordinal),
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

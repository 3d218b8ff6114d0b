import type { Fold, PlaybookRef, RecordedEvent } from '@touchline/core';
import type { Dealings } from './dealings.fold.js';
import { evolveDealings, noDealings, standingContract } from './dealings.fold.js';
import type { JourneyOpened, JourneyEvent } from './journey.events.js';

/** What every decision about a journey needs to know of it. */
export interface JourneyStanding {
  opened: JourneyOpened | null;
  playbook: PlaybookRef | null;
  customerId: string | null;
  ownerId: string | null;
  status: 'open' | 'lost';
  /** When it was opened, lost or taken up again last, as it happened; null before it was opened. */
  since: string | null;
  /** When it was lost, as it happened; null while open. */
  lostAt: string | null;
  dealings: Dealings;
  /** True while a contract stands; a purchase ends the claim to be taken up again (domain §6.6). */
  bought: boolean;
}

export const noJourney: JourneyStanding = {
  opened: null,
  playbook: null,
  customerId: null,
  ownerId: null,
  status: 'open',
  since: null,
  lostAt: null,
  dealings: noDealings,
  bought: false,
};

export function evolveJourney(journey: JourneyStanding, event: RecordedEvent): JourneyStanding {
  const known = event as RecordedEvent<JourneyEvent>;
  const { occurredAt: since, playbook } = known.meta;
  switch (known.type) {
    case 'journey-opened':
      return { ...journey, opened: known.data, playbook: playbook ?? null, customerId: known.data.customerId ?? null, since };
    case 'journey-identified':
      return { ...journey, customerId: known.data.customerId };
    case 'journey-owner-assigned':
      return { ...journey, ownerId: known.data.ownerId };
    case 'journey-lost':
      return { ...journey, status: 'lost', lostAt: since, since };
    case 'journey-reactivated':
      return { ...journey, status: 'open', lostAt: null, since };
    default: {
      const dealings = evolveDealings(journey.dealings, event);
      return dealings === journey.dealings ? journey : { ...journey, dealings, bought: standingContract(dealings) !== null };
    }
  }
}

export const journeyFold: Fold<JourneyStanding> = { name: 'journey', initial: noJourney, evolve: evolveJourney };

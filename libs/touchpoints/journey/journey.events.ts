import type { EventDefinition, JsonObject, PlaybookRef, RecordedEvent } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { Dealings } from './dealings.events.js';
import { evolveDealings, noDealings, standingContract } from './dealings.events.js';
import { AS_TOLD_UNTIL, SEALED_FURTHER } from '../touchpoint.events.js';

// Category and stream: `journey`, one stream per purchase intent (domain §2.1). Stored shapes: never edit, only upcast.

export interface JourneyOpened extends JsonObject {
  siteId: string;
  unitId: string;
  productLine: string;
  /** Absent where an imported journey is opened unidentified (domain §15). */
  customerId?: string;
  /** Counts the journeys of this customer at this site for this product line, from 0. */
  ordinal: number;
  media?: string;
  product?: string;
  attributes?: Record<string, string>;
}

export interface JourneyIdentified extends JsonObject {
  customerId: string;
}

export interface JourneyOwnerAssigned extends JsonObject {
  ownerId: string;
  reason: 'first-reception' | 'reassigned' | 'source';
  note?: string;
}

export const LOSS_KINDS = ['bought-elsewhere', 'gave-up', 'unreachable', 'unknown'] as const;
export type LossKind = (typeof LOSS_KINDS)[number];

export interface JourneyLost extends JsonObject {
  kind: LossKind;
  /** The competitor it went to. */
  to?: string;
  /** The reason in words; what the boards count is the kind. */
  why?: string;
  note?: string;
}

export interface JourneyReactivated extends JsonObject {
  cause: 'customer-came-back' | 'recorded-in-error' | 'manager';
  note?: string;
}

export type JourneyEvent =
  | { type: 'journey-opened'; data: JourneyOpened }
  | { type: 'journey-identified'; data: JourneyIdentified }
  | { type: 'journey-owner-assigned'; data: JourneyOwnerAssigned }
  | { type: 'journey-lost'; data: JourneyLost }
  | { type: 'journey-reactivated'; data: JourneyReactivated };

export const journeyEvents: EventDefinition[] = [
  defineEvent({
    type: 'journey-opened',
    version: 3,
    upcasters: { ...AS_TOLD_UNTIL(1), ...AS_TOLD_UNTIL(2) },
    touchpoint: false,
    words: { media: 'media', product: 'product', attributes: 'label' },
  }),
  defineEvent({ type: 'journey-identified', version: 1, touchpoint: false }),
  defineEvent({ type: 'journey-owner-assigned', version: 1, touchpoint: false, personal: { subject: 'customer', fields: ['note'] } }),
  defineEvent({
    type: 'journey-lost',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'to', 'why'] },
  }),
  defineEvent({ type: 'journey-reactivated', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
];

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

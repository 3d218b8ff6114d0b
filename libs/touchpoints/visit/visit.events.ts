import type { EventDefinition } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { Stated } from '../customer/question.events.js';
import type { TouchpointData } from '../touchpoint.events.js';
import { AS_TOLD_UNTIL } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the visit belongs to (domain §4.3). Stored shapes: never edit, only upcast.

/** `responsibleId` is who received the customer. */
export interface VisitReceived extends TouchpointData {
  /** People who came together, at least 1. */
  batchSize: number;
  /** True for the first visit of this intent; first-time batches are what the boards count (domain §11.1). */
  first: boolean;
  byAppointment?: boolean;
  /** When they came in, where the visit is dated otherwise; an instant. */
  arrivedAt?: string;
  greetedAfterSeconds?: number;
  homeDistrict?: string;
  /** Who they said they are, whoever they are known as. */
  stated?: Stated;
  media?: string;
  campaign?: string;
  contactTaken: boolean;
  wishToBuy?: boolean;
  /** The owner for whom a colleague received (代接待); no change of owner, no conflict (domain §6.3). */
  onBehalfOf?: string;
  materialShown?: string[];
  risksShown?: string[];
}

export type VisitEvent = { type: 'visit-received'; data: VisitReceived };

export const visitEvents: EventDefinition[] = [
  defineEvent({
    type: 'visit-received',
    version: 2,
    upcasters: AS_TOLD_UNTIL(1),
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'homeDistrict', 'stated'] },
    words: { media: 'media', campaign: 'campaign', materialShown: 'material', risksShown: 'risk' },
  }),
];

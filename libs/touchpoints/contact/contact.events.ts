import type { EventDefinition, JsonObject, RecordedEvent } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { AS_TOLD_UNTIL, SEALED_FURTHER } from '../touchpoint.events.js';

// Category and stream: `contact`, one stream per call or visit that left no details (未留资, domain §2.1). Stored shapes: never
// edit, only upcast.

export const CONTACT_KINDS = ['call', 'visit'] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

/** Beside what is named here it carries the fields of a call or a visit as they stand in those events. */
export interface ContactRecorded extends TouchpointData {
  kind: ContactKind;
  siteId: string;
  /** A name that was given without anything to reach them by. */
  callerName?: string;
}

export interface ContactTied extends JsonObject {
  customerId: string;
  journeyId: string;
  note?: string;
}

/** A tie made in error. */
export interface ContactUntied extends JsonObject {
  customerId: string;
  journeyId: string;
  reason: string;
}

export type ContactEvent =
  | { type: 'contact-recorded'; data: ContactRecorded }
  | { type: 'contact-tied'; data: ContactTied }
  | { type: 'contact-untied'; data: ContactUntied };

const personal = (...fields: string[]): Pick<EventDefinition, 'personal'> => ({ personal: { subject: 'contact', fields } });

export const contactEvents: EventDefinition[] = [
  defineEvent({
    type: 'contact-recorded',
    version: 3,
    upcasters: { ...SEALED_FURTHER, ...AS_TOLD_UNTIL(2) },
    touchpoint: true,
    ...personal('callerName', 'homeDistrict', 'note', 'asked', 'stated'),
    words: { media: 'media', campaign: 'campaign', materialShown: 'material', risksShown: 'risk' },
  }),
  defineEvent({ type: 'contact-tied', version: 1, touchpoint: false, ...personal('note') }),
  defineEvent({ type: 'contact-untied', version: 1, touchpoint: false, ...personal('reason') }),
];

export interface ContactStanding {
  siteId: string | null;
  tiedTo: { customerId: string; journeyId: string } | null;
}

export const noContact: ContactStanding = { siteId: null, tiedTo: null };

export function evolveContact(contact: ContactStanding, event: RecordedEvent): ContactStanding {
  const known = event as RecordedEvent<ContactEvent>;
  switch (known.type) {
    case 'contact-recorded':
      return { ...contact, siteId: known.data.siteId };
    case 'contact-tied':
      return { ...contact, tiedTo: { customerId: known.data.customerId, journeyId: known.data.journeyId } };
    case 'contact-untied':
      return { ...contact, tiedTo: null };
    default:
      return contact;
  }
}

import type { Fold, RecordedEvent } from '@touchline/core';
import type { ContactEvent } from './contact.events.js';

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

export const contactFold: Fold<ContactStanding> = { name: 'contact', initial: noContact, evolve: evolveContact };

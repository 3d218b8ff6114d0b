import type { Permission } from '@touchline/core';
import { id, instant } from '@touchline/core';
import { ofRecord, touchpoint } from '../declare.js';
import { contactDecider } from './contact.decider.js';
import { contactEvents, tieNoted, untieNoted } from './contact.events.js';

const COMMON = {
  tag: 'contacts',
  who: { roles: ['consultant', 'manager', 'service-manager'], scope: 'site' } satisfies Permission,
  category: 'contact',
  idField: 'contactId',
  decider: contactDecider,
} as const;
const contactId = id({ description: 'unidentified contact (未留资)' });

const contactCommands = [
  ofRecord({
    ...COMMON,
    name: 'contact-tied',
    operation: 'Contact_tied',
    path: 'contacts/tied',
    summary: 'Tie an unidentified contact to the journey of whoever it turned out to be',
    formName: 'ContactTiedDto',
    fields: tieNoted,
    input: { contactId, occurredAt: instant({ description: 'when it turned out whose it was' }), ...tieNoted },
    tying: true,
    command: ({ id, about, ...act }, tie) => ({
      kind: 'tie' as const,
      contactId: id,
      ...act,
      tie: { ...tie, ...(about?.customerId !== undefined && { customerId: about.customerId }) },
    }),
    refusals: ['contact.unknown', 'contact.already-tied', 'contact.journey-unidentified', 'journey.unknown', 'customer.erased'],
  }),
  ofRecord({
    ...COMMON,
    name: 'contact-untied',
    operation: 'Contact_untied',
    path: 'contacts/untied',
    summary: 'Undo a tie made in error',
    formName: 'ContactUntiedDto',
    fields: untieNoted,
    input: { contactId, occurredAt: instant({ description: 'when the error was noticed' }), ...untieNoted },
    command: ({ id, ...act }, { reason }) => ({ kind: 'untie' as const, contactId: id, ...act, reason }),
    refusals: ['contact.unknown', 'contact.not-tied'],
  }),
];

export const contact = touchpoint({
  name: 'contact',
  tags: { contacts: 'contacts that left no details, tied to a journey later' },
  events: contactEvents,
  commands: contactCommands,
  refusals: {
    'contact.already-tied': 409,
    'contact.not-tied': 409,
    'contact.journey-unidentified': 409,
  },
});

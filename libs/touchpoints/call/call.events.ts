import type { EventDefinition } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { Stated } from '../customer/question.events.js';
import type { TouchpointData } from '../touchpoint.events.js';
import { AS_TOLD_UNTIL, SEALED_FURTHER } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the call belongs to (domain §4.2). Stored shapes: never edit, only upcast.

export interface CallReceived extends TouchpointData {
  rings?: number;
  durationSeconds?: number;
  /** True where the call rolled over to the standby consultant. */
  rolledOver?: boolean;
  repeatCaller?: boolean;
  /** False for a caller who left no details; such a call claims nothing (domain §6.1). */
  contactTaken: boolean;
  visitInvited?: boolean;
  /** When the caller said they would come; an instant. */
  visitAt?: string;
  /** True where the caller said no to a visit. */
  visitDeclined?: boolean;
  /** When to phone again; an instant. */
  nextCallAt?: string;
  asked?: string[];
  /** Who they said they are, whoever they are known as. */
  stated?: Stated;
  media?: string;
  campaign?: string;
}

export interface CallMade extends TouchpointData {
  durationSeconds?: number;
  /** False where nobody answered: no effective follow-up (domain §4.2). */
  reached: boolean;
  visitAt?: string;
  nextCallAt?: string;
  purpose?: string;
}

export type CallEvent = { type: 'call-received'; data: CallReceived } | { type: 'call-made'; data: CallMade };

export const callEvents: EventDefinition[] = [
  defineEvent({
    type: 'call-received',
    version: 3,
    upcasters: { ...SEALED_FURTHER, ...AS_TOLD_UNTIL(2) },
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'asked', 'stated'] },
    words: { media: 'media', campaign: 'campaign' },
  }),
  defineEvent({
    type: 'call-made',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'purpose'] },
  }),
];

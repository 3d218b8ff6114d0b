import type { EventDefinition } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { Money, TouchpointData } from '../touchpoint.events.js';
import { AS_TOLD_UNTIL, SEALED_FURTHER } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the quote is for (domain §3.2, §4.5). Stored shapes: never edit, only upcast.
// The fold of what stands is in ../journey/dealings.events.ts: contracts settle quotes and cancellations end both.

export interface QuoteTerms extends TouchpointData {
  price: Money;
  discount?: Money;
  product?: string;
  /** What is offered for the price. */
  items?: string[];
  /** What was promised on top: gifts, dates, extras; each to be fulfilled or released by delivery. */
  promises?: string[];
  /** Last instant at which the offer holds. */
  validUntil?: string;
}

/** One version of the offer; every version is kept. Versions count up over the whole journey, from 1, and none is used twice. */
export interface QuoteVersion extends QuoteTerms {
  version: number;
}

export interface QuoteWithdrawal extends TouchpointData {
  reason?: string;
}

/** Takes back the version named and every older one: a withdrawal revives nothing (domain §2.2). */
export interface QuoteWithdrawn extends QuoteWithdrawal {
  /** Absent only where an imported source withdraws a quote it never issued. */
  version?: number;
}

export type QuoteEvent =
  | { type: 'quote-issued'; data: QuoteVersion }
  | { type: 'quote-revised'; data: QuoteVersion }
  | { type: 'quote-withdrawn'; data: QuoteWithdrawn };

/** A version of the offer is stored alike whether it is the first or a further one. */
const OFFERED = {
  version: 3,
  upcasters: { ...SEALED_FURTHER, ...AS_TOLD_UNTIL(2) },
  touchpoint: true,
  personal: { subject: 'customer', fields: ['note', 'items', 'promises'] },
  words: { product: 'product' },
} as const satisfies Omit<EventDefinition, 'type'>;

export const quoteEvents: EventDefinition[] = [
  defineEvent({ type: 'quote-issued', ...OFFERED }),
  defineEvent({ type: 'quote-revised', ...OFFERED }),
  defineEvent({
    type: 'quote-withdrawn',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'reason'] },
  }),
];

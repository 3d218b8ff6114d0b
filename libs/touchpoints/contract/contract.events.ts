import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { Money, TouchpointData } from '../touchpoint.events.js';
import { SEALED_FURTHER } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the contract closes (domain §4.5). Stored shapes: never edit, only upcast.
// The fold of what stands is in ../journey/dealings.events.ts.

export interface Instalment extends JsonObject {
  /** Instant by which it is to be paid. */
  dueAt: string;
  amount: Money;
}

export interface ContractTerms extends TouchpointData {
  /** Quote version the contract was signed on, where it was named. */
  onQuote?: number;
  /** Absent only where an imported source states none: the sale stands, its value is unknown. */
  price?: Money;
  paymentSchedule?: Instalment[];
  /** The home or vehicle sold: unit number, VIN or order number; sealed, since a register leads from it to its owner. */
  product?: string;
  termsExplained?: boolean;
  serviceCentreIntroduced?: boolean;
}

export interface ContractSigned extends ContractTerms {
  /** Counts the contracts of the journey, from 1; a cancellation names it. */
  number: number;
  /** Newest quote version at the signing, 0 for none: all up to it are settled, and a cancellation revives none of them. */
  settledQuote: number;
}

export interface ContractCancellation extends TouchpointData {
  reason: string;
}

/** Takes back the contract with its handover (domain §2.2). */
export interface ContractCancelled extends ContractCancellation {
  /** Absent only where an imported source cancels a contract it never signed. */
  number?: number;
}

export type ContractEvent = { type: 'contract-signed'; data: ContractSigned } | { type: 'contract-cancelled'; data: ContractCancelled };

export const contractEvents: EventDefinition[] = [
  defineEvent({
    type: 'contract-signed',
    version: 3,
    // From 2 to 3: a price may be lacking; where one was stored it stays.
    upcasters: { ...SEALED_FURTHER, 2: (data) => data },
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'product'] },
  }),
  defineEvent({
    type: 'contract-cancelled',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'reason'] },
  }),
];

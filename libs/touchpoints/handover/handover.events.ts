import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';

// Category `journey`, stream of the journey whose home or vehicle is handed over (domain §3, §4).
// Stored shapes: never edit, only upcast. The fold of what stands is in ../journey/dealings.events.ts.

interface OfContract extends TouchpointData {
  /** Number of the contract that is being fulfilled; 0 only where an imported source hands over without one. */
  contract: number;
}

export interface HandoverScheduled extends OfContract {
  /** The appointment; an instant. */
  at: string;
}

/** The appointment was moved; the customer is told with a reason and a new date (domain §3.2). */
export interface HandoverRescheduled extends OfContract {
  at: string;
  previousAt: string;
  /** Absent only where an imported source gives none. */
  reason?: string;
  customerToldAt?: string;
}

export interface HandoverChecklist extends JsonObject {
  passed: number;
  failed: number;
}

/** What was done at the handover, as it was recorded; absent is "not stated", which is not "no". */
export interface HandoverCompleted extends OfContract {
  checklist?: HandoverChecklist;
  documents?: boolean;
  keys?: boolean;
  feesExplained?: boolean;
  fitOutGuidance?: boolean;
  complaintGuidance?: boolean;
  serviceContactIntroduced?: boolean;
  photo?: boolean;
}

export type HandoverEvent =
  | { type: 'handover-scheduled'; data: HandoverScheduled }
  | { type: 'handover-rescheduled'; data: HandoverRescheduled }
  | { type: 'handover-completed'; data: HandoverCompleted };

export const handoverEvents: EventDefinition[] = [
  defineEvent({ type: 'handover-scheduled', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
  defineEvent({ type: 'handover-rescheduled', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
  defineEvent({ type: 'handover-completed', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
];

import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { SEALED_FURTHER } from '../touchpoint.events.js';

// Category `journey`, stream of the journey whose home or vehicle is handed over (domain §3, §4.5).
// Stored shapes: never edit, only upcast. The fold of what stands is in ../journey/dealings.events.ts.

/** Which contract is being fulfilled; 0 only where an imported source hands over without one. */
interface OfContract extends JsonObject {
  contract: number;
}

export interface HandoverAppointment extends TouchpointData {
  /** The time agreed; an instant. */
  at: string;
  /** Why it was moved: what the customer is told with the new date (domain §3.2). */
  reason?: string;
  customerToldAt?: string;
}

export type HandoverScheduled = HandoverAppointment & OfContract;
export type HandoverRescheduled = HandoverAppointment & OfContract & { previousAt: string };

export interface HandoverChecklist extends JsonObject {
  passed: number;
  failed: number;
}

/** What was done at the handover, as it was recorded; absent is "not stated", which is not "no". */
export interface HandoverReport extends TouchpointData {
  checklist?: HandoverChecklist;
  documents?: boolean;
  keys?: boolean;
  feesExplained?: boolean;
  fitOutGuidance?: boolean;
  complaintGuidance?: boolean;
  serviceContactIntroduced?: boolean;
  photo?: boolean;
}

export type HandoverCompleted = HandoverReport & OfContract;

export type HandoverEvent =
  | { type: 'handover-scheduled'; data: HandoverScheduled }
  | { type: 'handover-rescheduled'; data: HandoverRescheduled }
  | { type: 'handover-completed'; data: HandoverCompleted };

export const handoverEvents: EventDefinition[] = [
  defineEvent({
    type: 'handover-scheduled',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'reason'] },
  }),
  defineEvent({
    type: 'handover-rescheduled',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'reason'] },
  }),
  defineEvent({ type: 'handover-completed', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
];

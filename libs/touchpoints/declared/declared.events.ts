import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';

// Category `journey`, stream of the journey it belongs to: a touchpoint whose type a playbook declares (domain §2).
// Stored shapes: never edit, only upcast.

export interface TouchpointRecorded extends TouchpointData {
  /** Name under which the journey's playbook declares the type. */
  kind: string;
  /** Fits that type's schema; nothing personal, which belongs into the note. */
  fields: JsonObject;
}

export type DeclaredEvent = { type: 'touchpoint-recorded'; data: TouchpointRecorded };

export const declaredEvents: EventDefinition[] = [
  defineEvent({ type: 'touchpoint-recorded', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note'] } }),
];

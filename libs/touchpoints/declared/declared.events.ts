import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { SEALED_FURTHER } from '../touchpoint.events.js';

// Category `journey`, stream of the journey it belongs to: a touchpoint whose type a playbook declares (domain §2.3).
// Stored shapes: never edit, only upcast.

export interface TouchpointStated extends TouchpointData {
  /** Name under which the journey's playbook declares the type. */
  kind: string;
  /** By that type's schema. As recorded, in clear: numbers, times, yes or no, choices of the playbook and words of the group. */
  fields: JsonObject;
}

export interface TouchpointRecorded extends TouchpointStated {
  /** The fields that may hold any text, whole; sealed. Version 1 had them among the others. */
  textFields?: JsonObject;
}

export type DeclaredEvent = { type: 'touchpoint-recorded'; data: TouchpointRecorded };

export const declaredEvents: EventDefinition[] = [
  defineEvent({
    type: 'touchpoint-recorded',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    personal: { subject: 'customer', fields: ['note', 'textFields'] },
  }),
];

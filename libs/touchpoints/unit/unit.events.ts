import type { EventDefinition, JsonObject } from '@touchline/core';
import { defineEvent } from '@touchline/core';

// Category and stream: `unit`, one stream per city company or dealership (domain §1.2). Stored shapes: never edit, only upcast.

export interface UnitNamed extends JsonObject {
  name: string;
}

export type UnitEvent = { type: 'unit-registered'; data: UnitNamed } | { type: 'unit-renamed'; data: UnitNamed };

export const unitEvents: EventDefinition[] = [
  defineEvent({ type: 'unit-registered', version: 1, touchpoint: false }),
  defineEvent({ type: 'unit-renamed', version: 1, touchpoint: false }),
];

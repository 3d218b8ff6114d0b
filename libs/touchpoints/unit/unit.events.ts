import type { EventDefinition, JsonObject, RecordedEvent } from '@touchline/core';
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

export interface Unit {
  name: string;
}

export function evolveUnit(unit: Unit | null, event: RecordedEvent): Unit | null {
  const known = event as RecordedEvent<UnitEvent>;
  switch (known.type) {
    case 'unit-registered':
    case 'unit-renamed':
      return { name: known.data.name };
    default:
      return unit;
  }
}

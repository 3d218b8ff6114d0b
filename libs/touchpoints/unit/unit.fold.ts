import type { Fold, RecordedEvent } from '@touchline/core';
import type { UnitEvent } from './unit.events.js';

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

export const unitFold: Fold<Unit | null> = { name: 'unit', initial: null, evolve: evolveUnit };

import type { DecideContext, Decider } from '@touchline/core';
import { accept, identityFault, refuse } from '@touchline/core';
import type { Unit } from './unit.fold.js';
import type { UnitEvent } from './unit.events.js';
import { unitFold } from './unit.fold.js';

export type UnitCommand = { kind: 'register' | 'rename'; name: string };

export type UnitRejection = 'unit.already-registered' | 'unit.unknown';

export const unitDecider: Decider<Unit | null, UnitCommand, UnitEvent, DecideContext, UnitRejection> = {
  fold: unitFold,

  decide(unit, { kind, name }, { now }) {
    if (kind === 'register')
      return unit === null
        ? accept({ type: 'unit-registered', data: { name }, occurredAt: now, subjects: {} })
        : refuse(identityFault('unit.already-registered', 'there is a unit of that id', 'unitId'));
    if (unit === null) return refuse(identityFault('unit.unknown', 'there is no such unit', 'unitId'));
    return unit.name === name ? accept() : accept({ type: 'unit-renamed', data: { name }, occurredAt: now, subjects: {} });
  },
};

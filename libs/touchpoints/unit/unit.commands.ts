import { form, slug, text } from '@touchline/core';
import { MAY_ADMINISTER, onStream, touchpoint } from '../declare.js';
import { unitDecider } from './unit.decider.js';
import { unitEvents } from './unit.events.js';

const COMMON = { tag: 'administration', who: MAY_ADMINISTER, category: 'unit', idField: 'unitId', decider: unitDecider } as const;

const name = text({ max: 100, example: '上海东区' });

const unitCommands = [
  onStream({
    ...COMMON,
    name: 'unit-registered',
    operation: 'Unit_register',
    path: 'admin/units',
    summary: 'Register a unit (单位): a city company or dealership',
    formName: 'RegisterUnitDto',
    fields: { name, unitId: slug({ description: 'chosen here, for ever', example: 'shanghai-east' }) },
    command: (_unitId, { name }) => ({ kind: 'register' as const, name }),
    refusals: ['unit.already-registered'],
  }),
  onStream({
    ...COMMON,
    name: 'unit-renamed',
    operation: 'Unit_rename',
    path: 'admin/units/:unitId/name',
    params: form('UnitPath', { unitId: slug({ example: 'shanghai-east' }) }),
    summary: 'Rename a unit',
    formName: 'RenameUnitDto',
    fields: { name },
    command: (_unitId, { name }) => ({ kind: 'rename' as const, name }),
    refusals: ['unit.unknown'],
  }),
];

export const unit = touchpoint({
  name: 'unit',
  events: unitEvents,
  commands: unitCommands,
  refusals: { 'unit.already-registered': 409, 'unit.unknown': 404 },
});

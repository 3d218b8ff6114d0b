import { choice, optional } from '@touchline/core';
import { MAY_RECORD, ON_JOURNEY, onJourney, touchpoint } from '../declare.js';
import { journeyActForm } from '../forms.js';
import { DIRECTIONS } from '../touchpoint.events.js';
import type { FieldRules } from './declared.decider.js';
import { declaredDecider } from './declared.decider.js';
import { declaredEvents, declaredNoted } from './declared.events.js';

const noted = { ...declaredNoted, fields: optional(declaredNoted.fields) };

const declaredCommands = (rules: FieldRules) => [
  onJourney({
    name: 'touchpoint-recorded',
    operation: 'Declared_recorded',
    path: 'touchpoints',
    tag: 'touchpoints',
    summary: "Record a touchpoint of a kind that the journey's playbook declares",
    who: MAY_RECORD,
    taken: true,
    formName: 'TouchpointRecordedDto',
    fields: noted,
    input: {
      ...journeyActForm,
      ...noted,
      direction: choice(DIRECTIONS, { optional: true, description: "'in' when absent" }),
    },
    stated: { channel: 'other', direction: 'in' },
    decider: declaredDecider(rules),
    command: (act, touchpoint) => ({ ...act, touchpoint: { ...touchpoint, fields: touchpoint.fields ?? {} } }),
    refusals: [...ON_JOURNEY, 'touchpoint.undeclared', 'touchpoint.fields-invalid', 'word.unknown'],
  }),
];

/** `rules`: how the schema of a playbook is read. */
export const declaredBy = (rules: FieldRules) =>
  touchpoint({
    name: 'declared',
    tags: { touchpoints: 'touchpoints that a playbook declares' },
    events: declaredEvents,
    commands: declaredCommands(rules),
    refusals: {
      'touchpoint.undeclared': 422,
      'touchpoint.fields-invalid': 422,
    },
  });

import { MAY_RECORD, ON_JOURNEY, onJourney, touchpoint } from '../declare.js';
import { handoverDecider } from './handover.decider.js';
import { appointmentNoted, handoverEvents, reportNoted } from './handover.events.js';

const OF_A_CONTRACT = ['handover.no-contract', 'handover.already-completed', 'handover.out-of-order'] as const;

const handoverCommands = [
  onJourney({
    name: 'handover-scheduled',
    operation: 'Handover_scheduled',
    path: 'handovers/scheduled',
    tag: 'handovers',
    summary: 'Record the appointment for a handover; while one holds, this moves it',
    who: MAY_RECORD,
    taken: true,
    formName: 'HandoverScheduledDto',
    fields: appointmentNoted,
    stated: { channel: 'phone', direction: 'out' },
    decider: handoverDecider,
    command: (act, appointment) => ({ ...act, act: 'schedule' as const, appointment }),
    refusals: [...ON_JOURNEY, ...OF_A_CONTRACT, 'handover.appointment-past', 'handover.same-time', 'handover.reason-missing'],
  }),
  onJourney({
    name: 'handover-completed',
    operation: 'Handover_completed',
    path: 'handovers/completed',
    tag: 'handovers',
    summary: 'Record the home or vehicle handed over (交付/交车)',
    who: MAY_RECORD,
    taken: true,
    formName: 'HandoverCompletedDto',
    fields: reportNoted,
    stated: { channel: 'site', direction: 'out' },
    decider: handoverDecider,
    command: (act, report) => ({ ...act, act: 'complete' as const, report }),
    refusals: [...ON_JOURNEY, ...OF_A_CONTRACT],
  }),
];

export const handover = touchpoint({
  name: 'handover',
  tags: { handovers: 'handovers scheduled and completed' },
  events: handoverEvents,
  commands: handoverCommands,
  refusals: {
    'handover.no-contract': 409,
    'handover.already-completed': 409,
    'handover.appointment-past': 422,
    'handover.same-time': 409,
    'handover.reason-missing': 422,
    'handover.checklist-invalid': 422,
    'handover.out-of-order': 422,
  },
});

import { contact, MAY_RECORD, ON_CONTACT, touchpoint } from '../declare.js';
import { visitDecider } from './visit.decider.js';
import { visitEvents, visitNoted } from './visit.events.js';

const visitCommands = [
  contact({
    name: 'visit-received',
    operation: 'Visit_received',
    path: 'visits/received',
    tag: 'visits',
    summary: 'Record a visit received (来访): on its journey, or as an unidentified contact (未留资)',
    who: MAY_RECORD,
    taken: true,
    formName: 'VisitReceivedDto',
    fields: visitNoted,
    stated: { channel: 'showroom', direction: 'in' },
    unidentified: 'visit',
    decider: visitDecider,
    command: (act, visit) => ({ ...act, visit }),
    refusals: [...ON_CONTACT, 'visit.not-the-owner'],
  }),
];

export const visit = touchpoint({
  name: 'visit',
  tags: { visits: 'visits received' },
  events: visitEvents,
  commands: visitCommands,
  refusals: {
    'visit.batch-empty': 422,
    'visit.not-the-owner': 409,
  },
});

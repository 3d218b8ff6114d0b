import { contact, MAY_RECORD, ON_CONTACT, ON_JOURNEY, onJourney, touchpoint } from '../declare.js';
import { callDecider } from './call.decider.js';
import { callEvents, callMadeNoted, callNoted } from './call.events.js';

const callCommands = [
  contact({
    name: 'call-received',
    operation: 'Call_received',
    path: 'calls/received',
    tag: 'calls',
    summary: 'Record a call received (来电): on its journey, or as an unidentified contact (未留资)',
    who: MAY_RECORD,
    taken: true,
    formName: 'CallReceivedDto',
    fields: callNoted,
    stated: { channel: 'phone', direction: 'in' },
    unidentified: 'call',
    decider: callDecider,
    command: (act, data) => ({ ...act, fact: { type: 'call-received' as const, data } }),
    claimant: ({ contactTaken, responsibleId }) => (contactTaken ? responsibleId : undefined),
    refusals: ON_CONTACT,
  }),
  onJourney({
    name: 'call-made',
    operation: 'Call_made',
    path: 'calls/made',
    tag: 'calls',
    summary: 'Record a call made (去电) on a journey',
    who: MAY_RECORD,
    taken: true,
    formName: 'CallMadeDto',
    fields: callMadeNoted,
    stated: { channel: 'phone', direction: 'out' },
    decider: callDecider,
    command: (act, data) => ({ ...act, fact: { type: 'call-made' as const, data } }),
    refusals: ON_JOURNEY,
  }),
];

export const call = touchpoint({
  name: 'call',
  tags: { calls: 'calls received and made' },
  events: callEvents,
  commands: callCommands,
  refusals: {},
});

import { MAY_RECORD, ON_JOURNEY, onJourney, touchpoint } from '../declare.js';
import { progressDecider } from './progress.decider.js';
import { progressEvents, progressNoted } from './progress.events.js';

const progressCommands = [
  onJourney({
    name: 'progress-told',
    operation: 'Progress_told',
    path: 'progress/told',
    tag: 'progress',
    summary: 'Record that a customer was told how what they wait for comes on (进度告知)',
    who: MAY_RECORD,
    taken: true,
    formName: 'ProgressToldDto',
    fields: progressNoted,
    stated: { channel: 'phone', direction: 'out' },
    decider: progressDecider,
    command: (act, progress) => ({ ...act, progress }),
    refusals: [...ON_JOURNEY, 'progress.no-contract', 'progress.expected-past'],
  }),
];

export const progress = touchpoint({
  name: 'progress',
  tags: { progress: 'news told while what was bought is waited for' },
  events: progressEvents,
  commands: progressCommands,
  refusals: { 'progress.no-contract': 409, 'progress.expected-past': 422 },
});

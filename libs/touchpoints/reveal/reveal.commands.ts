import { onCustomer, touchpoint } from '../declare.js';
import { revealDecider } from './reveal.decider.js';
import { lookNoted, revealEvents } from './reveal.events.js';

export const reveal = touchpoint({
  name: 'reveal',
  events: revealEvents,
  commands: [
    onCustomer({
      name: 'personal-data-revealed',
      fields: lookNoted,
      looks: true,
      decider: revealDecider,
      command: ({ customerId }, look, sender) => ({ customerId, revealed: { ...look, by: sender.id } }),
      refusals: ['customer.unknown'],
    }),
  ],
  refusals: {},
});

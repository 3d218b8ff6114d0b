import type { DecideContext, Decider } from '@touchline/core';
import { accept, stateless } from '@touchline/core';
import type { PersonalDataRevealed, RevealEvent } from './reveal.events.js';

export interface RevealCommand {
  customerId: string;
  revealed: PersonalDataRevealed;
}

/** Every reveal is recorded, the second of the same fields as well: each is a look of its own (domain §13.2). */
export const revealDecider: Decider<null, RevealCommand, RevealEvent, DecideContext, never> = {
  fold: stateless,

  decide: (_state, { customerId, revealed }, { now }) =>
    accept({ type: 'personal-data-revealed', data: revealed, occurredAt: now, subjects: { customer: customerId } }),
};

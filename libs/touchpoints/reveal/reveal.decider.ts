import type { DecideContext, Decider } from '@touchline/core';
import { accept, identityFault, refuse } from '@touchline/core';
import type { PersonalDataRevealed, RevealEvent } from './reveal.events.js';

export interface RevealCommand {
  customerId: string;
  revealed: PersonalDataRevealed;
}

/** A customer once registered stays known; a site once theirs stays theirs (ADR 0041). */
export interface RevealScope {
  customerKnown: boolean;
  /** True where the customer is known at a site of the caller. */
  inScope: boolean;
}

export type RevealRejection = 'customer.unknown' | 'scope.other-site';

/** Every reveal is recorded, the second of the same fields as well: each is a look of its own (domain §13.2). */
export const revealDecider: Decider<null, RevealCommand, RevealEvent, DecideContext & RevealScope, RevealRejection> = {
  initial: null,
  evolve: () => null,

  decide(_state, { customerId, revealed }, { now, customerKnown, inScope }) {
    if (!customerKnown) return refuse(identityFault('customer.unknown', 'there is no such customer', 'customerId'));
    if (!inScope) return refuse(identityFault('scope.other-site', 'this customer is known at none of your sites'));
    return accept({ type: 'personal-data-revealed', data: revealed, occurredAt: now, subjects: { customer: customerId } });
  },
};

import type { DecideContext, Decider } from '@touchline/core';
import { accept, identityFault, refuse } from '@touchline/core';
import type { IdentifierEvent, IdentifierKind } from './identifier.events.js';
import type { IdentifierHolder } from './identifier.fold.js';
import { holdersFold } from './identifier.fold.js';

export type IdentifierCommand =
  | { kind: 'claim'; identifier: IdentifierKind; customerId: string; occurredAt: string; share?: boolean }
  | { kind: 'release'; customerId: string; occurredAt: string };

export type IdentifierRejection = 'identifier.held';

/** Who holds an identifier: one customer, or several who are said to share it (ADR 0043). What holds already changes nothing. */
export const identifierDecider: Decider<
  readonly IdentifierHolder[],
  IdentifierCommand,
  IdentifierEvent,
  DecideContext,
  IdentifierRejection
> = {
  fold: holdersFold,

  decide(holders, command) {
    const { customerId, occurredAt } = command;
    const subjects = { customer: customerId };
    const holds = holders.some((holder) => holder.customerId === customerId);
    if (command.kind === 'release')
      return holds ? accept({ type: 'identifier-released', data: { customerId }, occurredAt, subjects }) : accept();
    if (holds) return accept();
    const data = { kind: command.identifier, customerId };
    if (holders.length === 0) return accept({ type: 'identifier-claimed', data, occurredAt, subjects });
    if (command.share === true) return accept({ type: 'identifier-shared', data, occurredAt, subjects });
    return refuse(identityFault('identifier.held', 'another customer has this identifier; say so explicitly if they share it'));
  },
};

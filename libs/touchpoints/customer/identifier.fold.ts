import type { Fold, Position, RecordedEvent } from '@touchline/core';
import type { IdentifierEvent } from './identifier.events.js';

/** Who holds an identifier, in the order they came to it, and where in the log each did. */
export interface IdentifierHolder {
  customerId: string;
  since: Position;
}

export const noHolders: readonly IdentifierHolder[] = [];

export function evolveHolders(holders: readonly IdentifierHolder[], event: RecordedEvent): readonly IdentifierHolder[] {
  const known = event as RecordedEvent<IdentifierEvent>;
  switch (known.type) {
    case 'identifier-claimed':
    case 'identifier-shared':
      return [...holders, { customerId: known.data.customerId, since: known.position }];
    case 'identifier-released':
      return holders.filter(({ customerId }) => customerId !== known.data.customerId);
    default:
      return holders;
  }
}

export const holdersFold: Fold<readonly IdentifierHolder[]> = { name: 'holders', initial: noHolders, evolve: evolveHolders };

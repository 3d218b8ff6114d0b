import type { Fold, RecordedEvent } from '@touchline/core';
import type { ErasureEvent } from './erasure.events.js';

type Begun = RecordedEvent<Extract<ErasureEvent, { type: 'erasure-begun' }>>;

/** How far a person's erasure has come. */
export interface ErasureStanding {
  /** In whose words it is told; null where nobody has asked. */
  begun: Begun | null;
  /** How often it was put off. */
  attempts: number;
  completed: boolean;
}

export const noErasure: ErasureStanding = { begun: null, attempts: 0, completed: false };

export function evolveErasure(erasure: ErasureStanding, event: RecordedEvent): ErasureStanding {
  const known = event as RecordedEvent<ErasureEvent>;
  switch (known.type) {
    case 'erasure-begun':
      return { ...erasure, begun: known };
    case 'erasure-put-off':
      return { ...erasure, attempts: known.data.attempt };
    case 'erasure-completed':
      return { ...erasure, completed: true };
    default:
      return erasure;
  }
}

export const erasureFold: Fold<ErasureStanding> = { name: 'erasure', initial: noErasure, evolve: evolveErasure };

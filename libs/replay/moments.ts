import { readInstant } from '@touchline/core';

/** A moment as people name it: `knownBy` an instant or a place in the log; instants as they are read. */
export interface MomentNamed {
  happenedBy?: string | undefined;
  knownBy?: string | undefined;
}

/**
 * One side of a comparison. An instant means what had happened by then as it was known then, a place in the log what was
 * recorded up to it, nothing all that there is; what is fixed for both sides comes before.
 */
export function sideOf(at: string | undefined, { happenedBy, knownBy }: MomentNamed): MomentNamed {
  return { happenedBy: happenedBy ?? readInstant(at) ?? undefined, knownBy: knownBy ?? at };
}

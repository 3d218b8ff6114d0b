import { isInstant, toIso } from '@touchline/core';

/** A moment as people name it: `knownBy` an instant or a place in the log. */
export interface MomentNamed {
  happenedBy?: string | undefined;
  knownBy?: string | undefined;
}

/**
 * One side of a comparison. An instant means what had happened by then as it was known then, a place in the log what was
 * recorded up to it, nothing all that there is; what is fixed for both sides comes before.
 */
export function sideOf(at: string | undefined, { happenedBy, knownBy }: MomentNamed): MomentNamed {
  return { happenedBy: happenedBy ?? (at !== undefined && isInstant(at) ? at : undefined), knownBy: knownBy ?? at };
}

/** The one form in which instants are compared. */
export const inUtc = (instant: string): string => toIso(Date.parse(instant));

import type { KeyClaim, RequestClaims } from '@touchline/commands';
import { KEY_REUSED } from '@touchline/event-store';
import { Refused } from '@touchline/http';
import { problemOf } from './problem-of.js';

/**
 * Claims the key of a request or a message (ADR 0030).
 * @returns gives the key back
 * @throws Refused where the key stands for another
 */
export async function holdKey(claims: RequestClaims, claim: KeyClaim): Promise<() => Promise<void>> {
  if (!(await claims.claim(claim))) throw new Refused([KEY_REUSED]);
  return () => claims.release(claim);
}

/** Of what was refused nothing was recorded, and its key goes back; after a fault nobody knows. */
export const givesKeyBack = (error: unknown): boolean => problemOf(error).status < 500;

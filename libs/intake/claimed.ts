import type { KeyClaim, RequestClaims } from '@touchline/commands';
import { KEY_REUSED } from '@touchline/event-store';
import { Refused } from '@touchline/http';
import { problemOf } from '@touchline/server/problem-of.js';

/**
 * Does the work of a message that holds its key. Where it is refused, nothing was recorded and the key is given back; after a
 * fault nobody knows, and only the very same message may come with it (ADR 0030).
 * @throws Refused where the key stands for another
 */
export async function claimed<T>(claims: RequestClaims, claim: KeyClaim, work: () => Promise<T>): Promise<T> {
  if (!(await claims.claim(claim))) throw new Refused([KEY_REUSED]);
  try {
    return await work();
  } catch (error) {
    // A key that cannot be given back stays with this message: the sender is told why it was refused all the same.
    if (problemOf(error).status < 500) await claims.release(claim).catch(() => undefined);
    throw error;
  }
}

import type { KeyClaim, RequestClaims } from '@touchline/commands';
import { givesKeyBack, holdKey } from '@touchline/server/hold-key.js';

/**
 * Does the work of a message that holds its key. Where it is refused, nothing was recorded and the key is given back; after a
 * fault nobody knows, and only the very same message may come with it (ADR 0030).
 * `keyKept`: told why a key could not be given back.
 * @throws Refused where the key stands for another
 */
export async function claimed<T>(
  { claims, keyKept }: { claims: RequestClaims; keyKept: (error: unknown) => void },
  claim: KeyClaim,
  work: () => Promise<T>,
): Promise<T> {
  const giveBack = await holdKey(claims, claim);
  try {
    return await work();
  } catch (error) {
    // A key that cannot be given back stays with this message: the sender is told why it was refused all the same.
    if (givesKeyBack(error)) await giveBack().catch(keyKept);
    throw error;
  }
}

import { setImmediate as turn } from 'node:timers/promises';

/** How long work may go on before others have their turn. */
const LONGEST_MS = 10;

/** To be awaited between pieces of long work: lets others have their turn, and throws once nobody waits for the work any more. */
export function cooperativeYield(signal?: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - since < LONGEST_MS) return;
    await turn();
    signal?.throwIfAborted();
    since = performance.now();
  };
}

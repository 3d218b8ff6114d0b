import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from './patience.js';

/** Looks again until there is an answer other than null, undefined or false; fails after the bound. */
export async function eventually<T>(look: () => Promise<T> | T, boundMs = PATIENCE_MS): Promise<Exclude<T, null | undefined | false>> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const answer = await look();
    if (answer !== null && answer !== undefined && answer !== false) return answer as Exclude<T, null | undefined | false>;
    if (performance.now() > deadline) throw new Error(`still nothing after ${boundMs} ms: ${look.toString()}`);
    await delay(10);
  }
}

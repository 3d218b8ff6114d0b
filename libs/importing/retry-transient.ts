import { setTimeout as delay } from 'node:timers/promises';

/** Which faults pass by themselves, such as a database that starts again. */
export type IsTransient = (error: unknown) => boolean;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const PATIENCE_MS = 60_000;

/** Does something that is safe to repeat, and again for a minute while what is in the way may pass. */
export async function retryTransient<T>(mayPass: IsTransient, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || performance.now() + pause > end) throw error;
    }
    await delay(pause);
  }
}

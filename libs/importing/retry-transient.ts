import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs } from '@touchline/core';

/** Which faults pass by themselves, such as a database that starts again. */
export type IsTransient = (error: unknown) => boolean;

const RETRIES = { firstMs: 100, longestMs: 5_000 };
const PATIENCE_MS = 60_000;

/** Does something that is safe to repeat, and again for a minute while what is in the way may pass. */
export async function retryTransient<T>(mayPass: IsTransient, work: () => Promise<T>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (let failures = 0; ; failures += 1) {
    const pause = backOffMs(failures, RETRIES);
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || performance.now() + pause > end) throw error;
    }
    await delay(pause);
  }
}

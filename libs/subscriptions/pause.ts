import { setTimeout as delay } from 'node:timers/promises';
import { backOffMs } from '@touchline/core';

/** Waits so long, or until the signal; never fails. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => undefined);
}

/** True once it has ended; false where that takes longer than so many ms. Its failure is the caller's. */
export async function endsWithin(running: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  const late = new AbortController();
  const timeout = delay(timeoutMs, false, { signal: late.signal }).catch(() => false);
  return Promise.race([running.then(() => true), timeout]).finally(() => late.abort());
}

const BOUNDS = { firstMs: 50, longestMs: 5_000 };

/** Waiting times between tries, from the start again after a success. */
export class BackOff {
  private failures = 0;

  next(): number {
    return backOffMs(this.failures++, BOUNDS);
  }

  reset(): void {
    this.failures = 0;
  }
}

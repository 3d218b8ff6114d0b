import { setTimeout as delay } from 'node:timers/promises';

/** Waits so long, or until the signal; never fails. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => undefined);
}

/** Waiting times between tries: 50 ms, doubled up to 5 s, from the start again after a success. */
export class BackOff {
  private failures = 0;

  next(): number {
    return Math.min(50 * 2 ** this.failures++, 5_000);
  }

  reset(): void {
    this.failures = 0;
  }
}

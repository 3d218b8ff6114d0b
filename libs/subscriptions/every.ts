import { endsWithin, pause } from './pause.js';
import type { LeaseDeps } from './with-lease.js';
import { withLease } from './with-lease.js';

/** What is to be done now and then, whatever comes in. */
export interface Duty {
  /** Of its lease. */
  name: string;
  /** Never where it is 0. */
  intervalMs: number;
  /** Does what is due by now, which may be nothing: another process may have done it. Cut short by the signal. */
  work(signal: AbortSignal): Promise<void>;
  /** Told what failed; it is tried again at the next time. */
  failed(error: unknown): void;
}

/** A duty that is being done. */
export interface Regular {
  /** Cuts short what is being done, and waits for it; false where that took longer than allowed. */
  drain(timeoutMs: number): Promise<boolean>;
}

/**
 * Does a duty at once and then every so often until it is drained, in any number of processes, one at a time. A process that
 * is told to end before it came to it has done it once: those that live for less than the interval would else never do it.
 */
export function every(deps: LeaseDeps, duty: Duty): Regular {
  const ending = new AbortController();
  const running = duty.intervalMs === 0 ? Promise.resolve() : repeat(deps, duty, ending.signal);
  return {
    drain(timeoutMs) {
      ending.abort();
      return endsWithin(running, timeoutMs);
    },
  };
}

async function repeat(deps: LeaseDeps, duty: Duty, signal: AbortSignal): Promise<void> {
  do {
    // Whoever is at it may be cut short: it is looked at again soon.
    let nextMs = Math.min(duty.intervalMs, deps.heartbeatMs);
    try {
      if (await withLease(deps, duty.name, signal, (_, over) => duty.work(over))) nextMs = duty.intervalMs;
    } catch (error) {
      duty.failed(error);
      nextMs = duty.intervalMs;
    }
    await pause(nextMs, signal);
  } while (!signal.aborted);
}

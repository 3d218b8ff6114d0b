import { BestEffort } from '@touchline/core';
import type { Lease, Leases } from './leases.js';
import { pause } from './pause.js';

export interface LeaseDeps {
  leases: Leases;
  /** Names this process in the table of leases. */
  holder: string;
  /** The lease is renewed, and an operator's wish looked up, this often; a third of the lease's term. */
  heartbeatMs: number;
  /** Told why a lease could not be renewed, the first time in a row, or given back; the work goes on, or is done. */
  leaseFault(lease: string, what: 'not renewed' | 'not given back', error: unknown): void;
}

/**
 * Works under a lease, which is renewed for as long as that takes and then given back. `over` comes with the signal, or where
 * another took the lease.
 * @returns false where another holds it
 */
export async function withLease(
  deps: LeaseDeps,
  name: string,
  signal: AbortSignal,
  work: (lease: Lease, over: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const lease = await deps.leases.acquire(name, deps.holder);
  if (lease === null) return false;
  const lost = new AbortController();
  const finished = new AbortController();
  const renewals = renew(deps, lease, lost, AbortSignal.any([lost.signal, finished.signal]));
  try {
    await work(lease, AbortSignal.any([signal, lost.signal]));
  } finally {
    finished.abort();
    await renewals;
    // It runs out by itself.
    await deps.leases.release(lease).catch((error: unknown) => deps.leaseFault(name, 'not given back', error));
  }
  return true;
}

async function renew(deps: LeaseDeps, lease: Lease, lost: AbortController, until: AbortSignal): Promise<void> {
  // The server is away, which the work itself will find; a lease that ran out meanwhile is found by what fences.
  const renewing = new BestEffort((error) => deps.leaseFault(lease.name, 'not renewed', error));
  for (;;) {
    await pause(deps.heartbeatMs, until);
    if (until.aborted) return;
    await renewing.run(async () => {
      if (!(await deps.leases.renew(lease))) lost.abort();
    });
  }
}

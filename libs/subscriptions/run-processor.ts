import type { Notifications } from '@touchline/postgres';
import type { RunState } from './checkpoints.js';
import { CONTROL_CHANNEL } from './checkpoints.js';
import type { Lease } from './leases.js';
import { BackOff, pause } from './pause.js';
import type { LeaseDeps } from './with-lease.js';
import { withLease } from './with-lease.js';

export interface ProcessorDeps extends LeaseDeps {
  notifications: Notifications;
}

/** One stretch of work under a lease. */
export interface Stretch {
  lease: Lease;
  /** Comes with the end of the process, the loss of the lease, or an operator's change. What is in hand is finished. */
  until: AbortSignal;
  /** To be told that something was worked in: what fails after it is tried again soon. */
  worked: () => void;
}

/**
 * Follows the log, in one process at a time: a read model, a rebuild, the relay (ADR 0044). Where it goes on from, and what an
 * operator wants of it, is kept where its effects are, and moves with them: that is what fences, not the lease.
 */
export interface Processor {
  /** Of its lease. */
  readonly name: string;
  /** Under which operators' changes are told. */
  readonly control: string;
  /** False while there is nothing for this process to do; asked before the lease is taken. */
  mayBegin?(): Promise<boolean>;
  /** Makes the place where it goes on from its own, before every stretch. `over`: another's, or nothing is left to do. */
  begin(lease: Lease): Promise<RunState | 'over'>;
  /** Follows from there. @returns over: nothing is left to do */
  follow(stretch: Stretch): Promise<'on' | 'over'>;
  /** What it is to do, as it is noted now. */
  state(): Promise<RunState | null>;
  /** Notes what does not pass by itself, for an operator to have it go on; false for what is tried again with back-off. */
  stop(lease: Lease, error: unknown): Promise<boolean>;
  /** Told that it does nothing, and why; standby: another process is at it, or may be. */
  rests?(as: 'standby' | 'paused' | 'stopped'): void;
}

/** One that never comes to an end. */
export interface LastingProcessor extends Processor {
  /** Told what failed and is tried again. */
  failed(error: unknown): Promise<void> | void;
}

/** Keeps a processor going until the signal, whatever fails. */
export async function runProcessor(deps: ProcessorDeps, processor: LastingProcessor, signal: AbortSignal): Promise<void> {
  const backOff = new BackOff();
  while (!signal.aborted) {
    // Heard before anything is looked up, so that no change falls in between.
    const changed = onControl(deps.notifications, processor.control, signal);
    try {
      if (await serve(deps, processor, signal, backOff)) continue;
      processor.rests?.('standby');
      await pause(deps.heartbeatMs, changed.signal);
    } catch (error) {
      await processor.failed(error);
      await pause(backOff.next(), signal);
    } finally {
      changed.end();
    }
  }
}

/**
 * Works under the lease until the signal, its loss, or until nothing is left to do.
 * @returns false where there is nothing to do here, or another holds the lease
 * @throws what is to be tried again
 */
export async function serve(deps: ProcessorDeps, processor: Processor, signal: AbortSignal, backOff: BackOff): Promise<boolean> {
  if ((await processor.mayBegin?.()) === false) return false;
  return withLease(deps, processor.name, signal, async (lease, over) => {
    let isOver = false;
    while (!isOver && !over.aborted) isOver = await stretch(deps, processor, { lease, over, worked: () => backOff.reset() });
  });
}

/** Runs, or stands still, until an operator changes it; true where nothing is left to do. */
async function stretch(
  { notifications, heartbeatMs }: ProcessorDeps,
  processor: Processor,
  { lease, over, worked }: Pick<Stretch, 'lease' | 'worked'> & { over: AbortSignal },
): Promise<boolean> {
  // Heard before the state is read, so that no change falls in between.
  const { signal: until, end } = onControl(notifications, processor.control, over);
  try {
    const state = await processor.begin(lease);
    if (state === 'over') return true;
    if (state === 'running') return (await processor.follow({ lease, until, worked })) === 'over';
    processor.rests?.(state);
    // A notification may be lost; the heartbeat's look is the fallback.
    while (!until.aborted && (await processor.state()) === state) await pause(heartbeatMs, until);
    return false;
  } catch (error) {
    if (await processor.stop(lease, error)) return false;
    throw error;
  } finally {
    end();
  }
}

/** Aborts when an operator changed what goes by this name, or may have, and at the end of the run. */
function onControl(notifications: Notifications, name: string, over: AbortSignal): { signal: AbortSignal; end: () => void } {
  const changed = new AbortController();
  const end = notifications.on(CONTROL_CHANNEL, (changedName) => {
    if (changedName === null || changedName === name) changed.abort();
  });
  return { signal: AbortSignal.any([changed.signal, over]), end };
}

import type { Projection, RecordedEvent } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import type { ApplyDeps } from './apply-batch.js';
import { BatchApplier } from './apply-batch.js';
import type { Checkpoint, RunState } from './checkpoints.js';
import { CONTROL_CHANNEL } from './checkpoints.js';
import type { Failure, FailureCode } from './failures.js';
import { EventFailure, describeFault, isPassing } from './failures.js';
import type { Lease, Leases } from './leases.js';
import type { Notifications } from '@touchline/postgres';
import type { ProjectionObserver } from './observer.js';
import { oneAhead } from './one-ahead.js';
import { BackOff, pause } from './pause.js';

export interface RunnerDeps extends ApplyDeps {
  leases: Leases;
  notifications: Notifications;
  observer: ProjectionObserver;
  /** Names this process in the table of leases. */
  holder: string;
  /** The lease is renewed, and an operator's wish looked up, this often; a third of the lease's term. */
  heartbeatMs: number;
  /** Most events of one transaction. */
  batchSize: number;
}

/**
 * Keeps one read model up with the log until the signal: takes the lease, follows the log from the checkpoint, stops
 * on its own failures, comes back after everybody else's. A batch in hand is finished before it returns.
 */
export async function runProjection<Row extends object>(deps: RunnerDeps, projection: Projection<Row>, signal: AbortSignal): Promise<void> {
  const backOff = new BackOff();
  while (!signal.aborted) {
    try {
      const lease = await deps.leases.acquire(projection.name, deps.holder);
      if (lease === null) {
        deps.observer.state(projection.name, 'standby');
        await pause(deps.heartbeatMs, signal);
        continue;
      }
      const run = new Run(deps, projection, lease, signal, backOff);
      await run.underLease().finally(() => deps.leases.release(lease).catch(() => undefined));
    } catch (error) {
      deps.observer.fault(projection.name, error);
      await pause(backOff.next(), signal);
    }
  }
}

class Run<Row extends object> {
  /** Ends with the process's drain or with the loss of the lease. */
  private readonly over: AbortSignal;
  private readonly lost = new AbortController();

  constructor(
    private readonly deps: RunnerDeps,
    private readonly projection: Projection<Row>,
    private readonly lease: Lease,
    signal: AbortSignal,
    private readonly backOff: BackOff,
  ) {
    this.over = AbortSignal.any([signal, this.lost.signal]);
  }

  async underLease(): Promise<void> {
    const finished = new AbortController();
    const renewing = this.renew(AbortSignal.any([this.over, finished.signal]));
    try {
      while (!this.over.aborted) await this.stretch();
    } finally {
      finished.abort();
      await renewing;
    }
  }

  /** One stretch of running, or of standing still, until an operator changes it. */
  private async stretch(): Promise<void> {
    const { deps, projection, lease } = this;
    // Heard before the checkpoint is read, so that no change falls in between.
    const changed = this.onControl();
    try {
      const checkpoint = await deps.checkpoints.claim(lease, { version: projection.version, logId: await deps.store.logId() });
      if (checkpoint === null) {
        this.lost.abort();
        return;
      }
      deps.observer.state(projection.name, checkpoint.state);
      if (checkpoint.state !== 'running') await this.standStill(checkpoint.state, changed.signal);
      else if (await this.mayFollow(checkpoint)) await this.follow(checkpoint, changed.signal);
    } finally {
      changed.end();
    }
  }

  /** Where the log, or the fold, is not the one the checkpoint was made with, nothing may be read on (D10). */
  private async mayFollow({ position, eventId, logId, version }: Checkpoint): Promise<boolean> {
    const { store } = this.deps;
    if (version !== this.projection.version) {
      const problem = `the rows are of version ${version}, the projection of version ${this.projection.version}`;
      await this.stop('projection.version-changed', null, problem);
      return false;
    }
    const known = logId === (await store.logId()) && (position === null || (await store.eventAt(position))?.id === eventId);
    if (!known)
      await this.stop('checkpoint.log-mismatch', null, `the log holds no event ${eventId ?? ''} at ${position ?? 'its beginning'}`);
    return known;
  }

  private async follow(checkpoint: Checkpoint, until: AbortSignal): Promise<void> {
    const applier = new BatchApplier(this.deps, this.projection, this.lease, checkpoint);
    const done = new AbortController();
    const signal = AbortSignal.any([until, done.signal]);
    const subscription = this.deps.store.subscribeToAll({ after: checkpoint.position, signal, batchSize: this.deps.batchSize });
    try {
      for await (const { events } of oneAhead(subscription)) {
        if (events.length === 0) continue;
        // Told to end it may have left events of this batch: nothing that comes after them may be worked in.
        if ((await this.take(applier, events, until)) !== 'running' || until.aborted) return;
        this.backOff.reset();
      }
    } finally {
      // What was read ahead is let go; it was not worked in.
      done.abort();
    }
  }

  /** A batch that fails is tried again event by event, so that what fails is known and all before it stands. */
  private async take(applier: BatchApplier<Row>, events: readonly StoredEvent[], until: AbortSignal): Promise<RunState> {
    try {
      return await this.apply(applier, events);
    } catch (error) {
      if (isPassing(error)) throw error;
      if (events.length === 1) return this.retry(applier, events[0]!, error, until);
    }
    for (const event of events) {
      if (until.aborted) return 'running';
      const state = await this.take(applier, [event], until);
      if (state !== 'running') return state;
    }
    return 'running';
  }

  private async apply(applier: BatchApplier<Row>, events: readonly StoredEvent[]): Promise<RunState> {
    const started = performance.now();
    const { last, state } = await applier.apply(events);
    const seconds = (performance.now() - started) / 1000;
    if (last !== null) this.observe(events.length, seconds, last);
    return state;
  }

  private observe(events: number, seconds: number, { position, meta }: RecordedEvent): void {
    this.deps.observer.batch(this.projection.name, { events, seconds, position, recordedAt: meta.recordedAt });
  }

  private async retry(applier: BatchApplier<Row>, event: StoredEvent, first: unknown, until: AbortSignal): Promise<RunState> {
    const delays = this.projection.onFailure.retryAfterMs;
    let error = first;
    for (const [index, delay] of delays.entries()) {
      await this.fail('event.failed', event, error, index + 1, delay);
      await pause(delay, until);
      if (until.aborted) return 'running';
      try {
        return await this.apply(applier, [event]);
      } catch (again) {
        if (isPassing(again)) throw again;
        error = again;
      }
    }
    await this.fail('event.failed', event, error, delays.length + 1, null);
    return 'stopped';
  }

  private stop(code: FailureCode, event: StoredEvent | null, problem: string): Promise<void> {
    return this.fail(code, event, new Error(problem), 1, null);
  }

  private async fail(code: FailureCode, at: StoredEvent | null, error: unknown, attempts: number, retryMs: number | null): Promise<void> {
    const event = error instanceof EventFailure ? error.event : at;
    const now = Date.now();
    const failure: Failure = {
      code,
      event: event && { id: event.id, type: event.type, stream: event.stream, position: event.position },
      ...describeFault(error, this.projection.personal),
      attempts,
      failedAt: new Date(now).toISOString(),
      retryAt: retryMs === null ? null : new Date(now + retryMs).toISOString(),
    };
    await this.deps.checkpoints.fail(this.lease, failure, retryMs === null);
    this.deps.observer.failure(this.projection.name, failure);
  }

  /** Aborts when an operator changed this projection, or may have, and at the end of the run. */
  private onControl(): { signal: AbortSignal; end: () => void } {
    const changed = new AbortController();
    const end = this.deps.notifications.on(CONTROL_CHANNEL, (name) => {
      if (name === null || name === this.projection.name) changed.abort();
    });
    return { signal: AbortSignal.any([changed.signal, this.over]), end };
  }

  private async standStill(state: RunState, changed: AbortSignal): Promise<void> {
    // A notification may be lost; the heartbeat's look is the fallback.
    while (!changed.aborted && (await this.deps.checkpoints.get(this.projection.name))?.state === state)
      await pause(this.deps.heartbeatMs, changed);
  }

  private async renew(until: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.deps.heartbeatMs, until);
      if (until.aborted) return;
      try {
        if (!(await this.deps.leases.renew(this.lease))) this.lost.abort();
      } catch {
        // The server is away, which the run itself will find; a lease that ran out meanwhile is found by the fence.
      }
    }
  }
}

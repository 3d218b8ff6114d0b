import type { Position, Projection, RecordedEvent } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import type { ApplyDeps } from './apply-batch.js';
import { BatchApplier } from './apply-batch.js';
import type { Target } from './builds.js';
import type { Checkpoint, RunState } from './checkpoints.js';
import type { Failure, FailureCode } from './failures.js';
import { EventFailure, describeFault, isPassing } from './failures.js';
import type { Lease } from './leases.js';
import type { BackOff } from './pause.js';
import { pause } from './pause.js';
import { oneAhead } from './one-ahead.js';

/** Told what is worked in, and what cannot be. */
export interface FollowObserver {
  batch(batch: { events: number; seconds: number; position: Position; recordedAt: string }): void;
  failure(failure: Failure): void;
}

export interface FollowDeps extends ApplyDeps {
  /** Most events of one transaction. */
  batchSize: number;
}

/** Works the log into the rows of one build, under a lease. What fails stands on the checkpoint, for an operator. */
export class Follower<Row extends object> {
  constructor(
    private readonly deps: FollowDeps,
    private readonly projection: Projection<Row>,
    private readonly target: Target,
    private readonly lease: Lease,
    private readonly observer: FollowObserver,
    private readonly backOff: BackOff,
  ) {}

  /** Where the log is not the one the checkpoint was made with, nothing may be read on (D10): it stops, and says so. */
  async mayFollow(checkpoint: Checkpoint): Promise<boolean> {
    if (await isOfThisLog(this.deps.store, checkpoint)) return true;
    const { position, eventId } = checkpoint;
    const problem = new Error(`the log holds no event ${eventId ?? ''} at ${position ?? 'its beginning'}`);
    await this.fail('checkpoint.log-mismatch', null, problem, 1, null);
    return false;
  }

  /**
   * Follows from the checkpoint on, up to and including `upTo` where that is given, else until the signal. A batch in hand
   * is finished.
   * @returns what the reader shall do next
   */
  async follow(checkpoint: Checkpoint, until: AbortSignal, upTo?: Position): Promise<RunState> {
    const applier = new BatchApplier(this.deps, this.projection, this.target, this.lease, checkpoint);
    const done = new AbortController();
    const signal = AbortSignal.any([until, done.signal]);
    const subscription = this.deps.store.subscribeToAll({ after: checkpoint.position, signal, batchSize: this.deps.batchSize });
    try {
      for await (const { events } of oneAhead(subscription)) {
        const within = upTo === undefined ? events : events.filter(({ position }) => position <= upTo);
        if (within.length > 0) {
          const state = await this.take(applier, within, until);
          // Told to end it may have left events of this batch: nothing that comes after them may be worked in.
          if (state !== 'running' || until.aborted) return state;
          this.backOff.reset();
        }
        if (upTo !== undefined && (events.at(-1)?.position ?? '') >= upTo) return 'running';
      }
    } finally {
      // What was read ahead is let go; it was not worked in.
      done.abort();
    }
    return 'running';
  }

  /** A batch that fails is tried again in halves, so that what fails is known and all before it stands. */
  private async take(applier: BatchApplier<Row>, events: readonly StoredEvent[], until: AbortSignal): Promise<RunState> {
    try {
      return await this.apply(applier, events);
    } catch (error) {
      if (isPassing(error)) throw error;
      if (events.length === 1) return this.retry(applier, events[0]!, error, until);
    }
    const half = Math.ceil(events.length / 2);
    for (const some of [events.slice(0, half), events.slice(half)]) {
      if (until.aborted) return 'running';
      const state = await this.take(applier, some, until);
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
    this.observer.batch({ events, seconds, position, recordedAt: meta.recordedAt });
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
    this.observer.failure(failure);
  }
}

/** True where the log holds the event that a checkpoint was moved to, at its place (D10). */
export async function isOfThisLog(
  store: ApplyDeps['store'],
  { logId, position, eventId }: Pick<Checkpoint, 'logId' | 'position' | 'eventId'>,
): Promise<boolean> {
  return logId === (await store.logId()) && (position === null || (await store.eventAt(position))?.id === eventId);
}

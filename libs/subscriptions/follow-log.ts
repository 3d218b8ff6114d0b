import type { Position } from '@touchline/core';
import { hasReached } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import type { ApplyDeps, Written } from './apply-batch.js';
import { BatchApplier } from './apply-batch.js';
import type { Target } from './builds.js';
import type { Checkpoint, RunState } from './checkpoints.js';
import type { FailureCode } from './failures.js';
import { EventFailure, Stopped, describeFault, isPassing } from './failures.js';
import type { Lease } from './leases.js';
import { prefetchOne } from './prefetch.js';
import type { SetAside } from './set-aside.js';
import { isPoison } from './set-aside.js';
import { WriteBehind } from './write-behind.js';
import type { StoredProjection } from './stored-projection.js';

/** Events that are read and decoded at a time; what of a batch is not yet folded takes the most memory. */
const PAGE_SIZE = 1_000;

/** Told what is worked in, and what cannot be. */
export interface FollowObserver {
  /** Something was written. */
  worked(): void;
  batch(batch: { events: number; seconds: number; position: Position; recordedAt: string; traces: ReadonlySet<string> }): void;
  /** A stream cannot be worked in; all else goes on. */
  setAside(aside: SetAside): void;
  /** A stream that was set aside goes on. */
  settled(stream: string): void;
}

/** Events that were not worked in, and why. */
interface Failed {
  events: readonly StoredEvent[];
  error: unknown;
}

/** Soonest that the log is left for something that is to be tried again. */
const MIN_RETRY_MS = 1_000;

/**
 * Works the log into the rows of one build, under a lease. A stream that an event spoils is set aside, and tried again; what
 * is no event's fault and does not pass by itself stops it, and stands on the checkpoint for an operator.
 */
export class Follower<Row extends object> {
  constructor(
    private readonly deps: ApplyDeps,
    private readonly projection: StoredProjection<Row>,
    private readonly target: Target,
    private readonly lease: Lease,
    private readonly observer: FollowObserver,
  ) {}

  /** Where the log is not the one the checkpoint was made with, nothing may be read on (ADR 0001). @throws Stopped */
  async assertSameLog(checkpoint: Checkpoint): Promise<void> {
    const { store } = this.deps;
    if (await isOfThisLog(store, checkpoint)) return;
    throw this.stopped('checkpoint.log-mismatch', null, new Error(mismatchText(checkpoint, await store.logId())));
  }

  /**
   * Follows from the checkpoint on, up to and including `upTo` where that is given, else until the signal. What is in hand
   * is finished.
   * @returns what the reader shall do next
   * @throws Stopped where no event is to blame
   */
  async follow(checkpoint: Checkpoint, until: AbortSignal, upTo?: Position): Promise<RunState> {
    const applier = new BatchApplier(this.deps, this.projection, this.target, this.lease, checkpoint);
    for (;;) {
      for (const stream of await applier.due(Date.now())) {
        if (until.aborted) return 'running';
        const { state, ...written } = await applier.retry(stream);
        this.written({ state, ...written });
        if (state !== 'running') return state;
      }
      const due = new AbortController();
      const dueAt = applier.nextDue();
      const timer = dueAt === null ? undefined : setTimeout(() => due.abort(), Math.max(MIN_RETRY_MS, dueAt - Date.now()));
      const ended = await this.stretch(applier, AbortSignal.any([until, due.signal]), upTo).finally(() => clearTimeout(timer));
      const { state, failed } = ended;
      if (failed === null && (state !== 'running' || !due.signal.aborted || until.aborted)) return state;
      if (failed === null) continue;
      const next = await this.mend(applier, failed, until);
      // Told to end it may have left some of these: nothing that comes after them may be worked in.
      if (next !== 'running' || until.aborted || (upTo !== undefined && hasReached(applier.position, upTo))) return next;
    }
  }

  /** Folds what comes while what came before it is being written; ends at the first failure. */
  private async stretch(
    applier: BatchApplier<Row>,
    until: AbortSignal,
    upTo: Position | undefined,
  ): Promise<{ state: RunState; failed: Failed | null }> {
    const { store, batchSize } = this.deps;
    const done = new AbortController();
    const signal = AbortSignal.any([until, done.signal]);
    const subscription = store.subscribeToAll({ after: applier.position, signal, batchSize: Math.min(batchSize, PAGE_SIZE) });
    const writing = new WriteBehind(applier, batchSize, { written: (written) => this.written(written), ended: () => done.abort() });
    let failed: Failed | null = null;
    try {
      for await (const { events, caughtUp } of prefetchOne(subscription)) {
        const within = upTo === undefined ? events : events.filter(({ position }) => position <= upTo);
        await writing.room(within.length);
        if (writing.ended) break;
        failed = within.length === 0 ? null : await this.fold(applier, within);
        if (failed !== null) break;
        // As long as there is more to read, more comes together.
        if (caughtUp) writing.begin();
        if (until.aborted || (upTo !== undefined && hasReached(events.at(-1)?.position ?? null, upTo))) break;
      }
    } finally {
      // What was read ahead is let go; it was not worked in.
      done.abort();
      await writing.settled();
    }
    const { state, failure } = writing;
    if (failure !== null && isPassing(failure.error)) throw failure.error;
    // Folded onto what could not be written, or after the reader was told to stop.
    const unwritten = applier.giveUp();
    if (failure !== null)
      failed = { events: [...(await this.readAgain(applier.position, unwritten)), ...(failed?.events ?? [])], error: failure.error };
    return { state, failed: state === 'running' ? failed : null };
  }

  /** Null where it went well. */
  private async fold(applier: BatchApplier<Row>, events: readonly StoredEvent[]): Promise<Failed | null> {
    try {
      await applier.fold(events);
      return null;
    } catch (error) {
      if (isPassing(error)) throw error;
      return { events, error };
    }
  }

  private async readAgain(after: Position | null, events: number): Promise<StoredEvent[]> {
    const read: StoredEvent[] = [];
    for await (const event of this.deps.store.readAll({ after, limit: events })) read.push(event);
    return read;
  }

  private async take(applier: BatchApplier<Row>, events: readonly StoredEvent[], until: AbortSignal): Promise<RunState> {
    try {
      return await this.apply(applier, events);
    } catch (error) {
      if (isPassing(error)) throw error;
      return this.mend(applier, { events, error }, until);
    }
  }

  /** What fails is tried again in halves, so that the event that fails is known and all before it stands. */
  private async mend(applier: BatchApplier<Row>, { events, error }: Failed, until: AbortSignal): Promise<RunState> {
    if (events.length === 1) return this.giveIn(applier, events[0]!, error);
    const half = Math.ceil(events.length / 2);
    for (const some of [events.slice(0, half), events.slice(half)]) {
      if (until.aborted) return 'running';
      const state = await this.take(applier, some, until);
      if (state !== 'running') return state;
    }
    return 'running';
  }

  private async apply(applier: BatchApplier<Row>, events: readonly StoredEvent[]): Promise<RunState> {
    const written = await applier.apply(events);
    this.written(written);
    return written.state;
  }

  private written({ events, seconds, last, traces, aside }: Written): void {
    this.observer.worked();
    if (last !== null) this.observer.batch({ events, seconds, position: last.position, recordedAt: last.meta.recordedAt, traces });
    for (const each of aside.failed.values()) this.observer.setAside(each);
    for (const stream of aside.settled) this.observer.settled(stream);
  }

  /** One event alone that cannot be worked in. */
  private async giveIn(applier: BatchApplier<Row>, event: StoredEvent, error: unknown): Promise<RunState> {
    if (isPoison(error)) {
      const written = await applier.setAside(event, error);
      this.written(written);
      return written.state;
    }
    throw this.stopped('event.failed', event, error);
  }

  private stopped(code: FailureCode, at: StoredEvent | null, error: unknown): Stopped {
    const event = error instanceof EventFailure ? error.event : at;
    return new Stopped({
      code,
      event: event && { id: event.id, type: event.type, stream: event.stream, position: event.position },
      ...describeFault(error, this.projection.personal && code === 'event.failed'),
      failedAt: new Date().toISOString(),
    });
  }
}

/** What happened to the log, in words for who has to put it right. */
function mismatchText({ logId, position, eventId }: Checkpoint, now: string): string {
  if (logId !== now) return `the rows were folded from log ${logId}, and this is log ${now}`;
  return (
    `the log no longer holds event ${eventId ?? ''} at ${position ?? ''}, the last that was worked in: ` +
    'an older copy of it was put back, or its end was lost'
  );
}

/** True where the log holds the event that a checkpoint was moved to, at its place (ADR 0001). */
export async function isOfThisLog(
  store: ApplyDeps['store'],
  { logId, position, eventId }: Pick<Checkpoint, 'logId' | 'position' | 'eventId'>,
): Promise<boolean> {
  return logId === (await store.logId()) && (position === null || (await store.eventAt(position))?.id === eventId);
}

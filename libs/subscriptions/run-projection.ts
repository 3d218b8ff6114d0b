import type { Projection } from '@touchline/core';
import type { Build, Builds } from './builds.js';
import { liveTarget } from './builds.js';
import type { RunState } from './checkpoints.js';
import { CONTROL_CHANNEL } from './checkpoints.js';
import type { ApplyDeps } from './apply-batch.js';
import { Follower } from './follow-log.js';
import type { Lease, Leases } from './leases.js';
import type { Notifications } from '@touchline/postgres';
import type { ProjectionObserver } from './observer.js';
import { BackOff, pause } from './pause.js';

export interface RunnerDeps extends ApplyDeps {
  builds: Builds;
  leases: Leases;
  notifications: Notifications;
  observer: ProjectionObserver;
  /** Names this process in the table of leases. */
  holder: string;
  /** The lease is renewed, and an operator's wish looked up, this often; a third of the lease's term. */
  heartbeatMs: number;
}

/**
 * Keeps one read model up with the log until the signal: takes the lease, follows the log from the checkpoint, sets
 * aside what fails, comes back after everybody else's failures. A batch in hand is finished before it returns.
 */
export async function runProjection<Row extends object>(deps: RunnerDeps, projection: Projection<Row>, signal: AbortSignal): Promise<void> {
  const backOff = new BackOff();
  while (!signal.aborted) {
    try {
      const live = await deps.builds.live(projection.name);
      if (live === null) throw new Error(`${projection.name} has no tables yet`);
      if (live.version !== projection.version) {
        await leaveToOthers(deps, projection, live, signal);
        continue;
      }
      const lease = await deps.leases.acquire(projection.name, deps.holder);
      if (lease === null) {
        deps.observer.state(projection.name, 'standby');
        await pause(deps.heartbeatMs, signal);
        continue;
      }
      const run = new Run(deps, projection, live, lease, signal, backOff);
      await run.underLease().finally(() => deps.leases.release(lease).catch(() => undefined));
    } catch (error) {
      deps.observer.fault(projection.name, error);
      await pause(backOff.next(), signal);
    }
  }
}

/**
 * Rows of another version are for a release of that version to carry on: it may still run. Older ones are rebuilt, unless
 * an operator had that stopped (ADR 0021).
 */
async function leaveToOthers<Row extends object>(
  { builds, observer, notifications, heartbeatMs }: RunnerDeps,
  projection: Projection<Row>,
  live: Build,
  signal: AbortSignal,
): Promise<void> {
  const changed = onControl(notifications, projection.name, signal);
  try {
    const next = await builds.next(projection.name);
    if (live.version < projection.version && (next === null || next.version < projection.version)) await builds.begin(projection);
    observer.state(projection.name, 'standby');
    await pause(heartbeatMs, changed.signal);
  } finally {
    changed.end();
  }
}

class Run<Row extends object> {
  /** Ends with the process's drain or with the loss of the lease. */
  private readonly over: AbortSignal;
  private readonly lost = new AbortController();
  private readonly follower: Follower<Row>;

  constructor(
    private readonly deps: RunnerDeps,
    private readonly projection: Projection<Row>,
    private readonly live: Build,
    private readonly lease: Lease,
    signal: AbortSignal,
    backOff: BackOff,
  ) {
    this.over = AbortSignal.any([signal, this.lost.signal]);
    const { observer } = deps;
    const told = {
      batch: (batch: Parameters<ProjectionObserver['batch']>[1]) => observer.batch(projection.name, batch),
      setAside: (aside: Parameters<ProjectionObserver['setAside']>[1]) => observer.setAside(projection.name, aside),
      settled: (stream: string) => observer.settled(projection.name, stream),
      failure: (failure: Parameters<ProjectionObserver['failure']>[1]) => observer.failure(projection.name, failure),
    };
    this.follower = new Follower(deps, projection, liveTarget(live), lease, told, backOff);
  }

  async underLease(): Promise<void> {
    await renewing(this.deps, this.lease, this.over, this.lost, async () => {
      while (!this.over.aborted) await this.stretch();
    });
  }

  /** One stretch of running, or of standing still, until an operator changes it. */
  private async stretch(): Promise<void> {
    const { deps, projection, lease, live } = this;
    // Heard before the checkpoint is read, so that no change falls in between.
    const changed = onControl(deps.notifications, projection.name, this.over);
    try {
      const reader = { version: projection.version, logId: await deps.store.logId(), build: live.build };
      const checkpoint = await deps.checkpoints.claim(lease, reader);
      // Another came, or other rows are live by now.
      if (checkpoint?.build !== live.build) {
        this.lost.abort();
        return;
      }
      deps.observer.state(projection.name, checkpoint.state);
      if (checkpoint.state !== 'running') await this.standStill(checkpoint.state, changed.signal);
      else if (await this.follower.mayFollow(checkpoint)) await this.follower.follow(checkpoint, changed.signal);
    } finally {
      changed.end();
    }
  }

  private async standStill(state: RunState, changed: AbortSignal): Promise<void> {
    // A notification may be lost; the heartbeat's look is the fallback.
    while (!changed.aborted && (await this.deps.checkpoints.get(this.projection.name))?.state === state)
      await pause(this.deps.heartbeatMs, changed);
  }
}

/** Aborts when an operator changed this projection, or may have, and at the end of the run. */
export function onControl(notifications: Notifications, projection: string, over: AbortSignal): { signal: AbortSignal; end: () => void } {
  const changed = new AbortController();
  const end = notifications.on(CONTROL_CHANNEL, (name) => {
    if (name === null || name === projection) changed.abort();
  });
  return { signal: AbortSignal.any([changed.signal, over]), end };
}

/** Holds the lease while the work goes on; aborts `lost` where another took it. */
export async function renewing<T>(
  { leases, heartbeatMs }: Pick<RunnerDeps, 'leases' | 'heartbeatMs'>,
  lease: Lease,
  over: AbortSignal,
  lost: AbortController,
  work: () => Promise<T>,
): Promise<T> {
  const finished = new AbortController();
  const until = AbortSignal.any([over, finished.signal]);
  const renew = async (): Promise<void> => {
    for (;;) {
      await pause(heartbeatMs, until);
      if (until.aborted) return;
      try {
        if (!(await leases.renew(lease))) lost.abort();
      } catch {
        // The server is away, which the run itself will find; a lease that ran out meanwhile is found by the fence.
      }
    }
  };
  const renewals = renew();
  try {
    return await work();
  } finally {
    finished.abort();
    await renewals;
  }
}

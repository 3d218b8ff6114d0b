import type { ApplyDeps } from './apply-batch.js';
import type { Build, Builds } from './builds.js';
import { liveTarget } from './builds.js';
import type { Checkpoint, RunState } from './checkpoints.js';
import { Stopped } from './failures.js';
import { Follower } from './follow-log.js';
import type { Lease } from './leases.js';
import type { ProjectionObserver } from './observer.js';
import type { LastingProcessor, ProcessorDeps, Stretch } from './run-processor.js';
import type { StoredProjection } from './stored-projection.js';

export interface RunnerDeps extends ApplyDeps, ProcessorDeps {
  builds: Builds;
  observer: ProjectionObserver;
}

/** Keeps the live rows of one read model up with the log. */
export class ProjectionProcessor<Row extends object> implements LastingProcessor {
  readonly name: string;
  readonly control: string;
  private live: Build | null = null;
  private checkpoint: Checkpoint | null = null;

  constructor(
    private readonly deps: RunnerDeps,
    private readonly projection: StoredProjection<Row>,
  ) {
    this.name = projection.name;
    this.control = projection.name;
  }

  /**
   * Rows of another version are for a release of that version to carry on: it may still run. Older ones are rebuilt, unless
   * an operator had that stopped (ADR 0021).
   */
  async mayBegin(): Promise<boolean> {
    const { builds } = this.deps;
    const { version } = this.projection;
    this.live = await builds.live(this.name);
    if (this.live === null) throw new Error(`${this.name} has no tables yet`);
    if (this.live.version === version) return true;
    const next = await builds.next(this.name);
    if (this.live.version < version && (next === null || next.version < version)) await builds.begin(this.projection);
    return false;
  }

  async begin(lease: Lease): Promise<RunState | 'over'> {
    const { checkpoints, store } = this.deps;
    const build = this.live?.build ?? 0;
    this.checkpoint = await checkpoints.claim(lease, { version: this.projection.version, logId: await store.logId(), build });
    // Another came, or other rows are live by now.
    return this.checkpoint?.build === build ? this.checkpoint.state : 'over';
  }

  async follow({ lease, until, worked }: Stretch): Promise<'on'> {
    const { deps, projection, name, live, checkpoint } = this;
    if (live === null || checkpoint === null) throw new Error(`${name} is followed before it has begun`);
    const { observer } = deps;
    observer.state(name, 'running');
    const follower = new Follower(deps, projection, liveTarget(live), lease, {
      worked,
      batch: (batch) => observer.batch(name, batch),
      setAside: (aside) => observer.setAside(name, aside),
      settled: (stream) => observer.settled(name, stream),
    });
    await follower.assertSameLog(checkpoint);
    await follower.follow(checkpoint, until);
    return 'on';
  }

  async state(): Promise<RunState | null> {
    return (await this.deps.checkpoints.get(this.name))?.state ?? null;
  }

  async stop(lease: Lease, error: unknown): Promise<boolean> {
    if (!(error instanceof Stopped)) return false;
    await this.deps.checkpoints.stop(lease, error.failure);
    this.deps.observer.failure(this.name, error.failure);
    return true;
  }

  rests(as: 'standby' | 'paused' | 'stopped'): void {
    this.deps.observer.state(this.name, as);
  }

  failed(error: unknown): void {
    this.deps.observer.fault(this.name, error);
  }
}

import type { Build, StoredProjection } from '@touchline/subscriptions';
import { BackOff, CONTROL_CHANNEL, endsWithin, isPassing, pause, serve } from '@touchline/subscriptions';
import type { RebuildDeps } from './build-run.js';
import { BuildRun } from './build-run.js';

/**
 * Works on the builds that are under way, one after another, until it is drained: those of the versions that this release
 * knows. Any number of processes may; each build is one's at a time.
 */
export class Rebuilder {
  private readonly ending = new AbortController();
  private readonly running: Promise<void>;
  private readonly backOff = new BackOff();

  constructor(
    private readonly deps: RebuildDeps,
    private readonly projections: readonly StoredProjection[],
  ) {
    this.running = this.run();
  }

  /** Finishes the batch in hand and gives back the lease; false where that took longer than allowed. */
  async drain(timeoutMs: number): Promise<boolean> {
    this.ending.abort();
    return endsWithin(this.running, timeoutMs);
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const changed = new AbortController();
      // Heard before the builds are looked up, so that none that is begun falls in between.
      const end = this.deps.notifications.on(CONTROL_CHANNEL, () => changed.abort());
      try {
        for (const build of await this.underWay()) await this.workOn(build);
        await pause(this.deps.heartbeatMs, AbortSignal.any([changed.signal, signal]));
      } finally {
        end();
      }
    }
  }

  /** [] also where nobody can say; they are looked up again soon. */
  private async underWay(): Promise<Build[]> {
    try {
      return await this.deps.builds.underWay();
    } catch (error) {
      if (!this.ending.signal.aborted) this.deps.observer.fault(null, error);
      return [];
    }
  }

  private async workOn(build: Build): Promise<void> {
    const { deps } = this;
    const projection = this.projections.find(({ name, version }) => name === build.projection && version === build.version);
    if (projection === undefined || this.ending.signal.aborted) return;
    try {
      await serve(deps, new BuildRun(deps, projection, build), this.ending.signal, this.backOff);
    } catch (error) {
      // It was told to stand still, or was switched by another: that is how those who hold an old lease learn of it.
      const still = (await deps.builds.get(build).catch(() => build))?.state === 'building';
      if (still) deps.observer.fault(build, error);
      await pause(still || isPassing(error) ? this.backOff.next() : 0, this.ending.signal);
    }
  }
}

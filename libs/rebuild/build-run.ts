import type { Position, Projection } from '@touchline/core';
import { inTransaction } from '@touchline/postgres';
import type { BackOff, Build, Checkpoint, Failure, Lease, RunnerDeps, SetAside, Target } from '@touchline/subscriptions';
import { CheckpointLost, Follower, buildName, isOfThisLog, onControl, pause, renewing } from '@touchline/subscriptions';
import { makeIndexes, putOffIndexes } from './put-off-indexes.js';
import { switchBuild } from './switch-build.js';

/** Told how rebuilds go, for logs and metrics. Never told what events hold. */
export interface RebuildObserver {
  /** A process has taken it up, or it has come to an end. */
  state(build: Build, state: 'taken-up' | 'switched' | 'refused'): void;
  batch(build: Build, batch: { events: number; seconds: number }): void;
  /** A stream cannot be worked in, for the first time or again; all else goes on. */
  setAside(build: Build, aside: SetAside): void;
  settled(build: Build, stream: string): void;
  failure(build: Build, failure: Failure): void;
  /** The machinery failed; it is tried again with back-off. Null where it could not be told which builds there are. */
  fault(build: Build | null, error: unknown): void;
}

export interface RebuildDeps extends Omit<RunnerDeps, 'observer'> {
  observer: RebuildObserver;
  /** Makes the tables of a build by its view's own migrations; what is there already stays. */
  makeTables(projection: Projection, schema: string): Promise<void>;
}

/** How long rows that differ may take to agree, once all that lay ahead in the log is worked in. */
const SETTLES_IN_MS = 1_000;
/** Nobody may be carrying the live rows on. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Fills one build beside the live rows and switches to it. All that it has done stands with its checkpoint, so whoever
 * takes it up after a kill goes on from there.
 */
export class BuildRun<Row extends object> {
  private readonly over: AbortSignal;
  private readonly lost = new AbortController();
  private readonly target: Target;
  private workingSince = performance.now();

  constructor(
    private readonly deps: RebuildDeps,
    private readonly projection: Projection<Row>,
    private readonly build: Build,
    private readonly lease: Lease,
    signal: AbortSignal,
    private readonly backOff: BackOff,
  ) {
    this.over = AbortSignal.any([signal, this.lost.signal]);
    const { projection: name, build: number, schema } = build;
    this.target = {
      ...{ name: buildName(build), build: number, schema },
      worked: async (client) => {
        const now = performance.now();
        const { rowCount } = await client.query(
          `update touchline.builds set worked_ms = worked_ms + $3 where projection = $1 and build = $2 and state = 'building'`,
          [name, number, Math.ceil(now - this.workingSince)],
        );
        if (rowCount === 0) throw new CheckpointLost(`${buildName(build)} is to stand still`);
        this.workingSince = now;
      },
    };
  }

  /** Returns where it is done, refused, to stand still, or another's. */
  async underLease(): Promise<void> {
    const { deps, build } = this;
    deps.observer.state(build, 'taken-up');
    await renewing(deps, this.lease, this.over, this.lost, async () => {
      const checkpoint = await this.claim();
      if (checkpoint === null) return;
      await deps.makeTables(this.projection, build.schema);
      await this.count();
      // Where rows are there already, a process before this one has put them off, or has made them again.
      if (checkpoint.position === null) await putOffIndexes(deps.pool, this.projection, build);
      let next = true;
      while (next && !this.over.aborted) next = await this.stretch();
    });
  }

  /** One stretch up to where the live rows stand, and the try to switch there; false where there is nothing more to do. */
  private async stretch(): Promise<boolean> {
    const { deps, projection, lease, target } = this;
    this.workingSince = performance.now();
    const changed = onControl(deps.notifications, projection.name, this.over);
    try {
      const checkpoint = await this.claim();
      if (checkpoint?.state !== 'running') return false;
      const follower = new Follower(deps, projection, target, lease, this.told(), this.backOff);
      if (!(await follower.mayFollow(checkpoint))) return false;
      const goal = await this.goal();
      if (goal !== null && (checkpoint.position ?? '') < goal)
        return (await follower.follow(checkpoint, changed.signal, goal)) === 'running';
      if ((checkpoint.position ?? '') > (goal ?? '')) {
        // The live rows were set back, and are on their way.
        await pause(deps.heartbeatMs, changed.signal);
        return true;
      }
    } finally {
      changed.end();
    }
    return this.trySwitch();
  }

  private async trySwitch(): Promise<boolean> {
    const { deps, projection, lease, target } = this;
    const build = await deps.builds.get(this.build);
    if (build === null) return false;
    await makeIndexes(deps.pool, projection, build);
    const subject = { build, target, lease };
    let switched = await switchBuild(deps, projection, subject, false);
    if (switched === 'differing') {
      await this.settled();
      switched = await switchBuild(deps, projection, subject, true);
    }
    if (switched === 'behind' || switched === 'differing') return true;
    deps.observer.state(build, switched);
    return false;
  }

  /** Where the live rows stand; the head of the log where they are of another. */
  private async goal(): Promise<Position | null> {
    const { checkpoints, store } = this.deps;
    const live = await checkpoints.get(this.projection.name);
    if (live === null) return null;
    return (await isOfThisLog(store, live)) ? live.position : store.head();
  }

  /** Until the live rows have come past what the log holds now, or will not. */
  private async settled(): Promise<void> {
    const { checkpoints, store } = this.deps;
    const head = await store.head();
    const deadline = performance.now() + LONGEST_WAIT_MS;
    await pause(SETTLES_IN_MS, this.over);
    while (!this.over.aborted && performance.now() < deadline) {
      const live = await checkpoints.get(this.projection.name);
      if (live?.state !== 'running' || (live.position ?? '') >= (head ?? '')) return;
      await pause(100, this.over);
    }
  }

  /**
   * Null where a later holder came.
   * @throws CheckpointLost where it is not under way any more: what has ended must not get a checkpoint again
   */
  private async claim(): Promise<Checkpoint | null> {
    const { deps, lease, build } = this;
    const reader = { version: build.version, logId: await deps.store.logId(), build: build.build };
    return inTransaction(deps.pool, async (client) => {
      // The checkpoint first, as whoever switches does: what they have ended meanwhile is seen after that.
      const checkpoint = await deps.checkpoints.claim(lease, reader, client);
      const { rowCount } = await client.query(
        `select 1 from touchline.builds where projection = $1 and build = $2 and state = 'building' for share skip locked`,
        [build.projection, build.build],
      );
      if (rowCount === 0) throw new CheckpointLost(`${lease.name} is not under way`);
      return checkpoint;
    });
  }

  /** How many events there are to work in, where nobody has counted; after that, the live checkpoint counts on. */
  private async count(): Promise<void> {
    const { pool, checkpoints, store } = this.deps;
    const live = await checkpoints.get(this.projection.name);
    if (live === null || live.position === null || live.events !== null || this.build.total !== null) return;
    let total = 0;
    for await (const { position } of store.readAll()) {
      if (this.over.aborted) return;
      if (position > live.position) break;
      total += 1;
    }
    await pool.query('update touchline.builds set total = $3 where projection = $1 and build = $2', [
      ...[this.build.projection, this.build.build],
      total,
    ]);
  }

  private told(): ConstructorParameters<typeof Follower<Row>>[4] {
    const { observer } = this.deps;
    return {
      batch: (batch) => observer.batch(this.build, batch),
      setAside: (aside) => observer.setAside(this.build, aside),
      settled: (stream) => observer.settled(this.build, stream),
      failure: (failure) => observer.failure(this.build, failure),
    };
  }
}

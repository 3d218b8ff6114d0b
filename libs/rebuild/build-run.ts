import type { Position } from '@touchline/core';
import { inTransaction } from '@touchline/postgres';
import type {
  Build,
  Checkpoint,
  Failure,
  Lease,
  Processor,
  RunState,
  RunnerDeps,
  SetAside,
  StoredProjection,
  Stretch,
  Target,
} from '@touchline/subscriptions';
import { CheckpointLost, Follower, Stopped, buildName, isOfThisLog, pause } from '@touchline/subscriptions';
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
  makeTables(projection: StoredProjection, schema: string): Promise<void>;
}

/** How long rows that differ may take to agree, once all that lay ahead in the log is worked in. */
const SETTLES_IN_MS = 1_000;
/** Nobody may be carrying the live rows on. */
const LONGEST_WAIT_MS = 30_000;

/**
 * Fills one build beside the live rows and switches to it. All that it has done stands with its checkpoint, so whoever
 * takes it up after a kill goes on from there.
 */
export class BuildRun<Row extends object> implements Processor {
  readonly name: string;
  readonly control: string;
  private readonly target: Target;
  private workingSince = performance.now();
  private checkpoint: Checkpoint | null = null;
  private isPrepared = false;

  constructor(
    private readonly deps: RebuildDeps,
    private readonly projection: StoredProjection<Row>,
    private readonly build: Build,
  ) {
    this.name = buildName(build);
    this.control = projection.name;
    const { projection: name, build: number, schema } = build;
    this.target = {
      ...{ name: this.name, build: number, schema },
      worked: async (client) => {
        const now = performance.now();
        const { rowCount } = await client.query(
          `update touchline.builds set worked_ms = worked_ms + $3 where projection = $1 and build = $2 and state = 'building'`,
          [name, number, Math.ceil(now - this.workingSince)],
        );
        if (rowCount === 0) throw new CheckpointLost(`${this.name} is to stand still`);
        this.workingSince = now;
      },
    };
  }

  /** One that has stopped waits for an operator. */
  async mayBegin(): Promise<boolean> {
    return (await this.state()) !== 'stopped';
  }

  /** `over` where it is another's, or is to stand still. */
  async begin(lease: Lease): Promise<'running' | 'over'> {
    if (!this.isPrepared) this.deps.observer.state(this.build, 'taken-up');
    this.checkpoint = await this.claim(lease);
    return this.checkpoint?.state === 'running' ? 'running' : 'over';
  }

  /** Follows up to where the live rows stand, and then tries to switch there. */
  async follow({ lease, until, worked }: Stretch): Promise<'on' | 'over'> {
    const { deps, projection, target, checkpoint } = this;
    if (checkpoint === null) throw new Error(`${this.name} is followed before it has begun`);
    if (!this.isPrepared) await this.prepare(checkpoint, until);
    if (until.aborted) return 'on';
    this.workingSince = performance.now();
    const follower = new Follower(deps, projection, target, lease, this.told(worked));
    await follower.assertSameLog(checkpoint);
    const goal = await this.goal();
    if (goal !== null && (checkpoint.position ?? '') < goal)
      return (await follower.follow(checkpoint, until, goal)) === 'running' ? 'on' : 'over';
    if ((checkpoint.position ?? '') <= (goal ?? '')) return this.trySwitch(lease, until);
    // The live rows were set back, and are on their way.
    await pause(deps.heartbeatMs, until);
    return 'on';
  }

  async state(): Promise<RunState | null> {
    return (await this.deps.checkpoints.get(this.name))?.state ?? null;
  }

  async stop(lease: Lease, error: unknown): Promise<boolean> {
    if (!(error instanceof Stopped)) return false;
    await this.deps.checkpoints.stop(lease, error.failure);
    this.deps.observer.failure(this.build, error.failure);
    return true;
  }

  private async prepare({ position }: Checkpoint, until: AbortSignal): Promise<void> {
    const { deps, projection, build } = this;
    await deps.makeTables(projection, build.schema);
    await this.count(until);
    // Where rows are there already, a process before this one has put them off, or has made them again.
    if (position === null) await putOffIndexes(deps.pool, projection, build);
    this.isPrepared = !until.aborted;
  }

  private async trySwitch(lease: Lease, until: AbortSignal): Promise<'on' | 'over'> {
    const { deps, projection, target } = this;
    const build = await deps.builds.get(this.build);
    if (build === null) return 'over';
    await makeIndexes(deps.pool, projection, build);
    const subject = { build, target, lease };
    let switched = await switchBuild(deps, projection, subject, false);
    if (switched === 'differing') {
      await this.settled(until);
      // Cut short it has settled nothing.
      if (until.aborted) return 'on';
      switched = await switchBuild(deps, projection, subject, true);
    }
    if (switched === 'behind' || switched === 'differing') return 'on';
    deps.observer.state(build, switched);
    return 'over';
  }

  /** Where the live rows stand; the head of the log where they are of another. */
  private async goal(): Promise<Position | null> {
    const { checkpoints, store } = this.deps;
    const live = await checkpoints.get(this.projection.name);
    if (live === null) return null;
    return (await isOfThisLog(store, live)) ? live.position : store.head();
  }

  /** Until the live rows have come past what the log holds now, or will not. */
  private async settled(until: AbortSignal): Promise<void> {
    const { checkpoints, store } = this.deps;
    const head = await store.head();
    const deadline = performance.now() + LONGEST_WAIT_MS;
    await pause(SETTLES_IN_MS, until);
    while (!until.aborted && performance.now() < deadline) {
      const live = await checkpoints.get(this.projection.name);
      if (live?.state !== 'running' || (live.position ?? '') >= (head ?? '')) return;
      await pause(100, until);
    }
  }

  /**
   * Null where a later holder came.
   * @throws CheckpointLost where it is not under way any more: what has ended must not get a checkpoint again
   */
  private async claim(lease: Lease): Promise<Checkpoint | null> {
    const { deps, build } = this;
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
  private async count(until: AbortSignal): Promise<void> {
    const { pool, checkpoints, store } = this.deps;
    const live = await checkpoints.get(this.projection.name);
    if (live === null || live.position === null || live.events !== null || this.build.total !== null) return;
    let total = 0;
    for await (const { position } of store.readAll()) {
      if (until.aborted) return;
      if (position > live.position) break;
      total += 1;
    }
    await pool.query('update touchline.builds set total = $3 where projection = $1 and build = $2', [
      ...[this.build.projection, this.build.build],
      total,
    ]);
  }

  private told(worked: () => void): ConstructorParameters<typeof Follower<Row>>[4] {
    const { observer } = this.deps;
    return {
      worked,
      batch: (batch) => observer.batch(this.build, batch),
      setAside: (aside) => observer.setAside(this.build, aside),
      settled: (stream) => observer.settled(this.build, stream),
    };
  }
}

import type { Operations, Operator, Order } from '@touchline/auth';
import type { RowCheck } from '@touchline/rebuild';
import { RowChecks } from '@touchline/rebuild';
import type { Pool } from 'pg';
import { PLATFORM, parseStreamName } from '@touchline/core';
import type { CommandDeps } from '@touchline/event-store';
import { Problem, answer } from '@touchline/http';
import type { Builds, Checkpoint, Checkpoints, Failure, Lag, RunState } from '@touchline/subscriptions';
import { Skips, buildName, lagOf, recordSkip } from '@touchline/subscriptions';
import { projections } from './index.js';
import { keyDiffers } from './key-differs.js';
import type { KeyDiffers } from './operations.dto.js';
import type { BuildStands, RebuildOperations } from './rebuilds.js';
import { known, otherVersions } from './rebuilds.js';
import type { AsideSummary, SetAsideOperations, Skip } from './set-aside.js';

/** How a read model stands, for whoever runs the platform. */
export interface ProjectionStands {
  name: string;
  /** Of the projection that this process knows. */
  version: number;
  /** idle: no projector has taken it up yet. */
  state: RunState | 'idle';
  position: string | null;
  /** Newest position of the log. */
  head: string | null;
  lag: Lag;
  movedAt: string | null;
  setAside: AsideSummary;
  failure: Failure | null;
  /** The rows that queries read; null where no projector of any release has made them yet. */
  live: BuildStands | null;
  /** Rows that are built beside them: under way, stopped, cancelled or refused. */
  next: BuildStands | null;
  /** What to do, or to wait for, where the live rows are of another version than this release reads; null where they are not. */
  advice: string | null;
  /** What the last regular check of the rows found; null before the first. */
  checked: ShownCheck | null;
}

export interface ShownCheck extends Omit<RowCheck, 'projection' | 'dueAt' | 'named'> {
  named: KeyDiffers[];
}

interface OperationsDeps {
  pool: Pool;
  checkpoints: Checkpoints;
  builds: Builds;
  rebuilds: RebuildOperations;
  aside: SetAsideOperations;
  operations: Operations;
  deps: CommandDeps;
}

/** How far back a repeated skip is looked for. */
const SOME = 1000;

/** What an operator may do to a running projection, which is everybody's. Pausing and retrying change no fact; leaving an event out is one. */
export class ProjectionOperations {
  constructor(private readonly platform: OperationsDeps) {}

  async all(): Promise<ProjectionStands[]> {
    return Promise.all(projections.map(({ name }) => this.one(name)));
  }

  /** @throws Problem 404 `projection.unknown` */
  async one(name: string): Promise<ProjectionStands> {
    const { version } = known(name);
    const { store } = this.platform.deps.streams;
    const checkpoint = await this.platform.checkpoints.get(name);
    const position = checkpoint?.position ?? null;
    return {
      name,
      version,
      state: checkpoint?.state ?? 'idle',
      position,
      head: await store.head(),
      lag: await lagOf(store, position),
      movedAt: checkpoint?.updatedAt ?? null,
      setAside: await this.platform.aside.summary(name),
      failure: checkpoint?.failure ?? null,
      ...(await this.rows(name)),
    };
  }

  private async rows(name: string): Promise<Pick<ProjectionStands, 'live' | 'next' | 'advice' | 'checked'>> {
    const { live, next } = await this.platform.rebuilds.current(name);
    const others = await otherVersions(this.platform);
    const check = (await new RowChecks(this.platform.pool).list()).find(({ projection }) => projection === name);
    return {
      live,
      next,
      advice: others.find(({ projection }) => projection === name)?.advice ?? null,
      checked: check === undefined ? null : shownCheck(check),
    };
  }

  /** @throws Problem 409 `projection.not-running` where it has stopped by itself */
  pause(operator: Operator, name: string): Promise<ProjectionStands> {
    return this.change(operator, { operation: 'projection.pause', subject: name }, 'running', 'paused', 'projection.not-running');
  }

  /** @throws Problem 409 `projection.not-paused` */
  resume(operator: Operator, name: string): Promise<ProjectionStands> {
    return this.change(operator, { operation: 'projection.resume', subject: name }, 'paused', 'running', 'projection.not-paused');
  }

  /** Tries again what it stopped at, and what is set aside. @throws Problem 409 `projection.not-stopped` where there is neither */
  async retry(operator: Operator, name: string): Promise<ProjectionStands> {
    const { aside, checkpoints, operations } = this.platform;
    known(name);
    if ((await checkpoints.get(name))?.state !== 'stopped' && (await aside.summary(name)).streams > 0) {
      await operations.order(operator, { operation: 'projection.retry', subject: name });
      await aside.retry(name);
      return this.one(name);
    }
    return this.change(operator, { operation: 'projection.retry', subject: name }, 'stopped', 'running', 'projection.not-stopped');
  }

  /**
   * Leaves out an event that the projection, or its rebuild, has set a stream aside for, or stopped at, for good and on every rebuild, and goes on. The skip is recorded
   * with the group of the event before the projection goes on; whoever repeats it after a crash in between ends in the same place.
   * @throws Problem 409 `projection.not-failed` where it did not fail at this event
   */
  async skip(operator: Operator, name: string, { eventId, reason }: Skip): Promise<ProjectionStands> {
    known(name);
    const { checkpoints, builds, operations, deps } = this.platform;
    const next = await builds.next(name);
    const stopped =
      failedEvent(await checkpoints.get(name), eventId) ??
      (next === null ? null : failedEvent(await checkpoints.get(buildName(next)), eventId));
    const stream = stopped?.stream ?? (await this.platform.aside.streamAt(name, eventId));
    if (stream === null) {
      if (await this.isSkipped(name, eventId)) return this.one(name);
      throw new Problem(409, 'projection.not-failed', `${name} has not failed at this event`);
    }
    await operations.order(operator, { operation: 'projection.skip', subject: name, eventId, stream });
    const request = { ...operator.request, tenant: parseStreamName(stream)?.tenant ?? PLATFORM };
    answer(await recordSkip(deps, request, { projection: name, eventId, stream, reason }, await deps.clock.now()));
    await checkpoints.control(name, ['stopped'], 'running', eventId);
    if (next !== null) await checkpoints.control(buildName(next), ['stopped'], 'running', eventId);
    return this.one(name);
  }

  /** The order says whose event it was. */
  private async isSkipped(name: string, eventId: string): Promise<boolean> {
    const { operations, deps } = this.platform;
    const order = (await operations.list(SOME)).find((each) => each.subject === name && each.eventId === eventId);
    return order?.stream !== undefined && new Skips(deps.streams.store, deps.registry, name).has({ id: eventId, stream: order.stream });
  }

  /** What is refused, or stands so already, is not ordered. */
  private async change(operator: Operator, order: Order, from: RunState, to: RunState, refusal: string): Promise<ProjectionStands> {
    const name = order.subject;
    known(name);
    const { checkpoints, operations } = this.platform;
    let changed = false;
    if ((await checkpoints.get(name))?.state === from) {
      await operations.order(operator, order);
      changed = await checkpoints.control(name, [from], to);
    }
    const stands = await this.one(name);
    // Asked twice, the second time it stands so already. A retry ends in running too, but running is no state to retry.
    if (!changed && (from === 'stopped' || stands.state !== to))
      throw new Problem(409, refusal, `${name} is ${stands.state}`, { extensions: { state: stands.state } });
    return stands;
  }
}

function failedEvent(checkpoint: Checkpoint | null, eventId: string): Failure['event'] {
  const { state, failure } = checkpoint ?? {};
  return state === 'stopped' && failure?.code === 'event.failed' && failure.event?.id === eventId ? failure.event : null;
}

const shownCheck = ({ checkedAt, position, rows, differing, named, error }: RowCheck): ShownCheck => ({
  ...{ checkedAt, position, rows, differing, error },
  named: named.map(keyDiffers),
});

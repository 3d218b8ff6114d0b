import type { Issuer } from '@touchline/commands';
import type { RowCheck } from '@touchline/rebuild';
import { RowChecks } from '@touchline/rebuild';
import type { Pool } from 'pg';
import { parseStreamName, streamName } from '@touchline/core';
import type { CommandDeps } from '@touchline/event-store';
import { Problem, answer } from '@touchline/http';
import type { Builds, Checkpoint, Checkpoints, Failure, Lag, RunState } from '@touchline/subscriptions';
import { Skips, buildName, lagOf, recordSkip } from '@touchline/subscriptions';
import { projections } from './index.js';
import type { BuildStands, RebuildOperations } from './rebuilds.js';
import { known, otherVersions } from './rebuilds.js';

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
  failure: ShownFailure | null;
  /** The rows that queries read; null where no projector of any release has made them yet. */
  live: ShownBuild | null;
  /** Rows that are built beside them: under way, stopped, cancelled or refused. */
  next: ShownBuild | null;
  /** What to do, or to wait for, where the live rows are of another version than this release reads; null where they are not. */
  advice: string | null;
  /** What the last regular check of the rows found; null before the first. */
  checked: ShownCheck | null;
}

/** Of rows of other groups nothing but their number is told. */
export type ShownCheck = Omit<RowCheck, 'projection' | 'dueAt'>;

export type ShownBuild = Omit<BuildStands, 'failure'> & { failure: ShownFailure | null };

/** Of an event of another group nothing is told but that it failed (D4). */
export type ShownFailure = Omit<Failure, 'error' | 'stack'> & { otherGroup: boolean; error: string | null; stack: string | null };

export interface Skip {
  eventId: string;
  reason: string;
}

type OperationsDeps = { pool: Pool; checkpoints: Checkpoints; builds: Builds; rebuilds: RebuildOperations; deps: CommandDeps };

/** What an operator may do to a running projection. Pausing and retrying change no fact; leaving an event out is one. */
export class ProjectionOperations {
  constructor(private readonly platform: OperationsDeps) {}

  async all(tenant: string): Promise<ProjectionStands[]> {
    return Promise.all(projections.map(({ name }) => this.one(tenant, name)));
  }

  /** @throws Problem 404 `projection.unknown` */
  async one(tenant: string, name: string): Promise<ProjectionStands> {
    const { version } = known(name);
    const { store } = this.platform.deps;
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
      failure: checkpoint?.failure ? shownTo(tenant, checkpoint.failure) : null,
      ...(await this.rows(tenant, name)),
    };
  }

  private async rows(tenant: string, name: string): Promise<Pick<ProjectionStands, 'live' | 'next' | 'advice' | 'checked'>> {
    const { live, next } = await this.platform.rebuilds.current(name);
    const others = await otherVersions(this.platform);
    const check = (await new RowChecks(this.platform.pool).list()).find(({ projection }) => projection === name);
    return {
      live: live && shownBuild(tenant, live),
      next: next && shownBuild(tenant, next),
      advice: others.find(({ projection }) => projection === name)?.advice ?? null,
      checked: check === undefined ? null : shownCheck(tenant, check),
    };
  }

  /** @throws Problem 409 `projection.not-running` where it has stopped by itself */
  pause(tenant: string, name: string): Promise<ProjectionStands> {
    return this.change(tenant, name, 'running', 'paused', 'projection.not-running');
  }

  /** @throws Problem 409 `projection.not-paused` */
  resume(tenant: string, name: string): Promise<ProjectionStands> {
    return this.change(tenant, name, 'paused', 'running', 'projection.not-paused');
  }

  /** Tries again what it stopped at. @throws Problem 409 `projection.not-stopped` */
  retry(tenant: string, name: string): Promise<ProjectionStands> {
    return this.change(tenant, name, 'stopped', 'running', 'projection.not-stopped');
  }

  /**
   * Leaves out the event that the projection, or its rebuild, stopped at, for good and on every rebuild, and goes on. The skip is recorded
   * before the projection goes on; whoever repeats it after a crash in between ends in the same place.
   * @throws Problem 409 `projection.not-failed` where it does not stand at this event, 403 `projection.other-group`
   */
  async skip(issuer: Issuer, name: string, { eventId, reason }: Skip): Promise<ProjectionStands> {
    known(name);
    const { checkpoints, builds, deps } = this.platform;
    const next = await builds.next(name);
    const failed =
      failedEvent(await checkpoints.get(name), eventId) ??
      (next === null ? null : failedEvent(await checkpoints.get(buildName(next)), eventId));
    if (failed === null) {
      if (await this.isSkipped(issuer.tenant, name, eventId)) return this.one(issuer.tenant, name);
      throw new Problem(409, 'projection.not-failed', `${name} has not stopped at this event`);
    }
    if (!isOf(issuer.tenant, failed.stream)) throw new Problem(403, 'projection.other-group', 'this event is for its own group to judge');
    // If-Match is about a record on somebody's screen, and nobody sees this one.
    const { ifMatch: _, ...anyRevision } = issuer;
    const skip = { projection: name, eventId, stream: failed.stream, reason };
    answer(await recordSkip(deps, anyRevision, skip, await deps.clock.now()));
    await checkpoints.control(name, ['stopped'], 'running', eventId);
    if (next !== null) await checkpoints.control(buildName(next), ['stopped'], 'running', eventId);
    return this.one(issuer.tenant, name);
  }

  private isSkipped(tenant: string, name: string, eventId: string): Promise<boolean> {
    const { store, registry } = this.platform.deps;
    return new Skips(store, registry, name).has({ id: eventId, stream: streamName('projection', tenant, name) });
  }

  private async change(tenant: string, name: string, from: RunState, to: RunState, refusal: string): Promise<ProjectionStands> {
    known(name);
    const changed = await this.platform.checkpoints.control(name, [from], to);
    const stands = await this.one(tenant, name);
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

const isOf = (tenant: string, stream: string): boolean => parseStreamName(stream)?.tenant === tenant;

function shownTo(tenant: string, failure: Failure): ShownFailure {
  return failure.event === null || isOf(tenant, failure.event.stream)
    ? { ...failure, otherGroup: false }
    : { ...failure, otherGroup: true, event: null, error: null, stack: null };
}

/** A build as somebody of this group may see it. */
export const shownBuild = (tenant: string, build: BuildStands): ShownBuild => ({
  ...build,
  failure: build.failure && shownTo(tenant, build.failure),
});

const shownCheck = (tenant: string, { checkedAt, position, rows, differing, named, error }: RowCheck): ShownCheck => ({
  ...{ checkedAt, position, rows, differing, error },
  named: named.filter((fault) => fault.tenant === tenant),
});

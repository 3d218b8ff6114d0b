import type { Pool } from 'pg';
import type { Operations, Operator } from '@touchline/auth';
import { Problem } from '@touchline/http';
import type { Page, Paging } from '@touchline/http';
import type { BuildProgress, BuildReport, DifferenceKind } from '@touchline/rebuild';
import { progressOf } from '@touchline/rebuild';
import type { Build, BuildState, Builds, Checkpoints, FailedEvent, Failure, RunState } from '@touchline/subscriptions';
import { buildName } from '@touchline/subscriptions';
import { projections } from './index.js';

/** How a build stands, for whoever runs the platform. */
export interface BuildStands {
  projection: string;
  build: number;
  version: number;
  /** stopped: at an event that could not be folded. */
  state: BuildState | 'stopped';
  schema: string;
  begunAt: string;
  endedAt: string | null;
  progress: BuildProgress;
  failure: Failure | null;
  report: BuildReport | null;
}

export interface DifferenceShown {
  key: string;
  tenant: string | null;
  kind: DifferenceKind;
  columns: string[];
  event: FailedEvent | null;
}

export interface RebuildOperationsDeps {
  pool: Pool;
  builds: Builds;
  checkpoints: Checkpoints;
  operations: Operations;
}

/** What an operator may do about rebuilds; projectors do the work (ADR 0021). */
export class RebuildOperations {
  constructor(private readonly deps: RebuildOperationsDeps) {}

  /** The newest first; dropped ones too, as history. @throws Problem 404 `projection.unknown` */
  async list(name: string): Promise<BuildStands[]> {
    known(name);
    const builds = await this.deps.builds.list(name);
    return Promise.all(builds.map((build) => this.stands(build)));
  }

  /** The live one, and the next one where there is one. */
  async current(name: string): Promise<{ live: BuildStands | null; next: BuildStands | null }> {
    const { builds } = this.deps;
    const [live, next] = await Promise.all([builds.live(name), builds.next(name)]);
    return { live: live && (await this.stands(live)), next: next && (await this.stands(next)) };
  }

  /** @throws Problem 409 `rebuild.under-way` */
  async begin(operator: Operator, name: string, { acceptDifferences = false } = {}): Promise<BuildStands> {
    const projection = known(name);
    const { builds, operations } = this.deps;
    const next = await builds.next(name);
    const isUnderWay = next?.state === 'building' && next.version >= projection.version;
    const order = { operation: 'projection.rebuild', subject: name } as const;
    if (!isUnderWay) await operations.order(operator, acceptDifferences ? { ...order, acceptDifferences } : order);
    const build = isUnderWay ? null : await builds.begin(projection, { acceptDifferences });
    if (build === null) throw new Problem(409, 'rebuild.under-way', `${name} is being rebuilt; cancel that first, or wait`);
    return this.stands(build);
  }

  /**
   * What it has done so far is kept for who resumes it; but rows that hold personal data go, since they would no longer
   * follow an erasure (ADR 0021). @throws Problem 409 `rebuild.none`
   */
  async cancel(operator: Operator, name: string): Promise<BuildStands> {
    const { personal } = known(name);
    return this.change(name, 'building', 'cancelled', async (next) => {
      await this.deps.operations.order(operator, { operation: 'projection.rebuild-cancel', subject: name });
      return this.deps.builds.cancel(next, { removingRows: personal });
    });
  }

  /** Goes on after a cancel, or at the event it stopped at. @throws Problem 409 `rebuild.none` */
  async resume(operator: Operator, name: string): Promise<BuildStands> {
    known(name);
    const { builds, checkpoints, operations } = this.deps;
    const ordered = (): Promise<void> => operations.order(operator, { operation: 'projection.rebuild-resume', subject: name });
    const next = await builds.next(name);
    if (next !== null && (await checkpoints.get(buildName(next)))?.state === 'stopped') {
      await ordered();
      if (await checkpoints.control(buildName(next), ['stopped'], 'running')) return this.stands(next);
    }
    return this.change(name, 'cancelled', 'building', () => ordered().then(() => builds.resume(name)));
  }

  /** Removes the rows that were live before, and those of a build that was cancelled or refused. Gives what was removed. */
  async drop(operator: Operator, name: string): Promise<BuildStands[]> {
    known(name);
    await this.deps.operations.order(operator, { operation: 'projection.drop-builds', subject: name });
    return Promise.all((await this.deps.builds.drop(name)).map((build) => this.stands({ ...build, state: 'dropped' })));
  }

  /** Keys that differ; at most the first thousand were named. @throws Problem 404 `projection.not-compared` */
  async differences(name: string, wanted: number | undefined, paging: Paging): Promise<Page<DifferenceShown>> {
    known(name);
    const [after = ''] = paging.after() ?? [];
    const builds = await this.deps.builds.list(name);
    const found = builds.find(({ build, report }) => (wanted === undefined ? report !== null : build === wanted));
    if (found === undefined)
      throw new Problem(404, 'projection.not-compared', 'there is no such build of this projection, or none was compared');
    const { rows } = await this.deps.pool.query<DifferenceShown>(
      `select key, tenant, kind, columns, event from touchline.build_differences
       where projection = $1 and build = $2 and key > $3 order by key limit $4`,
      [name, found.build, after, paging.size + 1],
    );
    return paging.page(rows, ({ key }) => [key]);
  }

  private async change(name: string, from: BuildState, to: BuildState, act: (next: Build) => Promise<boolean>): Promise<BuildStands> {
    const next = await this.deps.builds.next(name);
    const changed = next?.state === from && (await act(next));
    const after = await this.deps.builds.next(name);
    // Asked twice, the second time it stands so already.
    if (after === null || (!changed && after.state !== to))
      throw new Problem(409, 'rebuild.none', `no rebuild of ${name} is ${from === 'building' ? 'under way' : from}`, {
        extensions: { state: after?.state ?? null },
      });
    return this.stands(after);
  }

  private async stands(build: Build): Promise<BuildStands> {
    const { checkpoints } = this.deps;
    const [own, live] = await Promise.all([
      checkpoints.get(build.state === 'live' ? build.projection : buildName(build)),
      checkpoints.get(build.projection),
    ]);
    const state: RunState | undefined = own?.state;
    const { projection, build: number, version, schema, begunAt, endedAt } = build;
    return {
      ...{ projection, build: number, version, schema, begunAt, endedAt },
      state: build.state === 'building' && state === 'stopped' ? 'stopped' : build.state,
      progress: progressOf(build, own, live),
      failure: build.state === 'building' ? (own?.failure ?? null) : null,
      report: build.report as BuildReport | null,
    };
  }
}

/** @throws Problem 404 `projection.unknown` */
export function known(name: string): (typeof projections)[number]['projection'] {
  const found = projections.find((each) => each.name === name);
  if (found === undefined) throw new Problem(404, 'projection.unknown', 'there is no such projection');
  return found.projection;
}

/** A read model whose live rows are not those that this release reads, and what is being done about it. */
export interface OtherVersion {
  projection: string;
  live: number | null;
  wanted: number;
  advice: string;
}

/** Empty where this release may answer. */
export async function otherVersions({
  builds,
  checkpoints,
}: Pick<RebuildOperationsDeps, 'builds' | 'checkpoints'>): Promise<OtherVersion[]> {
  const all = await builds.list();
  const differing = projections.flatMap(({ name, projection: { version: wanted } }) => {
    const live = all.find(({ projection, state }) => projection === name && state === 'live')?.version ?? null;
    const next = all.find(({ projection, state }) => projection === name && ['building', 'cancelled', 'refused'].includes(state));
    return live === wanted ? [] : [{ projection: name, live, wanted, next }];
  });
  return Promise.all(
    differing.map(async ({ next, ...each }) => ({
      ...each,
      advice: await adviceOn(checkpoints, each.projection, each.live, each.wanted, next),
    })),
  );
}

async function adviceOn(
  checkpoints: Checkpoints,
  name: string,
  live: number | null,
  wanted: number,
  next: Build | undefined,
): Promise<string> {
  if (live === null) return 'it has no rows yet: start a projector of this release';
  if (live > wanted) return 'a newer release has taken over: stop this one';
  if (next?.version !== wanted) return 'a projector of this release rebuilds it: start one';
  if (next.state === 'cancelled') return `its rebuild was cancelled: touchline projections resume ${name}`;
  const own = await checkpoints.get(buildName(next));
  if (own?.state === 'stopped')
    return `its rebuild stopped at an event: touchline projections list, then skip it or mend it and resume ${name}`;
  const { done, total, remainingSeconds } = progressOf(next, own, await checkpoints.get(name));
  const left = remainingSeconds === null ? '' : `, about ${remainingSeconds} s left`;
  return `it is being rebuilt: ${done} of ${total ?? 'an unknown number of'} events${left}`;
}

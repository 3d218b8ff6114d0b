import type { ClientBase, PoolClient } from 'pg';
import type { Position } from '@touchline/core';
import type { StoredEvent } from '@touchline/event-store';
import { inTransaction } from '@touchline/postgres';
import type { ApplyDeps, Build, Builds, Checkpoint, FailedEvent, Lease, Target, StoredProjection } from '@touchline/subscriptions';
import {
  BatchApplier,
  CHECKPOINT_CHANNEL,
  CONTROL_CHANNEL,
  CheckpointLost,
  RowStore,
  isOfThisLog,
  removeRows,
} from '@touchline/subscriptions';
import type { Compared, Difference } from './compare.js';
import { FOR_COMPARING, commonColumns, compareBuilds } from './compare.js';
import { firstEvents } from './explain.js';
import { pointView } from './live-view.js';

export interface SwitchDeps extends ApplyDeps {
  builds: Builds;
}

/** What came of comparing a build with the live rows; kept with it. */
export interface BuildReport {
  /** Place in the log where both stood; null at its beginning. */
  position: string | null;
  outcome: 'equal' | 'version-changed' | 'accepted' | 'refused';
  /** Null where the live rows are of another log than this: there is nothing to compare. */
  compared: Compared | null;
}

/** behind: the live rows have moved on · differing: they do, without anything being decided. */
export type Switched = 'switched' | 'refused' | 'behind' | 'differing';

/** The two checkpoint rows and the two builds, held until the end of the transaction. */
interface Held {
  projection: StoredProjection;
  live: Build;
  next: Build;
  liveCheckpoint: Checkpoint;
  checkpoint: Checkpoint;
}

/**
 * Brings a build to the place of the live rows, compares the two and has queries read it, in one transaction that holds
 * both checkpoints at the same place (ADR 0021). The live rows stand still meanwhile, and are read as ever. Killed anywhere, it
 * has happened or it has not.
 * @param decided false where rows that differ may yet agree: what lies ahead in the log, an erasure for instance, may show
 * in rows folded anew before it shows in the live ones
 */
export function switchBuild(
  deps: SwitchDeps,
  projection: StoredProjection,
  { build, target, lease }: { build: Build; target: Target; lease: Lease },
  decided: boolean,
): Promise<Switched> {
  return inTransaction(deps.pool, async (client) => {
    // Whoever holds the live rows still must not fall asleep over it.
    await client.query(`set local idle_in_transaction_session_timeout = '60s'; ${FOR_COMPARING}`);
    const liveCheckpoint = await holdLive(client, deps, projection);
    const ofThisLog = await isOfThisLog(deps.store, liveCheckpoint);
    if (ofThisLog && !(await catchUp(deps, projection, target, lease, liveCheckpoint.position))) return 'behind';
    const held = { projection, liveCheckpoint, ...(await holdBuild(client, deps, build, lease)) };
    if (ofThisLog && held.checkpoint.position !== liveCheckpoint.position) return 'behind';

    const compared = ofThisLog ? await compareBuilds(client, deps.pool, projection, held.live, held.next) : null;
    const outcome = outcomeOf(held, compared);
    if (outcome === 'refused' && !decided) {
      await client.query('delete from touchline.build_differences where projection = $1 and build = $2', [build.projection, build.build]);
      return 'differing';
    }
    if (compared?.equal === false) await noteFirstEvents(client, deps, held);
    const report: BuildReport = { position: liveCheckpoint.position, outcome, compared };
    if (outcome === 'refused') {
      await refuse(client, held, report);
      return 'refused';
    }
    await goLive(client, held, report);
    return 'switched';
  });
}

function outcomeOf({ live, next }: Held, compared: Compared | null): BuildReport['outcome'] {
  if (compared?.equal === true) return 'equal';
  if (compared !== null && live.version !== next.version) return 'version-changed';
  return next.acceptDifferences ? 'accepted' : 'refused';
}

async function holdLive(
  client: PoolClient,
  { store, builds, checkpoints }: SwitchDeps,
  { name, version }: StoredProjection,
): Promise<Checkpoint> {
  const build = (await builds.live(name))?.build;
  await client.query(
    `insert into touchline.checkpoints (name, version, log_id, fence, build, events) values ($1, $2, $3, 0, $4, 0) on conflict do nothing`,
    [name, version, await store.logId(), build],
  );
  const held = await checkpoints.hold(client, name);
  if (held === null || held.build !== build) throw new CheckpointLost(`other rows of ${name} are live by now`);
  return held;
}

/** Events for which the live rows may wait. */
const LITTLE = 2_000;

/** Works in what the live rows have and the build has not, where it is little; false where it is not. */
async function catchUp(
  deps: SwitchDeps,
  projection: StoredProjection,
  target: Target,
  lease: Lease,
  upTo: Position | null,
): Promise<boolean> {
  const checkpoint = await deps.checkpoints.get(target.name);
  if (checkpoint === null) throw new CheckpointLost(`${target.name} is gone`);
  if (upTo === null || checkpoint.position === upTo) return true;
  const rest: StoredEvent[] = [];
  for await (const event of deps.store.readAll({ after: checkpoint.position, limit: LITTLE + 1 })) {
    if (event.position > upTo) break;
    if (rest.push(event) > LITTLE) return false;
  }
  const applier = new BatchApplier(deps, projection, target, lease, checkpoint);
  for (let from = 0; from < rest.length; from += deps.batchSize) await applier.apply(rest.slice(from, from + deps.batchSize));
  return true;
}

async function holdBuild(
  client: PoolClient,
  { checkpoints, builds }: SwitchDeps,
  build: Build,
  lease: Lease,
): Promise<Pick<Held, 'live' | 'next' | 'checkpoint'>> {
  const checkpoint = await checkpoints.hold(client, lease.name, lease.fence);
  const { rowCount } = await client.query(
    `select 1 from touchline.builds where projection = $1 and build = $2 and state = 'building' for update`,
    [build.projection, build.build],
  );
  const [live, next] = [await builds.live(build.projection), await builds.get(build)];
  if (checkpoint === null || checkpoint.state !== 'running' || rowCount === 0 || live === null || next === null)
    throw new CheckpointLost(`${lease.name} is another's, or stands still`);
  return { live, next, checkpoint };
}

async function noteFirstEvents(client: PoolClient, deps: SwitchDeps, { projection, live, next, checkpoint }: Held): Promise<void> {
  const { rows: named } = await client.query<Difference>(
    'select key, kind, columns from touchline.build_differences where projection = $1 and build = $2',
    [next.projection, next.build],
  );
  const common = { table: projection.table, columns: await commonColumns(client, projection, live) };
  const keys = named.map(({ key }) => key);
  const before = await new RowStore(common, live.schema).load(client, keys);
  const after = await new RowStore(common, next.schema).load(client, keys);
  const unexplained = named.flatMap((difference) => {
    const foldedPosition = (after.get(difference.key) ?? before.get(difference.key))?.foldedPosition;
    const sides = { before: before.get(difference.key)?.row ?? null, after: after.get(difference.key)?.row ?? null };
    return foldedPosition === undefined ? [] : [{ ...difference, ...sides, foldedPosition }];
  });
  if (checkpoint.position === null) return;
  const events: Map<string, FailedEvent> = await firstEvents(deps, projection, checkpoint.position, unexplained);
  await client.query(
    `update touchline.build_differences as differing set event = found.event
     from unnest($3::text[], $4::jsonb[]) as found(key, event)
     where projection = $1 and build = $2 and differing.key = found.key`,
    [next.projection, next.build, [...events.keys()], [...events.values()].map((event) => JSON.stringify(event))],
  );
}

async function goLive(
  client: ClientBase,
  { projection, live, next, liveCheckpoint, checkpoint }: Held,
  report: BuildReport,
): Promise<void> {
  await pointView(client, projection, next.schema);
  // What stopped the rows before is no reason for these to stand still, where they are folded in another way or of another log.
  const anew = live.version !== next.version || report.compared === null;
  await client.query(
    `update touchline.checkpoints
     set version = $2, build = $3, log_id = $4, position = $5, event_id = $6, events = $7, updated_at = clock_timestamp(),
       state = case when $8 and state = 'stopped' then 'running' else state end, failure = case when $8 then null else failure end
     where name = $1`,
    [
      ...[liveCheckpoint.name, next.version, next.build, checkpoint.logId],
      ...[checkpoint.position, checkpoint.eventId, checkpoint.events, anew],
    ],
  );
  await client.query('delete from touchline.checkpoints where name = $1', [checkpoint.name]);
  // What either could not work in stays with the rows it is missing from.
  await client.query('delete from touchline.set_aside where reader = $1', [liveCheckpoint.name]);
  await client.query('update touchline.set_aside set reader = $1 where reader = $2', [liveCheckpoint.name, checkpoint.name]);
  await end(client, live, projection.personal ? 'dropped' : 'kept', null);
  await end(client, next, 'live', report);
  // Rows that no longer follow the log would not follow an erasure either (ADR 0021).
  if (projection.personal) await removeRows(client, live);
  await client.query('select pg_notify($1, $2), pg_notify($3, $4)', [
    ...[CONTROL_CHANNEL, projection.name],
    ...[CHECKPOINT_CHANNEL, `${projection.name} ${checkpoint.position ?? ''}`],
  ]);
}

async function refuse(client: ClientBase, { projection, next }: Held, report: BuildReport): Promise<void> {
  await end(client, next, 'refused', report);
  if (projection.personal) await removeRows(client, next);
}

async function end(client: ClientBase, { projection, build }: Build, state: Build['state'], report: BuildReport | null): Promise<void> {
  await client.query(
    `update touchline.builds set state = $3, report = coalesce($4, report), ended_at = clock_timestamp()
     where projection = $1 and build = $2`,
    [projection, build, state, report === null ? null : JSON.stringify(report)],
  );
}

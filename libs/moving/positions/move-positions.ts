import type { Pool, PoolClient } from 'pg';
import { asPosition } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import { inTransaction } from '@touchline/postgres';
import type { Compared, CopyOf } from '../copy/copies.js';
import { Copies } from '../copy/copies.js';
import { runningProcesses } from '../running-processes.js';
import { checkpointKeeper } from './checkpoint-keeper.js';
import type { Planned, PositionKeeper } from './keepers.js';
import { relayKeeper } from './relay-keeper.js';
import { reportKeeper } from './report-keeper.js';
import { rowKeeper } from './row-keeper.js';
import { treeKeeper } from './tree-keeper.js';

/** Who names positions of the log in the platform's database. */
const keepers: readonly PositionKeeper[] = [checkpointKeeper, rowKeeper, treeKeeper, relayKeeper, reportKeeper];

export interface Move {
  /** Nothing is left to move: it was done before. */
  done: boolean;
  applied: boolean;
  planned: Planned[];
  checkpoints: { name: string; from: string | null; to: string | null }[];
}

/** It cannot be moved as things stand; nothing was. */
export class MoveRefused extends Error {
  override readonly name = 'MoveRefused';
}

const HELD = `select name, holder from touchline.leases where expires_at > clock_timestamp() order by name`;

const PAIRS = `
  insert into moved select pair.old, pair.new from touchline.log_positions, unnest(old_positions, new_positions) as pair(old, new)
  where from_log = $1 and to_log = $2`;

/**
 * Moves everything that names positions from a log to its copy, in one transaction: all of it or nothing. Done again it
 * finds nothing to do. Without `apply` it only says what it would do.
 * @throws MoveRefused | UnknownPositions
 */
export async function movePositions(
  { pool, source, target, copy }: { pool: Pool; source: EventStore; target: EventStore; copy: CopyOf },
  { apply }: { apply: boolean },
): Promise<Move> {
  const compared = await new Copies(pool).compared(copy);
  return inTransaction(pool, async (client) => {
    // Nobody takes up a lease or moves a checkpoint until this is over.
    await client.query('lock table touchline.leases, touchline.checkpoints in share row exclusive mode');
    if (await isDone(client, copy)) return { done: true, applied: false, planned: [], checkpoints: [] };
    await refuseWhileRunning(client);
    await refuseUnlessWhole(compared, source, target);
    await client.query('create temporary table moved (old text collate "C" primary key, new text collate "C" not null) on commit drop');
    await client.query(PAIRS, [copy.from, copy.to]);
    await client.query('analyze moved');
    const planned: Planned[] = [];
    for (const keeper of keepers) planned.push(...(await keeper.plan(client, copy)));
    const checkpoints = await checkpointsMoved(client, target, copy);
    if (apply) {
      for (const keeper of keepers) await keeper.move(client, copy);
      await client.query('update touchline.log_copies set moved_at = clock_timestamp() where from_log = $1 and to_log = $2', [
        copy.from,
        copy.to,
      ]);
    }
    return { done: false, applied: apply, planned, checkpoints };
  });
}

async function isDone(client: PoolClient, { from, to }: CopyOf): Promise<boolean> {
  const { rows } = await client.query<{ done: boolean }>(
    `select from_log = $1 and to_log = $2 as done from touchline.log_copies
     where moved_at is not null and $1 in (from_log, to_log) order by moved_at desc limit 1`,
    [from, to],
  );
  return rows[0]?.done ?? false;
}

async function refuseWhileRunning(client: PoolClient): Promise<void> {
  const { rows: held } = await client.query<{ name: string; holder: string }>(HELD);
  const those = [...(await runningProcesses(client)), ...held.map(({ name, holder }) => `${holder} holds the lease of ${name}`)];
  if (those.length > 0) throw new MoveRefused(`stop every process of the platform first: ${those.join('; ')}`);
}

async function refuseUnlessWhole({ last, events }: Compared, source: EventStore, target: EventStore): Promise<void> {
  const [here, there] = [await source.head(), await target.head()];
  if (last === null) throw new MoveRefused('nothing was copied between these logs, or nothing compared; run touchline log copy');
  if (here !== last.old)
    throw new MoveRefused(`the log has gone on after the ${events} events that were compared; run touchline log copy again`);
  if (there !== last.new) throw new MoveRefused('the copy was written to since it was compared; touchline log copy tells more');
}

/** Each held against the new log: the event that it stands on must stand there. */
async function checkpointsMoved(client: PoolClient, target: EventStore, { from }: CopyOf): Promise<Move['checkpoints']> {
  const { rows } = await client.query<{ name: string; old: string | null; new: string | null; event_id: string }>(
    `select name, position as old, new, event_id from touchline.checkpoints left join moved on old = position where log_id = $1 order by name`,
    [from],
  );
  const moved: Move['checkpoints'] = [];
  for (const row of rows) {
    if (row.new !== null && (await target.eventAt(asPosition(row.new)))?.id !== row.event_id)
      throw new MoveRefused(`the copy does not hold event ${row.event_id}, which the checkpoint of ${row.name} stands on, at ${row.new}`);
    moved.push({ name: row.name, from: row.old, to: row.new });
  }
  return moved;
}

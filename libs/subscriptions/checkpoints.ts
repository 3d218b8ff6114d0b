import type { ClientBase, Pool } from 'pg';
import type { Position } from '@touchline/core';
import type { Failure } from './failures.js';
import { CheckpointLost } from './failures.js';
import type { Lease } from './leases.js';

/** Told after every move; the payload is `<name> <position>`. */
export const CHECKPOINT_CHANNEL = 'touchline_checkpoint';
/** Told when an operator changed what a projection shall do; the payload is its name. */
export const CONTROL_CHANNEL = 'touchline_control';

export type RunState = 'running' | 'paused' | 'stopped';

/** How far a reader of one log has come (ADR 0001). */
export interface Checkpoint {
  name: string;
  version: number;
  /** Which build of its rows a projection's checkpoint belongs to; null for a reader that keeps no rows (ADR 0021). */
  build: number | null;
  logId: string;
  /** Position and id of the last event that was worked in; null before the first. */
  position: Position | null;
  eventId: string | null;
  /** How many events lie up to there; null where nobody has counted from the beginning. */
  events: number | null;
  state: RunState;
  failure: Failure | null;
  updatedAt: string;
}

interface CheckpointRow {
  name: string;
  version: number;
  build: number | null;
  log_id: string;
  position: Position | null;
  event_id: string | null;
  events: string | null;
  state: RunState;
  failure: Failure | null;
  updated_at: Date;
}

const COLUMNS = 'name, version, build, log_id, position, event_id, events, state, failure, updated_at';

const toCheckpoint = (row: CheckpointRow): Checkpoint => ({
  name: row.name,
  version: row.version,
  build: row.build,
  logId: row.log_id,
  position: row.position,
  eventId: row.event_id,
  events: row.events === null ? null : Number(row.events),
  state: row.state,
  failure: row.failure,
  updatedAt: row.updated_at.toISOString(),
});

/** Statements that are done with a move, or not at all: members of its `with` that depend on a row in `moved`. */
export interface CombinedStatement {
  /** Of them as prepared statements. */
  name: string;
  text: string;
  /** From `$8` on. */
  values: readonly unknown[];
}

export interface MoveOptions {
  /** How many events it moves over. */
  events?: number;
  build?: number | null;
  /** Its answer does not wait for the disk. */
  lazyCommit?: boolean;
}

const MOVE = `
  update touchline.checkpoints
  set position = $3, event_id = $4, events = events + $6, failure = null, updated_at = clock_timestamp()
  where name = $1 and fence = $2 and position is not distinct from $5 and build is not distinct from $7
  returning state, pg_notify('${CHECKPOINT_CHANNEL}', $1 || ' ' || $3) as told`;
const MOVE_LAZILY = `${MOVE}, set_config('synchronous_commit', 'off', true) as lazy`;

/** Where each reader stands. Written by whoever holds its lease, and by operators where said so. */
export class Checkpoints {
  constructor(private readonly pool: Pool) {}

  async get(name: string): Promise<Checkpoint | null> {
    const { rows } = await this.pool.query<CheckpointRow>({
      name: 'touchline_checkpoint',
      text: `select ${COLUMNS} from touchline.checkpoints where name = $1`,
      values: [name],
    });
    return rows[0] === undefined ? null : toCheckpoint(rows[0]);
  }

  /** Locks the checkpoint for the caller's transaction: nobody moves it until its end. Null where it is not there, or not under this fence. */
  async hold(client: ClientBase, name: string, fence?: number): Promise<Checkpoint | null> {
    const { rows } = await client.query<CheckpointRow>(
      `select ${COLUMNS} from touchline.checkpoints where name = $1 and ($2::bigint is null or fence = $2) for update`,
      [name, fence ?? null],
    );
    return rows[0] === undefined ? null : toCheckpoint(rows[0]);
  }

  async list(): Promise<Checkpoint[]> {
    const { rows } = await this.pool.query<CheckpointRow>(`select ${COLUMNS} from touchline.checkpoints order by name`);
    return rows.map(toCheckpoint);
  }

  /** The checkpoint, made where there is none, from now on moved under this lease alone; null where a later holder came. */
  async claim(
    lease: Lease,
    reader: { version: number; logId: string; build?: number },
    client: Pick<ClientBase, 'query'> = this.pool,
  ): Promise<Checkpoint | null> {
    const { rows } = await client.query<CheckpointRow>(
      `insert into touchline.checkpoints as known (name, version, log_id, fence, build, events) values ($1, $2, $3, $4, $5, 0)
       on conflict (name) do update set fence = excluded.fence where known.fence <= excluded.fence
       returning ${COLUMNS}`,
      [lease.name, reader.version, reader.logId, lease.fence, reader.build ?? null],
    );
    return rows[0] === undefined ? null : toCheckpoint(rows[0]);
  }

  /**
   * Moves on together with what the move stands for: in one statement, which is a transaction where the caller has none.
   * @returns what the reader shall do next
   * @throws CheckpointLost where it stands elsewhere, belongs to a later holder, or to other rows than those of `build`; the
   * transaction must be given up
   */
  async move(
    client: Pick<ClientBase, 'query'>,
    lease: Lease,
    from: Position | null,
    to: { position: Position; id: string },
    { events = 0, build = null, lazyCommit = false }: MoveOptions = {},
    combined: CombinedStatement | null = null,
  ): Promise<RunState> {
    const move = lazyCommit ? MOVE_LAZILY : MOVE;
    const { rows } = await client.query<{ state: RunState }>({
      name: `touchline_${lazyCommit ? 'lazy_' : ''}move${combined === null ? '' : `_${combined.name}`}`,
      text: combined === null ? move : `with moved as (${move}), ${combined.text} select * from moved`,
      values: [lease.name, lease.fence, to.position, to.id, from, events, build, ...(combined?.values ?? [])],
    });
    if (rows[0] === undefined) throw new CheckpointLost(`the checkpoint of ${lease.name} was moved by another`);
    return rows[0].state;
  }

  /** Stands still until an operator acts, and shows why. */
  async stop(lease: Lease, failure: Failure): Promise<void> {
    await this.pool.query(
      `update touchline.checkpoints set failure = $3, state = 'stopped', updated_at = clock_timestamp() where name = $1 and fence = $2`,
      [lease.name, lease.fence, JSON.stringify(failure)],
    );
  }

  /**
   * An operator's change: only from one of the states named and, where given, only while this event is the failed one.
   * @returns false where it does not stand so
   */
  async control(name: string, from: readonly RunState[], to: RunState, failedEventId?: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `update touchline.checkpoints
       set state = $3, failure = case when $3 = 'running' then null else failure end, updated_at = clock_timestamp()
       where name = $1 and state = any($2) and ($4::text is null or failure->'event'->>'id' = $4)
       returning pg_notify('${CONTROL_CHANNEL}', $1)`,
      [name, from, to, failedEventId ?? null],
    );
    return rowCount === 1;
  }
}

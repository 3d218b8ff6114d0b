import type { Pool } from 'pg';
import type { Tile } from '@touchline/audit/merkle.js';
import type { Position } from '@touchline/core';
import { inTransaction, withAdvisoryLock } from '@touchline/postgres';

/** From which log to which. */
export interface CopyOf {
  from: string;
  to: string;
}

/** How far two logs are known to be equal, and the last event they have in common. */
export interface Compared {
  events: number;
  last: { old: Position; new: Position; eventId: string } | null;
  /** Right edge of the tree over their hashes. */
  edge: readonly Tile[];
}

/** The same events on either side, in order. */
export interface Pairs {
  old: Position[];
  new: Position[];
}

export const nothingCompared: Compared = { events: 0, last: null, edge: [] };

interface CopyRow {
  compared: string;
  old_position: Position;
  new_position: Position;
  event_id: string;
  edge: { level: number; index: number; hashes: string[] }[];
}

/** What is noted of copies of logs: how far they are equal, and which position became which (ADR 0019). */
export class Copies {
  constructor(private readonly pool: Pool) {}

  /** Of one copy; a second one of it waits. The lock ends with its connection, so a killed one never blocks the next. */
  async alone<T>({ from, to }: CopyOf, work: () => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      return await withAdvisoryLock(client, `touchline.log-copy.${from}.${to}`, work);
    } finally {
      client.release(true);
    }
  }

  async compared({ from, to }: CopyOf): Promise<Compared> {
    const { rows } = await this.pool.query<CopyRow>(
      'select compared, old_position, new_position, event_id, edge from touchline.log_copies where from_log = $1 and to_log = $2',
      [from, to],
    );
    const row = rows[0];
    if (row === undefined) return nothingCompared;
    return {
      events: Number(row.compared),
      last: { old: row.old_position, new: row.new_position, eventId: row.event_id },
      edge: row.edge.map((tile) => ({ ...tile, hashes: tile.hashes.map((hash) => Buffer.from(hash, 'hex')) })),
    };
  }

  /** Notes pairs and how far they reach, together: a killed run leaves both or neither. */
  async advance({ from, to }: CopyOf, since: number, pairs: Pairs, { events, last, edge }: Compared): Promise<void> {
    if (last === null) throw new Error('a comparison that came on has a last event');
    const tiles = edge.map((tile) => ({ ...tile, hashes: tile.hashes.map((hash) => hash.toString('hex')) }));
    await inTransaction(this.pool, async (client) => {
      await client.query(
        `insert into touchline.log_positions (from_log, to_log, first_index, old_positions, new_positions) values ($1, $2, $3, $4, $5)`,
        [from, to, since, pairs.old, pairs.new],
      );
      await client.query(
        `insert into touchline.log_copies (from_log, to_log, compared, old_position, new_position, event_id, edge)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (from_log, to_log) do update
           set compared = excluded.compared, old_position = excluded.old_position, new_position = excluded.new_position,
               event_id = excluded.event_id, edge = excluded.edge, compared_at = now()`,
        [from, to, events, last.old, last.new, last.eventId, JSON.stringify(tiles)],
      );
    });
  }

  /** Everything is to be compared anew. */
  async forget({ from, to }: CopyOf): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      await client.query('delete from touchline.log_positions where from_log = $1 and to_log = $2', [from, to]);
      await client.query('delete from touchline.log_copies where from_log = $1 and to_log = $2', [from, to]);
    });
  }

  /**
   * The log that everything was moved to from this one, where it was not moved back since; null for a log in use. What is
   * written to it now no reader would see.
   */
  async movedTo(logId: string): Promise<string | null> {
    const { rows } = await this.pool.query<{ to_log: string; left: boolean }>(
      `select to_log, from_log = $1 as left from touchline.log_copies
       where moved_at is not null and $1 in (from_log, to_log) order by moved_at desc limit 1`,
      [logId],
    );
    return rows[0]?.left === true ? rows[0].to_log : null;
  }

  /** The logs that everything was moved from to this one, one after the other, the latest first. */
  async movedFrom(logId: string): Promise<string[]> {
    const { rows } = await this.pool.query<{ from_log: string; to_log: string }>(
      'select from_log, to_log from touchline.log_copies where moved_at is not null order by moved_at desc',
    );
    const logs: string[] = [];
    const before = (log: string): string | undefined =>
      rows.find(({ from_log, to_log }) => to_log === log && from_log !== logId && !logs.includes(from_log))?.from_log;
    for (let log = before(logId); log !== undefined; log = before(log)) logs.push(log);
    return logs;
  }

  /**
   * Where an event of a log stands in another that everything was moved to from it, over however many moves; null where it
   * was not, or the position is not known.
   */
  async follow(from: string, position: Position, to: string): Promise<Position | null> {
    for (let [log, at] = [from, position]; log !== to;) {
      const next = await this.movedTo(log);
      const now = next === null ? null : await this.positionNow(next, at, log);
      if (next === null || now === null) return null;
      if (next === to) return now;
      [log, at] = [next, now];
    }
    return position;
  }

  /** Where an event stands in a log, by its position in the one that was copied to it; null where that is not known. */
  async positionNow(to: string, old: Position, from: string | null = null): Promise<Position | null> {
    const { rows } = await this.pool.query<{ position: Position }>(
      `select pair.new as position
       from touchline.log_copies join touchline.log_positions using (from_log, to_log),
         unnest(old_positions, new_positions) as pair(old, new)
       where to_log = $1 and ($3::text is null or from_log = $3) and pair.old = $2
         and old_positions[1] <= $2 and old_positions[cardinality(old_positions)] >= $2
       order by compared_at desc limit 1`,
      [to, old, from],
    );
    return rows[0]?.position ?? null;
  }
}

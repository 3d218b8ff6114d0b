import type { Pool } from 'pg';
import type { Position } from '@touchline/core';
import type { StreamNote, Witness } from '../check-witness.js';
import type { Tile, TileSource } from '../merkle.js';
import { HASH_BYTES, TILE_WIDTH } from '../merkle.js';

/** How far the log has been folded. */
export interface TreeStands {
  size: number;
  position: Position;
  eventId: string;
}

/** A stream in the tree. */
export interface NotedStream extends StreamNote {
  /** Place of its last event in the log. */
  lastIndex: number;
}

const TILES_AT_ONCE = 64;
const STREAMS_AT_ONCE = 5_000;

/** The tree over one log, as it is kept in Postgres. */
export class TreeStore {
  constructor(
    private readonly client: Pick<Pool, 'query'>,
    private readonly logId: string,
  ) {}

  async stands(): Promise<TreeStands | null> {
    const { rows } = await this.client.query<{ size: string; position: Position; event_id: string }>(
      'select size, position, event_id from touchline.log_trees where log_id = $1',
      [this.logId],
    );
    return rows[0] === undefined ? null : { size: Number(rows[0].size), position: rows[0].position, eventId: rows[0].event_id };
  }

  readonly tile: TileSource = async (level, index) => {
    const { rows } = await this.client.query<{ hashes: Buffer }>(
      'select hashes from touchline.log_tiles where log_id = $1 and level = $2 and index = $3',
      [this.logId, level, index],
    );
    return rows[0] === undefined ? [] : apart(rows[0].hashes);
  };

  /** Tiles at the right edge of a tree of this size. */
  async edge(size: number): Promise<Tile[]> {
    const tiles: Tile[] = [];
    for (let level = 0, hashes = size; hashes > 0; level += 1, hashes = Math.floor(hashes / TILE_WIDTH)) {
      const index = Math.floor(hashes / TILE_WIDTH);
      const there = (await this.tile(level, index)).slice(0, hashes % TILE_WIDTH);
      tiles.push({ level, index, hashes: there });
    }
    return tiles;
  }

  async notes(streams: readonly string[]): Promise<Map<string, NotedStream>> {
    const { rows } = await this.client.query<NoteRow>(`${NOTES} where log_id = $1 and stream = any($2::text[])`, [this.logId, streams]);
    return new Map(rows.map((row) => [row.stream, toNote(row)]));
  }

  /** Moves on, in the caller's transaction; false where another has moved it in between. */
  async advance(from: number, to: TreeStands, tiles: readonly Tile[], notes: readonly NotedStream[]): Promise<boolean> {
    const { rowCount } = await this.client.query(
      from === 0
        ? 'insert into touchline.log_trees (size, position, event_id, log_id) values ($1, $2, $3, $4) on conflict do nothing'
        : 'update touchline.log_trees set size = $1, position = $2, event_id = $3 where log_id = $4 and size = $5',
      [to.size, to.position, to.eventId, this.logId, ...(from === 0 ? [] : [from])],
    );
    if (rowCount !== 1) return false;
    await this.client.query(
      `insert into touchline.log_tiles (log_id, level, index, hashes)
       select $1, * from unnest($2::smallint[], $3::bigint[], $4::bytea[])
       on conflict (log_id, level, index) do update set hashes = excluded.hashes`,
      [this.logId, tiles.map(({ level }) => level), tiles.map(({ index }) => index), tiles.map(({ hashes }) => Buffer.concat(hashes))],
    );
    await this.client.query(
      `insert into touchline.log_streams (log_id, stream, first_index, last_index, revision, hash)
       select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[], $5::integer[], $6::bytea[])
       on conflict (log_id, stream) do update
         set last_index = excluded.last_index, revision = excluded.revision, hash = excluded.hash`,
      [
        this.logId,
        notes.map(({ stream }) => stream),
        notes.map(({ firstIndex }) => firstIndex),
        notes.map(({ lastIndex }) => lastIndex),
        notes.map(({ revision }) => revision),
        notes.map(({ hash }) => hash),
      ],
    );
    return true;
  }

  /** What a check of the log is held against; null where no head was ever written. */
  async witness(): Promise<Witness | null> {
    const stands = await this.stands();
    return stands === null ? null : { size: stands.size, leaves: (from) => this.leaves(from, stands.size), streams: () => this.allNotes() };
  }

  private async leaves(from: number, size: number): Promise<readonly Buffer[]> {
    const first = Math.floor(from / TILE_WIDTH);
    const { rows } = await this.client.query<{ index: string; hashes: Buffer }>(
      'select index, hashes from touchline.log_tiles where log_id = $1 and level = 0 and index >= $2 and index < $3 order by index',
      [this.logId, first, first + TILES_AT_ONCE],
    );
    // A tile that is gone or cut ends what can be said.
    const hashes = rows.flatMap((row, place) => (Number(row.index) === first + place ? apart(row.hashes) : []));
    return hashes.slice(from % TILE_WIDTH, size - first * TILE_WIDTH);
  }

  private async *allNotes(): AsyncGenerator<StreamNote> {
    for (let after = ''; ;) {
      const { rows } = await this.client.query<NoteRow>(`${NOTES} where log_id = $1 and stream > $2 order by stream limit $3`, [
        this.logId,
        after,
        STREAMS_AT_ONCE,
      ]);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield* rows.map(toNote);
      after = last.stream;
    }
  }
}

interface NoteRow {
  stream: string;
  first_index: string;
  last_index: string;
  revision: number;
  hash: Buffer;
}

const NOTES = 'select stream, first_index, last_index, revision, hash from touchline.log_streams';

const toNote = ({ stream, first_index, last_index, revision, hash }: NoteRow): NotedStream => ({
  stream,
  firstIndex: Number(first_index),
  lastIndex: Number(last_index),
  revision,
  hash,
});

const apart = (hashes: Buffer): Buffer[] =>
  Array.from({ length: hashes.length / HASH_BYTES }, (_, place) => hashes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES));

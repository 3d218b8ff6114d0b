import type { ClientBase } from 'pg';
import type { CopyOf } from '../copy/copies.js';

/** What one keeper would move, for an operator to read first. */
export interface Planned {
  what: string;
  count: number;
}

/**
 * Something in the platform's database that names positions of the log. Every keeper works in the one transaction of a move,
 * on the temporary table `moved (old, new)`. What names positions elsewhere cannot be one of them: it asks
 * `Copies.follow` for its own, after the move.
 */
export interface PositionKeeper {
  /** Changes nothing. @throws UnknownPositions where a position of the old log is not in the copy */
  plan(client: ClientBase, copy: CopyOf): Promise<Planned[]>;
  move(client: ClientBase, copy: CopyOf): Promise<void>;
}

/** Something stands at a position that was not copied: of another log, or beyond what was compared. */
export class UnknownPositions extends Error {
  override readonly name = 'UnknownPositions';
}

export const count = async (client: ClientBase, text: string, values: readonly unknown[] = []): Promise<number> =>
  Number((await client.query<{ n: string }>(`select count(*) as n ${text}`, [...values])).rows[0]?.n ?? 0);

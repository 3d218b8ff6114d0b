import type { Pool } from 'pg';
import type { SqlMigration } from '@touchline/postgres';
import type { RowFault } from './row-verifier.js';
import type { RowsVerified } from './verify-rows.js';

export const rebuildMigrations: SqlMigration[] = [
  {
    name: 'rebuild-1-row-checks-1780000000017',
    sql: `
      create table touchline.row_checks (
        projection text primary key,
        due_at timestamptz not null,
        checked_at timestamptz not null,
        position text collate "C",
        rows bigint not null,
        differing bigint not null,
        named jsonb not null,
        error text
      );
    `,
  },
];

/** What the last regular check of a view found. Instants are ISO 8601 UTC. */
export interface RowCheck {
  projection: string;
  /** The hour that it was for. */
  dueAt: string;
  checkedAt: string;
  position: string | null;
  rows: number;
  differing: number;
  named: RowFault[];
  /** Why nothing could be compared; else null. */
  error: string | null;
}

const HOUR = 3_600_000;

/** The last time at or before `now` that a check is due: every so many hours, at that hour of the day, UTC. */
export function lastDue(now: string, { hour, everyHours }: { hour: number; everyHours: number }): string {
  const every = everyHours * HOUR;
  const offset = hour * HOUR;
  return new Date(Math.floor((Date.parse(now) - offset) / every) * every + offset).toISOString();
}

/** The last check of each view. */
export class RowChecks {
  constructor(private readonly pool: Pool) {}

  async list(): Promise<RowCheck[]> {
    const { rows } = await this.pool.query<Omit<RowCheck, 'dueAt' | 'checkedAt' | 'rows' | 'differing'> & Stored>(
      `select projection, due_at as "dueAt", checked_at as "checkedAt", position, rows, differing, named, error
       from touchline.row_checks order by projection`,
    );
    return rows.map((row) => ({
      ...row,
      dueAt: row.dueAt.toISOString(),
      checkedAt: row.checkedAt.toISOString(),
      rows: Number(row.rows),
      differing: Number(row.differing),
    }));
  }

  async keep(
    dueAt: string,
    checkedAt: string,
    { projection, position, rows, differing, named }: Kept,
    error: string | null,
  ): Promise<void> {
    await this.pool.query(
      `insert into touchline.row_checks (projection, due_at, checked_at, position, rows, differing, named, error)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (projection) do update set due_at = excluded.due_at, checked_at = excluded.checked_at, position = excluded.position,
         rows = excluded.rows, differing = excluded.differing, named = excluded.named, error = excluded.error`,
      [projection, dueAt, checkedAt, position, rows, differing, JSON.stringify(named), error],
    );
  }
}

type Kept = Omit<RowsVerified, 'interrupted'>;

interface Stored {
  dueAt: Date;
  checkedAt: Date;
  rows: string;
  differing: string;
}

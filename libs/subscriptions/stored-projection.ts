import type { Projection } from '@touchline/core';

/** A column of a read model's table, as its entity declares it. */
export interface RowColumn {
  /** Of the row. */
  property: string;
  /** Of the table. */
  name: string;
  /** As Postgres writes it: `text[]`, `timestamp with time zone`. */
  type: string;
}

/** Where the rows of a projection are stored. */
export interface RowTable {
  /** Without a schema: each build has its own (ADR 0021). */
  table: string;
  /** The key first; the place that a row is folded to is not among them. */
  columns: readonly [key: RowColumn, ...rest: RowColumn[]];
}

/** A projection whose rows the engine writes. */
export type StoredProjection<Row extends object = object> = Projection<Row> & RowTable;

/** The place in its key's events that a row is folded to, in every table; written by the engine (ADR 0009). */
export const FOLDED_COLUMNS: readonly RowColumn[] = [
  { property: 'foldedAt', name: 'folded_at', type: 'timestamp with time zone' },
  { property: 'foldedPosition', name: 'folded_position', type: 'text' },
];

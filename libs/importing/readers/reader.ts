import type { Fault } from '../faults.js';

/** A column by name, or by its place from 1 where a name occurs twice. Nested JSON by path: `customer.phone`. */
export type ColumnRef = string | number;

export const columnLabel = (column: ColumnRef): string => (typeof column === 'number' ? `#${column}` : column);

/** A record of the source: only the columns that were asked for, in that order; null where the record has none. */
export interface Row {
  line: number;
  cells: (string | null)[];
}

/** A record of the source, what is wrong with it, or the line of one that says nothing at all. */
export type RowOrFault = Row | { fault: Fault } | { empty: number };

/** Streams the records of a source, in the order of the file and in bounded memory. */
export type Reader = (chunks: AsyncIterable<Uint8Array>, columns: readonly ColumnRef[]) => AsyncGenerator<RowOrFault, void, undefined>;

/** Longest record that is read, in bytes; a quote that is never closed must not swallow memory. */
export const MAX_RECORD_BYTES = 1024 * 1024;

/** Bytes that end before their compressed stream does; readers pass on what came and then report the cut. */
export class TruncatedInput extends Error {
  override readonly name = 'TruncatedInput';
}

export const CUT = 'file.cut';

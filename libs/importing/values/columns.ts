import type { ColumnRef, Row } from '../readers/reader.js';

export type CellReader = (row: Row) => string | null;

/** Partner of a record in a joined file: its cells, or null where there is none. */
export type FindPartner = (row: Row) => readonly (string | null)[] | null;

/** Gathers the columns that a mapping uses, so that nothing else of a file is kept. */
export class Columns {
  private readonly used: ColumnRef[] = [];
  private readonly joins = new Map<string, { columns: Columns; find: FindPartner }>();

  /** In the order in which a record's cells then stand. */
  get list(): readonly ColumnRef[] {
    return this.used;
  }

  place(column: ColumnRef): number {
    const place = this.used.indexOf(column);
    return place >= 0 ? place : this.used.push(column) - 1;
  }

  /** A joined file's columns, and how a record finds its partner there. */
  join(name: string, columns: Columns, find: FindPartner): void {
    this.joins.set(name, { columns, find });
  }

  reader(column: ColumnRef, join?: string): CellReader {
    if (join === undefined) {
      const place = this.place(column);
      return (row) => row.cells[place] ?? null;
    }
    const joined = this.joins.get(join);
    if (joined === undefined) throw new Error(`no joined file "${join}"`);
    const place = joined.columns.place(column);
    return (row) => joined.find(row)?.[place] ?? null;
  }
}

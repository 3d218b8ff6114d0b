import type { FoldedRow } from './fold.js';

/**
 * Rows as the last batches left them: a key that comes again is not read again. Holds only while nobody else writes the
 * rows, which the move of the checkpoint proves with every batch; bounded, the longest unchanged go first.
 */
export class RecentRows<Row extends object> {
  /** Null where there is no row. */
  private readonly rows = new Map<string, FoldedRow<Row> | null>();

  constructor(
    private readonly read: (keys: readonly string[]) => Promise<Map<string, FoldedRow<Row>>>,
    private readonly most: number,
  ) {}

  async load(keys: readonly string[]): Promise<Map<string, FoldedRow<Row>>> {
    const rows = await this.read(keys.filter((key) => !this.rows.has(key)));
    for (const key of keys) {
      const known = this.rows.get(key);
      if (known) rows.set(key, known);
    }
    return rows;
  }

  /** To be called once the changes are committed. */
  keep(changes: ReadonlyMap<string, FoldedRow<Row> | null>): void {
    for (const [key, row] of changes) {
      this.rows.delete(key);
      this.rows.set(key, row);
    }
    for (const oldest of this.rows.keys()) {
      if (this.rows.size <= this.most) return;
      this.rows.delete(oldest);
    }
  }
}

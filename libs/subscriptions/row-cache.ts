import type { FoldedRow } from './fold.js';

/**
 * Rows as the last batches left them: a key that comes again is not read again. Holds only while nobody else writes the
 * rows, which the move of the checkpoint proves with every batch; bounded, the longest unchanged go first.
 */
export class RowCache<Row extends object> {
  /** Null where there is no row. */
  private readonly rows = new Map<string, FoldedRow<Row> | null>();

  constructor(
    private readonly read: (keys: readonly string[]) => Promise<Map<string, FoldedRow<Row>>>,
    private readonly most: number,
  ) {}

  /** `unwritten` are changes that come after those that were kept, the newest first. */
  async load(
    keys: readonly string[],
    unwritten: readonly ReadonlyMap<string, FoldedRow<Row> | null>[] = [],
  ): Promise<Map<string, FoldedRow<Row>>> {
    const layers = [...unwritten, this.rows];
    const known = new Map<string, FoldedRow<Row>>();
    const unknown: string[] = [];
    // Before anything is waited for: meanwhile what is held may be let go.
    for (const key of keys) {
      const layer = layers.find((each) => each.has(key));
      const row = layer?.get(key);
      if (row) known.set(key, row);
      if (layer === undefined) unknown.push(key);
    }
    for (const [key, row] of await this.read(unknown)) known.set(key, row);
    return known;
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

import type { RecordedEvent } from './event.js';

/**
 * The fold of a read model, as data (ADR 0009). A row is a function of its key's events, sorted by (occurredAt, position), corrected
 * ones replaced. All events of one key live in one stream, so a refold reads that stream and nothing else.
 */
export interface Projection<Row extends object = object> {
  name: string;
  /** Raised whenever the same events would give other rows. */
  version: number;
  /** True where personal fields must be opened before the fold (ADR 0008); such a view marks its columns personal. */
  personal: boolean;
  /**
   * Keys of the rows the event touches; [] where it is of no interest. Sees personal fields sealed.
   * A key is the id of its stream's entity, or the id of the one event its row stands for.
   */
  keys(event: RecordedEvent): string[];
  /**
   * The row after the event; null for no row. Pure and total: events come by occurrence, so a late one may come even
   * before the one that opens its stream. `versions` are the original and its corrections, as recorded, where the event
   * was corrected; else empty.
   */
  evolve(row: Row | null, event: RecordedEvent, key: string, versions: readonly RecordedEvent[]): Row | null;
}

/** A row as its entity declares it: a plain object, without the class. */
export type RowOf<Entity extends object> = { [Property in keyof Entity]: Entity[Property] };

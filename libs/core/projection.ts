import type { RecordedEvent } from './event.js';
import type { JsonObject } from './json.js';

/**
 * A read model as data (D13). A row is a function of its key's events, sorted by (occurredAt, position), corrected
 * ones replaced. All events of one key live in one stream, so a refold reads that stream and nothing else.
 * `evolve` is pure and total: same row and event, same result.
 */
export interface Projection<Row extends JsonObject = JsonObject> {
  name: string;
  /** Raised whenever the same events would give other rows. */
  version: number;
  /** The table's name in the read models' schema. */
  table: string;
  /** Names of the row's properties that are columns, first the key; camelCase here, snake_case in the table. */
  columns: readonly (keyof Row & string)[];
  /** True where personal fields must be opened before the fold (D12); such a view marks its columns personal. */
  personal: boolean;
  /** Keys of the rows the event touches; [] where it is of no interest. */
  keys(event: RecordedEvent): string[];
  /** The row after the event; null for no row. */
  evolve(row: Row | null, event: RecordedEvent, key: string): Row | null;
}

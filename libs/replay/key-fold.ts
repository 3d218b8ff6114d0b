import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent } from '@touchline/core';
import { byOccurrence } from '@touchline/core';
import type { IncrementalFold, StandingEvent } from '@touchline/subscriptions';

/**
 * The events that stand of one key, by occurrence, and the row after each. A change folds on from where it is, and no
 * further than to where the row is what it was at that place before: from there on all stands as it did.
 */
export class KeyFold<Row extends object> {
  private readonly rows: (Row | null)[] = [];

  /** The events become this fold's own. */
  constructor(
    private readonly fold: IncrementalFold<Row>,
    private readonly key: string,
    private readonly its: StandingEvent[],
  ) {
    this.refold(0, its.length);
  }

  get row(): Row | null {
    return this.rows.at(-1) ?? null;
  }

  /** One event comes, goes, or takes another's place, though it may have happened at another time. */
  replace(out: StandingEvent | null, into: StandingEvent | null): void {
    const left = out === null ? null : placeOf(this.its, out.event);
    if (left !== null) this.its.splice(left, 1);
    const taken = into === null ? null : placeOf(this.its, into.event);
    if (into !== null && taken !== null) this.its.splice(taken, 0, into);
    // So that beside each event past the change stands the row that led to the one after it.
    if (left === null && taken !== null) this.rows.splice(taken, 0, this.rows[taken - 1] ?? null);
    if (left !== null && taken === null) this.rows.splice(left, 1);
    const places = [left, taken].filter((place) => place !== null);
    this.refold(Math.min(...places), Math.max(...places));
  }

  /** Rows from `settled` on may be what they were. Compared ever more rarely, as telling rows apart may take longer than a fold. */
  private refold(start: number, settled: number): void {
    let next = settled;
    for (let at = start; at < this.its.length; at++) {
      const row = this.fold.step(this.rows[at - 1] ?? null, this.its[at]!, this.key);
      if (at === next) {
        if (isSame(row, this.rows[at])) return;
        next = 2 * at - settled + 1;
      }
      this.rows[at] = row;
    }
  }
}

/** Where an event stands, or would stand, among events by occurrence. */
export function placeOf(standing: readonly StandingEvent[], event: RecordedEvent): number {
  let [low, high] = [0, standing.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byOccurrence(standing[middle]!.event, event) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Also in the order of its properties, which a fold may go by. */
export const isSame = (a: unknown, b: unknown): boolean => a === b || (isDeepStrictEqual(a, b) && JSON.stringify(a) === JSON.stringify(b));

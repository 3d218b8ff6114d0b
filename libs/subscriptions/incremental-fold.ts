import type { Projection, RecordedEvent } from '@touchline/core';
import { EventFailure } from './failures.js';
import type { FoldedRow, StandingEvent } from './fold.js';

/** What is folded by key: the rows of a read model, or how a topic says that an entity stands. */
export type Folding<Row extends object> = Pick<Projection<Row>, 'keys' | 'evolve'>;

/** Only all the events of a key tell how it stands now. */
export const REFOLD = Symbol('refold');

/**
 * The fold of a key's events by occurrence, corrected ones replaced (ADR 0009): one event further where that comes to the
 * same, else anew. The live rows, rebuilds, as-of answers and topics all fold by this, so that they cannot differ.
 * Where it says so, EventFailure names the event that could not be taken.
 */
export class IncrementalFold<Row extends object> {
  constructor(private readonly of: Folding<Row>) {}

  /** @throws EventFailure */
  keysOf(event: RecordedEvent): string[] {
    return blaming(event, () => this.of.keys(event));
  }

  /** Every key an event ever touched, in any of its versions. @throws EventFailure */
  keysEver({ event, versions }: StandingEvent): string[] {
    if (versions.length === 0) return this.keysOf(event);
    const asOriginal = versions.map(({ type, data, meta }) => ({ ...event, type, data, meta }));
    return [...new Set([event, ...asOriginal].flatMap((version) => this.keysOf(version)))];
  }

  /**
   * A key with one more event, the next that was recorded of it; null for no row. REFOLD where the event is not later than all
   * that the row knows, or corrects something; or where there is no row, unless the event is surely the first of its key: later
   * ones may have taken the row away. @throws EventFailure
   */
  foldOn(before: FoldedRow<Row> | null, event: RecordedEvent, key: string): FoldedRow<Row> | null | typeof REFOLD {
    if (event.meta.corrects !== undefined) return REFOLD;
    const isNext = before === null ? beginsWith(event, key) : isLater(event, before);
    return isNext ? placed(this.step(before?.row ?? null, { event, versions: [] }, key), event) : REFOLD;
  }

  /** Keys from all the events of their stream: these, or all that it touches; null for no row. @throws EventFailure */
  refold(standing: readonly StandingEvent[], keys?: Iterable<string>): Map<string, FoldedRow<Row> | null> {
    const wanted = keys && new Set(keys);
    const byKey = new Map<string, StandingEvent[]>([...(wanted ?? [])].map((key) => [key, []]));
    for (const each of standing)
      for (const key of this.keysOf(each.event)) {
        const its = byKey.get(key);
        if (its !== undefined) its.push(each);
        else if (wanted === undefined) byKey.set(key, [each]);
      }
    return new Map([...byKey].map(([key, its]) => [key, this.foldAll(its, key)]));
  }

  /** The row after an event that comes behind all that it was folded of. @throws EventFailure */
  step(row: Row | null, { event, versions }: StandingEvent, key: string): Row | null {
    return blaming(event, () => this.of.evolve(row, event, key, versions));
  }

  private foldAll(its: readonly StandingEvent[], key: string): FoldedRow<Row> | null {
    const row = its.reduce<Row | null>((before, each) => this.step(before, each, key), null);
    const last = its.at(-1);
    return last === undefined ? null : placed(row, last.event);
  }
}

/** Of such a key nothing can be known before the event. */
export const beginsWith = (event: RecordedEvent, key: string): boolean => event.revision === 0 || event.id === key;

const isLater = ({ meta: { occurredAt }, position }: RecordedEvent, { foldedAt, foldedPosition }: FoldedRow): boolean =>
  occurredAt > foldedAt || (occurredAt === foldedAt && position > foldedPosition);

const placed = <Row extends object>(row: Row | null, { meta, position }: RecordedEvent): FoldedRow<Row> | null =>
  row && { row, foldedAt: meta.occurredAt, foldedPosition: position };

function blaming<T>(event: RecordedEvent, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    throw new EventFailure(event, error);
  }
}

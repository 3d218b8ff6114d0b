import type { Projection, RecordedEvent } from '@touchline/core';
import { byOccurrence } from '@touchline/core';
import type { FoldedRow, StandingEvent } from '@touchline/subscriptions';
import { evolve, keysOf, standingEvents } from '@touchline/subscriptions';
import type { Moment } from './as-of.js';
import { counting, isKnown, isTie, rowsOf, standingAsOf } from './as-of.js';

/** The rows of a view on the way from one moment to another, and the event that made them so; null at the beginning. */
export interface Step<Row extends object> {
  by: RecordedEvent | null;
  rows: Row[];
}

/**
 * Goes from one moment to another event by event: first what became known, as it was recorded, then what happened, as it
 * happened. Where a moment lies further back, what it does not know yet is taken away again, the last first.
 */
export function* walk<Row extends object>(
  view: Projection<Row>,
  histories: readonly (readonly RecordedEvent[])[],
  from: Moment,
  to: Moment,
): Generator<Step<Row>> {
  const streams = histories.map((events) => new Stream(view, events, from));
  const step = (by: RecordedEvent | null): Step<Row> => ({ by, rows: streams.flatMap((stream) => stream.rows()) });
  yield step(null);

  const learnt = streams.flatMap((stream) => stream.learns(to));
  for (const { stream, event, comes } of inOrder(learnt, ({ event }) => event.position)) {
    stream.know(event, comes);
    yield step(event);
  }
  const happened = streams.flatMap((stream) => stream.happens(from, to));
  for (const { stream, each, comes } of inOrder(happened, ({ each }) => `${each.from} ${each.event.position}`)) {
    stream.count(each, comes);
    yield step(each.versions.at(-1) ?? each.event);
  }
}

/** What goes before what comes, the last first. */
function inOrder<T extends { comes: boolean }>(steps: readonly T[], keyOf: (step: T) => string): T[] {
  const sorted = [...steps].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return [...sorted.filter(({ comes }) => !comes).reverse(), ...sorted.filter(({ comes }) => comes)];
}

/** One stream on its way. An event that comes last folds onto the rows, as it does live; any other has them folded anew. */
class Stream<Row extends object> {
  private readonly known: Set<string>;
  private readonly hasTies: boolean;
  private standing: StandingEvent[] = [];
  private folded = new Map<string, FoldedRow<Row>>();

  constructor(
    private readonly view: Projection<Row>,
    private readonly events: readonly RecordedEvent[],
    private readonly from: Moment,
  ) {
    this.known = new Set(events.filter((event) => isKnown(event, from)).map(({ id }) => id));
    this.hasTies = events.some(isTie);
    this.refold();
  }

  rows(): Row[] {
    return [...this.folded.values()].map(({ row }) => row);
  }

  learns(to: Moment): { stream: Stream<Row>; event: RecordedEvent; comes: boolean }[] {
    return this.events
      .filter((event) => isKnown(event, to) !== this.known.has(event.id))
      .map((event) => ({ stream: this, event, comes: !this.known.has(event.id) }));
  }

  know(event: RecordedEvent, comes: boolean): void {
    if (comes) this.known.add(event.id);
    else this.known.delete(event.id);
    // Ties count from the first of the others, which this may be.
    const alone = comes && event.meta.corrects === undefined && !this.hasTies;
    if (!alone) this.refold();
    else if (this.from.happenedBy === undefined || event.meta.occurredAt <= this.from.happenedBy) this.add({ event, versions: [] });
  }

  happens(from: Moment, to: Moment): { stream: Stream<Row>; each: StandingEvent & { from: string }; comes: boolean }[] {
    const by = (instant: string, { happenedBy }: Moment): boolean => happenedBy === undefined || instant <= happenedBy;
    return counting(standingEvents(this.events.filter(({ id }) => this.known.has(id))))
      .filter((each) => by(each.from, from) !== by(each.from, to))
      .map((each) => ({ stream: this, each, comes: by(each.from, to) }));
  }

  count(each: StandingEvent, comes: boolean): void {
    if (comes) this.add(each);
    else this.set(this.standing.filter(({ event }) => event.id !== each.event.id));
  }

  private refold(): void {
    const { happenedBy } = this.from;
    const known = this.events.filter(({ id }) => this.known.has(id));
    this.set(standingAsOf(known, happenedBy === undefined ? {} : { happenedBy }));
  }

  private add(each: StandingEvent): void {
    const last = this.standing.at(-1);
    if (last !== undefined && byOccurrence(last.event, each.event) > 0) {
      this.set([...this.standing, each].sort((a, b) => byOccurrence(a.event, b.event)));
      return;
    }
    this.standing.push(each);
    const { event, versions } = each;
    for (const key of keysOf(this.view, event)) {
      const row = evolve(this.view, this.folded.get(key)?.row ?? null, event, key, versions);
      if (row === null) this.folded.delete(key);
      else this.folded.set(key, { row, foldedAt: event.meta.occurredAt, foldedPosition: event.position });
    }
  }

  private set(standing: StandingEvent[]): void {
    this.standing = standing;
    this.folded = rowsOf(this.view, standing);
  }
}

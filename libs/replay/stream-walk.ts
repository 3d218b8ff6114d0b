import type { Projection, RecordedEvent } from '@touchline/core';
import type { StandingEvent } from '@touchline/subscriptions';
import { IncrementalFold, standingEvents } from '@touchline/subscriptions';
import type { Counting, IsTie, Moment } from './as-of.js';
import { counting, isKnown } from './as-of.js';
import { KeyFold, isSame, placeOf } from './key-fold.js';

/** The rows by key that a step has changed; null for a row that is gone. */
export type ChangedRows<Row extends object> = ReadonlyMap<string, Row | null>;

/** An event with all its corrections. */
interface Told {
  events: RecordedEvent[];
  /** As it stands by what is known; null while it is not known. */
  standing: StandingEvent | null;
  /** The same where it has happened, and so is folded. */
  folded: StandingEvent | null;
}

/** One stream on its way from a moment to another: what each event changes is folded, and nothing else. */
export class StreamWalk<Row extends object> {
  private readonly incremental: IncrementalFold<Row>;
  private readonly known: Set<string>;
  private readonly told = new Map<string, Told>();
  private readonly originalOf = new Map<string, string>();
  private readonly ties: Told[];
  /** All that is known, by occurrence. */
  private readonly standing: StandingEvent[];
  private readonly folds = new Map<string, KeyFold<Row>>();
  private readonly before = new Map<string, Row | null>();

  constructor(
    view: Projection<Row>,
    private readonly events: readonly RecordedEvent[],
    private readonly from: Moment,
    private readonly isTie: IsTie,
  ) {
    this.incremental = new IncrementalFold(view);
    for (const event of events) {
      const { corrects } = event.meta;
      const original = corrects === undefined ? event.id : (this.originalOf.get(corrects) ?? corrects);
      this.originalOf.set(event.id, original);
      const told = this.told.get(original);
      if (told === undefined) this.told.set(original, { events: [event], standing: null, folded: null });
      else told.events.push(event);
    }
    this.ties = [...this.told.values()].filter((each) => each.events.some(isTie));
    const known = events.filter((event) => isKnown(event, from));
    this.known = new Set(known.map(({ id }) => id));
    this.standing = standingEvents(known);
    this.foldAll();
  }

  rows(): [string, Row][] {
    return [...this.folds].flatMap(([key, { row }]): [string, Row][] => (row === null ? [] : [[key, row]]));
  }

  learns(to: Moment): { stream: StreamWalk<Row>; event: RecordedEvent; comes: boolean }[] {
    return this.events
      .filter((event) => isKnown(event, to) !== this.known.has(event.id))
      .map((event) => ({ stream: this, event, comes: !this.known.has(event.id) }));
  }

  know(event: RecordedEvent, comes: boolean): ChangedRows<Row> {
    const told = this.toldOf(event);
    const first = this.firstAt();
    if (comes) this.known.add(event.id);
    else this.known.delete(event.id);
    const standing = standingEvents(told.events.filter(({ id }) => this.known.has(id)))[0] ?? null;
    if (told.standing !== null) this.standing.splice(placeOf(this.standing, told.standing.event), 1);
    if (standing !== null) this.standing.splice(placeOf(this.standing, standing.event), 0, standing);
    told.standing = standing;
    this.fold(told, this.hasHappened(standing) ? standing : null);
    // Ties count from the first of the others, which this may be, or have been.
    if (this.firstAt() !== first) for (const tie of this.ties) this.fold(tie, this.hasHappened(tie.standing) ? tie.standing : null);
    return this.changed();
  }

  happens(from: Moment, to: Moment): { stream: StreamWalk<Row>; each: Counting; comes: boolean }[] {
    const by = (instant: string, { happenedBy }: Moment): boolean => happenedBy === undefined || instant <= happenedBy;
    return counting(this.standing, this.isTie)
      .filter((each) => by(each.from, from) !== by(each.from, to))
      .map((each) => ({ stream: this, each, comes: by(each.from, to) }));
  }

  count({ event }: StandingEvent, comes: boolean): ChangedRows<Row> {
    const told = this.toldOf(event);
    this.fold(told, comes ? told.standing : null);
    return this.changed();
  }

  private foldAll(): void {
    const byKey = new Map<string, StandingEvent[]>();
    for (const each of this.standing) {
      const told = this.toldOf(each.event);
      told.standing = each;
      if (!this.hasHappened(each)) continue;
      told.folded = each;
      for (const key of this.incremental.keysOf(each.event)) {
        const its = byKey.get(key);
        if (its === undefined) byKey.set(key, [each]);
        else its.push(each);
      }
    }
    for (const [key, its] of byKey) this.folds.set(key, new KeyFold(this.incremental, key, its));
  }

  private fold(told: Told, into: StandingEvent | null): void {
    const out = told.folded;
    if (out === into) return;
    told.folded = into;
    const [left, taken] = [out, into].map((each) => new Set(each === null ? [] : this.incremental.keysOf(each.event))) as [
      Set<string>,
      Set<string>,
    ];
    for (const key of new Set([...left, ...taken])) {
      const fold = this.folds.get(key) ?? new KeyFold(this.incremental, key, []);
      this.folds.set(key, fold);
      if (!this.before.has(key)) this.before.set(key, fold.row);
      fold.replace(left.has(key) ? out : null, taken.has(key) ? into : null);
    }
  }

  private changed(): ChangedRows<Row> {
    const changed = new Map<string, Row | null>();
    for (const [key, before] of this.before) {
      const row = this.folds.get(key)?.row ?? null;
      if (!isSame(before, row)) changed.set(key, row);
    }
    this.before.clear();
    return changed;
  }

  private toldOf({ id }: RecordedEvent): Told {
    const told = this.told.get(this.originalOf.get(id) ?? id);
    if (told === undefined) throw new Error(`event ${id} is of another stream`);
    return told;
  }

  private firstAt(): string | undefined {
    return this.standing.find(({ event }) => !this.isTie(event))?.event.meta.occurredAt;
  }

  private hasHappened(each: StandingEvent | null): boolean {
    const { happenedBy } = this.from;
    if (each === null || happenedBy === undefined) return each !== null;
    return ((this.isTie(each.event) ? this.firstAt() : undefined) ?? each.event.meta.occurredAt) <= happenedBy;
  }
}

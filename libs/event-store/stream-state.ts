import type { Position, RecordedEvent } from '@touchline/core';
import { applyCorrections } from '@touchline/core';

export type Evolve<State> = (state: State, event: RecordedEvent) => State;
export type Fold = <State>(initial: State, evolve: Evolve<State>) => State;

/** The last event of a stream, as far as the next one follows it. */
export interface LastEvent {
  revision: number;
  position: Position;
  recordedAt: string;
  hash: string;
}

/** What a command is decided on: a stream as it was read, or as it is held since the last command on it. */
export interface StreamState {
  /** Undefined where nothing is recorded yet. */
  readonly last: LastEvent | undefined;
  has(commandId: string): boolean;
  /** Folds every event as it was recorded. */
  readonly fold: Fold;
  /** Folds with corrections in the place of what they correct (ADR 0009). */
  readonly foldCorrected: Fold;
  event(id: string): RecordedEvent | undefined;
  /** What came after a revision. */
  since(revision: number): RecordedEvent[];
  /** What of it can be held; null where it cannot be folded on. */
  folded(): FoldedStream | null;
}

/** Something was asked of a held stream that only its events can tell; read it. */
export class EventsNotCached extends Error {
  override readonly name = 'EventsNotCached';
}

interface Folded {
  initial: unknown;
  evolve: Evolve<unknown>;
  state: unknown;
}

const among = <State>(folds: readonly Folded[], initial: State, evolve: Evolve<State>): { state: State } | undefined =>
  folds.find((each) => each.evolve === evolve && each.initial === initial) as { state: State } | undefined;

/** All events of a stream. */
export class LoadedStream implements StreamState {
  private readonly events: RecordedEvent[];
  private readonly commands: Set<string>;
  private readonly folds: Folded[] = [];
  private isCorrected: boolean;

  constructor(events: readonly RecordedEvent[]) {
    this.events = [...events];
    this.commands = new Set(events.map(({ meta }) => meta.commandId));
    this.isCorrected = events.some(isCorrection);
  }

  get last(): LastEvent | undefined {
    return lastOf(this.events.at(-1));
  }

  has(commandId: string): boolean {
    return this.commands.has(commandId);
  }

  /** The events of one command. */
  of(commandId: string): RecordedEvent[] {
    return this.has(commandId) ? this.events.filter(({ meta }) => meta.commandId === commandId) : [];
  }

  /** What was appended since; what was folded is folded on. */
  grow(events: readonly RecordedEvent[]): this {
    this.events.push(...events);
    for (const { meta } of events) this.commands.add(meta.commandId);
    for (const fold of this.folds) fold.state = events.reduce(fold.evolve, fold.state);
    this.isCorrected ||= events.some(isCorrection);
    return this;
  }

  readonly fold: Fold = (initial, evolve) => {
    const known = among(this.folds, initial, evolve);
    if (known !== undefined) return known.state;
    const state = this.events.reduce(evolve, initial);
    this.folds.push({ initial, evolve: evolve as Evolve<unknown>, state });
    return state;
  };

  readonly foldCorrected: Fold = (initial, evolve) =>
    this.isCorrected ? applyCorrections(this.events).reduce(evolve, initial) : this.fold(initial, evolve);

  event(id: string): RecordedEvent | undefined {
    return this.events.find((event) => event.id === id);
  }

  since(revision: number): RecordedEvent[] {
    return this.events.filter((event) => event.revision > revision);
  }

  /** A correction takes the place of an event that was folded long ago. */
  folded(): FoldedStream | null {
    return this.isCorrected ? null : new FoldedStream(this.last, this.commands, this.folds);
  }
}

/** Where a stream stands, whose commands it holds, and the states that were folded of it. */
export class FoldedStream implements StreamState {
  constructor(
    readonly last: LastEvent | undefined,
    private readonly commands: Set<string>,
    private readonly folds: readonly Folded[],
  ) {}

  /** In events, roughly: a state weighs as much as the ids of some twenty commands. */
  get weight(): number {
    return this.commands.size + 20 * this.folds.length;
  }

  has(commandId: string): boolean {
    return this.commands.has(commandId);
  }

  readonly fold: Fold = (initial, evolve) => {
    const known = among(this.folds, initial, evolve);
    if (known === undefined) throw new EventsNotCached();
    return known.state;
  };

  readonly foldCorrected: Fold = this.fold;

  event(): never {
    throw new EventsNotCached();
  }

  since(): never {
    throw new EventsNotCached();
  }

  folded(): this {
    return this;
  }

  /** With one event more; null where it corrects one. Whoever decides on this one goes on doing so. */
  with(event: RecordedEvent): FoldedStream | null {
    if (event.meta.corrects !== undefined) return null;
    // Ids of commands are only ever asked for before the stream is decided on; they need no copy.
    this.commands.add(event.meta.commandId);
    const folds = this.folds.map((each) => ({ ...each, state: each.evolve(each.state, event) }));
    return new FoldedStream(lastOf(event), this.commands, folds);
  }
}

const isCorrection = ({ meta }: RecordedEvent): boolean => meta.corrects !== undefined;

function lastOf(event: RecordedEvent | undefined): LastEvent | undefined {
  if (event === undefined) return undefined;
  const { revision, position, meta } = event;
  return { revision, position, recordedAt: meta.recordedAt, hash: meta.hash };
}

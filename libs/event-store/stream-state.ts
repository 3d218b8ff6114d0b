import type { Fold, Position, RecordedEvent } from '@touchline/core';
import { applyCorrections, folded } from '@touchline/core';

/** The last event of a stream, as far as the next one follows it. */
export interface LastEvent {
  revision: number;
  position: Position;
  recordedAt: string;
  hash: string;
}

/** Gives the state that a fold comes to. */
export type StateOf = <State>(fold: Fold<State>) => State;

/** What a command is decided on: a stream as it was read, or as it is held since the last command on it. */
export interface StreamState {
  /** Undefined where nothing is recorded yet. */
  readonly last: LastEvent | undefined;
  has(commandId: string): boolean;
  /** Of every event as it was recorded. */
  readonly stateOf: StateOf;
  /** With corrections in the place of what they correct (ADR 0009). */
  readonly correctedStateOf: StateOf;
  event(id: string): RecordedEvent | undefined;
  /** What came after a revision. */
  since(revision: number): RecordedEvent[];
  /** What of it can be held; null where it cannot be folded on. */
  folded(): FoldedStream | null;
}

interface Folded {
  fold: Fold<unknown>;
  state: unknown;
}

/** All events of a stream. */
export class LoadedStream implements StreamState {
  private readonly events: RecordedEvent[];
  private readonly commands: Set<string>;
  /** By the name of the fold. */
  private readonly states = new Map<string, Folded>();
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
    for (const each of this.states.values()) each.state = events.reduce(each.fold.evolve, each.state);
    this.isCorrected ||= events.some(isCorrection);
    return this;
  }

  readonly stateOf: StateOf = <State>(fold: Fold<State>) => {
    const known = this.states.get(fold.name);
    if (known !== undefined) return known.state as State;
    const state = folded(fold, this.events);
    this.states.set(fold.name, { fold: fold as Fold<unknown>, state });
    return state;
  };

  readonly correctedStateOf: StateOf = (fold) => (this.isCorrected ? folded(fold, applyCorrections(this.events)) : this.stateOf(fold));

  event(id: string): RecordedEvent | undefined {
    return this.events.find((event) => event.id === id);
  }

  since(revision: number): RecordedEvent[] {
    return this.events.filter((event) => event.revision > revision);
  }

  /** A correction takes the place of an event that was folded long ago. */
  folded(): FoldedStream | null {
    return this.isCorrected ? null : new FoldedStream(this.last, this.commands, new Map(this.states));
  }
}

/** Where a stream stands, whose commands it holds, and the states that were folded of it. */
export class FoldedStream implements StreamState {
  constructor(
    readonly last: LastEvent | undefined,
    private readonly commands: Set<string>,
    private readonly states: ReadonlyMap<string, Folded>,
  ) {}

  /** In events, roughly: a state weighs as much as the ids of some twenty commands. */
  get weight(): number {
    return this.commands.size + 20 * this.states.size;
  }

  has(commandId: string): boolean {
    return this.commands.has(commandId);
  }

  holds(folds: readonly Pick<Fold<unknown>, 'name'>[]): boolean {
    return folds.every(({ name }) => this.states.has(name));
  }

  readonly stateOf: StateOf = <State>({ name }: Fold<State>) => {
    const known = this.states.get(name);
    if (known === undefined) throw new Error(`the order does not say that its decision stands on the fold ${name}`);
    return known.state as State;
  };

  readonly correctedStateOf: StateOf = this.stateOf;

  event(): never {
    throw new Error('its events are not held; a command that names one has the stream read');
  }

  since(): never {
    return this.event();
  }

  folded(): this {
    return this;
  }

  /** With one event more; null where it corrects one. Whoever decides on this one goes on doing so. */
  with(event: RecordedEvent): FoldedStream | null {
    if (event.meta.corrects !== undefined) return null;
    // Ids of commands are only ever asked for before the stream is decided on; they need no copy.
    this.commands.add(event.meta.commandId);
    const states = new Map<string, Folded>();
    for (const [name, { fold, state }] of this.states) states.set(name, { fold, state: fold.evolve(state, event) });
    return new FoldedStream(lastOf(event), this.commands, states);
  }
}

const isCorrection = ({ meta }: RecordedEvent): boolean => meta.corrects !== undefined;

function lastOf(event: RecordedEvent | undefined): LastEvent | undefined {
  if (event === undefined) return undefined;
  const { revision, position, meta } = event;
  return { revision, position, recordedAt: meta.recordedAt, hash: meta.hash };
}

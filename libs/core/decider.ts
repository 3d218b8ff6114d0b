import type { EventShape, NewEvent, RecordedEvent } from './event.js';

/**
 * A refusal is a value with a literal code. `rule` refusals are business rules, which imported history may have
 * broken and then notes (ADR 0010); `form` and `identity` refusals hold always.
 */
export interface Rejection<Code extends string = string> {
  code: Code;
  kind: 'rule' | 'form' | 'identity';
  /** What the reader should know, in plain words; never personal data. */
  detail: string;
  /** The request's field the rule is about, where there is one. */
  field?: string;
}

/** The events a command leads to, and every rule it breaks. Any refusal means nothing is recorded. */
export interface Decision<E extends EventShape = EventShape, Code extends string = string> {
  events: NewEvent<E>[];
  refusals: Rejection<Code>[];
}

/** How the events of a stream come to a state. `name` tells it from every other fold: what was folded is kept under it. */
export interface Fold<State> {
  name: string;
  initial: State;
  evolve: (state: State, event: RecordedEvent) => State;
}

/** What these events come to, in their order. */
export const folded = <State>({ initial, evolve }: Fold<State>, events: readonly RecordedEvent[]): State => events.reduce(evolve, initial);

/** Of decisions that stand on nothing that was recorded. */
export const stateless: Fold<null> = { name: 'stateless', initial: null, evolve: () => null };

/**
 * The one shape of domain logic: fold what was recorded, decide what a command leads to.
 * Pure: time and everything else from outside comes in `context`.
 */
export interface Decider<State, Command, E extends EventShape, Context = DecideContext, Code extends string = string> {
  fold: Fold<State>;
  decide(state: State, command: Command, context: Context): Decision<E, Code>;
}

export interface DecideContext {
  /** The instant of the decision, ISO 8601 UTC. */
  now: string;
  /** Makes the ids of what the command creates: same command, same name → same id (ADR 0003). */
  newId(name: string): string;
  /** The id that the n-th event of this command will have. */
  eventId(index: number): string;
  /** The event that the command names in `corrects`, as recorded; undefined where the stream holds none of that id. No other may be asked for. */
  recorded(id: string): RecordedEvent | undefined;
}

export const accept = <E extends EventShape>(...events: NewEvent<E>[]): Decision<E, never> => ({ events, refusals: [] });

/** Events together with every rule they break: refused when live, noted when it is imported history (ADR 0010). */
export const acceptUnless = <E extends EventShape, Code extends string>(
  events: NewEvent<E>[],
  ...refusals: (Rejection<Code> | false | undefined)[]
): Decision<E, Code> => ({ events, refusals: refusals.filter((r): r is Rejection<Code> => Boolean(r)) });

export const refuse = <Code extends string>(...refusals: Rejection<Code>[]): Decision<never, Code> => ({ events: [], refusals });

export const rule = <Code extends string>(code: Code, detail: string, field?: string): Rejection<Code> => ({
  code,
  kind: 'rule',
  detail,
  ...(field === undefined ? {} : { field }),
});

export const identityFault = <Code extends string>(code: Code, detail: string, field?: string): Rejection<Code> => ({
  ...rule(code, detail, field),
  kind: 'identity',
});

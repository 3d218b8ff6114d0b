import type { Position, RecordedEvent, Rejection } from '@touchline/core';
import type { Fact } from './facts.js';
import type { Fault } from './faults.js';
import type { Labels } from './labels.js';

/** What facts of a case came to; together with those that could not be read, all there are. */
export interface FactCounts {
  recorded: number;
  /** In the log already, and nothing else was said. */
  repeated: number;
  /** In the log, but said otherwise there; left as it is, and in the report. */
  changed: number;
  /** Said twice in this source under one reference. */
  saidTwice: number;
  /** Against form or identity; in the report. */
  refused: number;
}

/** What else was done for a case. */
export interface CaseEffects {
  journeysOpened: number;
  customersRegistered: number;
  /** Cases whose customer was known before. */
  customersFound: number;
  /** Cases opened without a customer: none stated, one that is no number, one that the mapping calls a placeholder. */
  customersMissing: number;
  customersInvalid: number;
  customersPlaceholder: number;
}

/** What became of a case. */
export interface CaseOutcome {
  facts: FactCounts;
  effects: CaseEffects;
  faults: Fault[];
  /** Rules that imported history broke, by code; noted on its events (ADR 0010). */
  deviations: Record<string, number>;
  /** The event recorded or found last, for the checkpoint. */
  last: { position: Position; eventId: string } | null;
}

export const noFacts = (): FactCounts => ({ recorded: 0, repeated: 0, changed: 0, saidTwice: 0, refused: 0 });

export const noEffects = (): CaseEffects => ({
  journeysOpened: 0,
  customersRegistered: 0,
  customersFound: 0,
  customersMissing: 0,
  customersInvalid: 0,
  customersPlaceholder: 0,
});

export const nothing = (): CaseOutcome => ({ facts: noFacts(), effects: noEffects(), faults: [], deviations: {}, last: null });

/** Adds counts of one kind to others. */
export function addCounts<T extends object>(to: T, more: T): void {
  for (const key of Object.keys(to) as (keyof T)[]) to[key] = (Number(to[key]) + Number(more[key])) as T[keyof T];
}

export const lastOf = (events: readonly RecordedEvent[]): CaseOutcome['last'] => {
  const last = events.at(-1);
  return last === undefined ? null : { position: last.position, eventId: last.id };
};

/** Every fact of a case refused for the same. */
export const refuseAll = (labels: Labels, facts: readonly Fact[], refusals: readonly Rejection[]): CaseOutcome => ({
  ...nothing(),
  facts: { ...noFacts(), refused: facts.length },
  faults: facts.flatMap((fact) => refusals.map((refusal) => labels.refusal(fact, refusal))),
});

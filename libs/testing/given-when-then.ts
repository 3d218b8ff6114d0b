import { expect } from '@jest/globals';
import type {
  DecideContext,
  Decider,
  Decision,
  EventShape,
  JsonObject,
  NewEvent,
  RecordedEvent,
  StageReached,
  PlaybookRef,
} from '@touchline/core';
import { applyCorrections, asPosition, folded } from '@touchline/core';

/** An event of the past as a sentence needs it; what is left out stands for itself. */
export interface Given extends EventShape {
  /** Default `given-<n>`, counting from 0. */
  id?: string;
  /** Default 2026-01-01, one minute later with every event. */
  occurredAt?: string;
  subjects?: NewEvent['subjects'];
  stage?: StageReached;
  playbook?: PlaybookRef;
  corrects?: string;
}

/** The instant of decisions, unless the context says otherwise. */
export const NOW = '2026-06-01T00:00:00.000Z';

/** An event as the log would give it back, for folds under test. Positions and revisions count up from 0. */
export function recordedEvent(given: Given, index = 0, stream = 'journey-test.1'): RecordedEvent {
  const { id = `given-${index}`, type, data, occurredAt = minutesIn(index), subjects = {}, stage, playbook, corrects } = given;
  return {
    id,
    stream,
    revision: index,
    position: asPosition(index.toString(16).padStart(16, '0')),
    type,
    data,
    meta: {
      tenant: 'test',
      occurredAt,
      recordedAt: minutesIn(index),
      actor: { kind: 'user', id: 'tester' },
      commandId: `command-${index}`,
      requestHash: '',
      correlationId: `command-${index}`,
      causationId: `command-${index}`,
      schemaVersion: 1,
      subjects,
      ...(stage && { stage }),
      ...(playbook && { playbook }),
      ...(corrects !== undefined && { corrects }),
      previousHash: '',
      hash: '',
    },
  };
}

const minutesIn = (index: number): string => new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString();

/** What follows `when`. Comparison is ordered and strict: type, data, occurredAt, subjects, stage, playbook, corrects, and nothing else. */
export interface Outcome {
  then(...events: Expected[]): void;
  /** These codes in this order, whatever the events would have been: a refusal records nothing. */
  thenRefused(...codes: string[]): void;
  /** Imported history: rules that were broken become notes with these codes, and the events stand (ADR 0010). */
  thenNoted(codes: readonly string[], ...events: Expected[]): void;
}

type Expected = NewEvent<{ type: string; data: JsonObject }>;

/**
 * Sentences about one decider: `given(...events).when(command).then(...events)`.
 * `context` is what the decider needs beyond time and ids; a sentence may replace parts of it.
 */
export function sentences<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  decider: Decider<State, Command, E, Context, Code>,
  context: Omit<Context, keyof DecideContext> & Partial<DecideContext>,
) {
  return (...given: Given[]) => ({
    when(command: Command, replaced: Partial<Context> = {}): Outcome {
      const events = given.map((event, index) => recordedEvent(event, index));
      const decided = { ...baseContext(events), ...context, ...replaced } as Context;
      const state = folded(decider.fold, applyCorrections(events));
      return outcomeOf(decider.decide(state, command, decided));
    },
  });
}

function baseContext(events: readonly RecordedEvent[]): DecideContext {
  return {
    now: NOW,
    newId: (name) => `new-${name}`,
    eventId: (index) => `event-${index}`,
    recorded: (id) => events.find((event) => event.id === id),
  };
}

function outcomeOf(decision: Decision): Outcome {
  const codes = decision.refusals.map((refusal) => refusal.code);
  return {
    then(...events) {
      expect({ events: decision.events, refused: codes }).toStrictEqual({ events, refused: [] });
    },
    thenRefused(...expected) {
      expect(expected).not.toHaveLength(0);
      expect(codes).toStrictEqual(expected);
    },
    thenNoted(expected, ...events) {
      const final = decision.refusals.filter((refusal) => refusal.kind !== 'rule').map((refusal) => refusal.code);
      expect({ events: decision.events, noted: codes, refused: final }).toStrictEqual({ events, noted: expected, refused: [] });
    },
  };
}

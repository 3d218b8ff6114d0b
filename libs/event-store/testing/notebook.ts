import { createHash, randomUUID } from 'node:crypto';
import type { DecideContext, Decider, EventDefinition, JsonObject, NewEvent, RecordedEvent, Rejection } from '@touchline/core';
import { acceptUnless, defineEvent, identityFault, rule } from '@touchline/core';
import { canonicalJson, EventRegistry, StreamRepository } from '@touchline/event-store';
import type { CommandDeps, CommandOrder, CommandRequest, EventStore, GroupWords, Sealing } from '@touchline/event-store';

// A small domain to hold `handleCommand` against: a notebook takes notes until it is full.

export interface Note extends JsonObject {
  text: string;
}
export interface NoteTaken {
  type: 'note-taken';
  data: Note;
}

export interface TakeNotes {
  texts: string[];
  occurredAt?: string;
  corrects?: string;
  /** Refused as what no notebook is. */
  unknown?: boolean;
  /** What the decider shall do with the text once the notebook is full: refuse without an event to note it on. */
  strict?: boolean;
}

export const newNotebook = (): string => `notebook-dongfang.${randomUUID()}`;
export const FULL = 3;
export const NOW = '2026-06-01T08:00:00.000Z';
export const minutesFromNow = (minutes: number): string => new Date(Date.parse(NOW) + minutes * 60_000).toISOString();

export type Notebook = Decider<readonly string[], TakeNotes, NoteTaken>;

export const notebook: Notebook = {
  fold: { name: 'notes', initial: [], evolve: (notes, { data }) => [...notes, (data as Note).text] },
  decide(notes, { texts, occurredAt, corrects, unknown, strict }, { now }) {
    const full = notes.length >= FULL && corrects === undefined;
    const events = texts.map((text): NewEvent<NoteTaken> => ({
      type: 'note-taken',
      data: { text },
      occurredAt: occurredAt ?? now,
      subjects: { customer: 'c-1' },
      ...(corrects !== undefined && { corrects }),
    }));
    return acceptUnless(
      full && strict === true ? [] : events,
      full && rule('notebook.full', 'there is no page left'),
      unknown === true && identityFault('notebook.unknown', 'there is no such notebook'),
    );
  },
};

/** Texts as they were told to the decider, oldest first. */
export const textsOf = (events: readonly RecordedEvent[]): unknown[] => events.map(({ data }) => data['text']);

export const noteTaken: EventDefinition = defineEvent({
  type: 'note-taken',
  version: 1,
  touchpoint: false,
  personal: { subject: 'customer', fields: ['secret'] },
});

/** Leaves data as it is. */
export const anyWord: GroupWords = { find: (_tenant, _list, typed) => Promise.resolve({ word: typed }) };
export const noSealing: Sealing = { seal: ({ data }) => Promise.resolve(data) };

export function depsOn(store: EventStore, changes: Partial<CommandDeps> = {}): CommandDeps {
  const { registry = new EventRegistry([noteTaken]), streams = new StreamRepository(store, registry) } = changes;
  const clock = { now: () => Promise.resolve(NOW) };
  return { sealing: noSealing, words: anyWord, clock, toleranceMs: 60_000, ...changes, registry, streams };
}

export type NotebookOrder = CommandOrder<readonly string[], TakeNotes, NoteTaken, DecideContext, string>;

/** An order with a key of its own; the request's digest is a function of the command, as at the edge. */
export function noteOrder(stream: string, command: TakeNotes, changes: Partial<CommandRequest> = {}): NotebookOrder {
  const request: CommandRequest = {
    tenant: 'dongfang',
    actor: { kind: 'user', id: 'li' },
    commandId: randomUUID(),
    requestHash: createHash('sha256').update(canonicalJson(command)).digest('hex'),
    correlationId: 'correlation',
    causationId: 'causation',
    ...changes,
  };
  return { stream, decider: notebook, command, request };
}

export const codesOf = (refusals: readonly Rejection[]): string[] => refusals.map(({ code }) => code);

/** A log whose appends go wrong as the test says; everything else goes through. */
export function withAppend(store: EventStore, append: EventStore['append']): EventStore {
  return Object.assign(Object.create(store) as EventStore, { append });
}

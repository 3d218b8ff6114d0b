import { setTimeout as delay } from 'node:timers/promises';
import type {
  Actor,
  Clock,
  DecideContext,
  Decider,
  EventShape,
  NewEvent,
  PlaybookRef,
  Position,
  RecordedEvent,
  Rejection,
  SourceRef,
  StageReached,
} from '@touchline/core';
import { applyCorrections } from '@touchline/core';
import type { EventRegistry } from './event-codec.js';
import { AppendOutcomeUnknown, WrongExpectedRevision } from './errors.js';
import type { EventStore } from './port.js';
import type { RecentStreams } from './recent-streams.js';
import type { Decided } from './seal-and-chain.js';
import { idsOf, sealAndChain } from './seal-and-chain.js';

/** Seals and opens personal fields; the machinery of keys stands in `@touchline/sealing` (D12). */
export interface Sealing {
  /** `data` with the definition's personal fields sealed for the event's subject; the key is committed before. */
  seal(event: {
    id: string;
    tenant: string;
    type: string;
    data: NewEvent['data'];
    subjects: NewEvent['subjects'];
  }): Promise<NewEvent['data']>;
}

/** Who asks for what, under which key (D2). */
export interface CommandRequest {
  tenant: string;
  actor: Actor;
  commandId: string;
  requestHash: string;
  correlationId: string;
  causationId: string;
  source?: SourceRef;
  /** Import of what a source states: broken rules become notes on the events (D6). */
  history?: boolean;
  /** Revision of the stream the caller last saw (If-Match, D7). */
  ifMatch?: number;
}

export interface CommandDeps {
  store: EventStore;
  registry: EventRegistry;
  sealing: Sealing;
  clock: Clock;
  /** How far `occurredAt` may lie in the future, ms. */
  toleranceMs: number;
  /** Of this very store; without it every stream is read from its beginning. */
  recent?: RecentStreams;
  /** Hears of what a command just appended; all of it bears the position of the last. */
  appended?: (stream: string, events: readonly RecordedEvent[]) => void;
}

export interface CommandOrder<State, Command, E extends EventShape, Context extends DecideContext, Code extends string> {
  stream: string;
  decider: Decider<State, Command, E, Context, Code>;
  command: Command;
  request: CommandRequest;
  /** What the decision needs beyond time and ids, worked out from the loaded stream. Refuses with a rejection. */
  context?: (events: readonly RecordedEvent[]) => Promise<Omit<Context, keyof DecideContext> | { refusal: Rejection }>;
  /** The stage an event reaches and the playbook it falls under (domain §2). */
  annotate?: (event: NewEvent, context: Context) => { stage?: StageReached; playbook?: PlaybookRef };
}

export type EngineCode = 'idempotency.key-reused' | 'precondition.stale' | 'occurred-at.in-future' | 'stream.contended';

/** The events of this very command, as recorded; personal fields sealed. Those just written all bear the position of the last. */
export type CommandOutcome =
  | { kind: 'recorded'; stream: string; revision: number; position: Position | null; events: RecordedEvent[]; repeated: boolean }
  | { kind: 'refused'; refusals: Rejection[]; since?: RecordedEvent[] };

const MAX_TRIES = 10;

/**
 * load → upcast → known command? → fold → decide → seal → hash → append → retry on conflict (bounded).
 * Always appends at the exact revision it decided on (D2). A refusal leaves nothing behind and is not remembered.
 * @throws AppendOutcomeUnknown where nothing can be answered as long as an earlier append may still land
 */
export async function handleCommand<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  deps: CommandDeps,
  order: CommandOrder<State, Command, E, Context, Code>,
): Promise<CommandOutcome> {
  const { stream } = order;
  // By the revision it would follow: an append without an answer may land late, but only while the stream stands there.
  const open = new Map<number, AppendOutcomeUnknown>();
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const events = await load(deps, stream);
    const last = events.at(-1);
    const known = answerKnown(order, events);
    if (known !== null) return known;
    const at = last?.revision ?? -1;

    const decided = await decide(deps, order, events);
    if ('kind' in decided || decided.newEvents.length === 0) {
      // Refused or nothing to do, as things stand; should it land yet, that would have been a lie.
      const unanswered = open.get(at);
      if (unanswered !== undefined) throw unanswered;
      return 'kind' in decided ? decided : recorded(stream, at, last?.position ?? null, [], false);
    }
    const chained = await sealAndChain(deps, order, last, decided);
    try {
      const { revision, position, repeated } = await deps.store.append(stream, last === undefined ? 'no-stream' : at, chained.toAppend);
      const positioned = chained.recorded.map((event) => ({ ...event, position }));
      if (!repeated) {
        deps.appended?.(stream, positioned);
        return recorded(stream, revision, position, positioned, false);
      }
      // It was this command's own earlier try that landed; the next look finds it as it was stored.
    } catch (error) {
      if (error instanceof AppendOutcomeUnknown) open.set(at, error);
      else if (!(error instanceof WrongExpectedRevision)) throw error;
      deps.recent?.forget(stream);
      if (tries > 1) await delay(Math.random() * Math.min(2 ** tries, LONGEST_PAUSE_MS));
    }
  }
  for (const error of open.values()) throw error;
  return { kind: 'refused', refusals: [CONTENDED] };
}

/** Writers that keep meeting at one stream step out of each other's way, ms. */
const LONGEST_PAUSE_MS = 250;

async function decide<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  deps: CommandDeps,
  { stream, decider, command, request, context: workOut }: CommandOrder<State, Command, E, Context, Code>,
  events: readonly RecordedEvent[],
): Promise<Decided<Context> | Extract<CommandOutcome, { kind: 'refused' }>> {
  const last = events.at(-1);
  const { ifMatch, history } = request;
  const now = latest(await deps.clock.now(), last?.meta.recordedAt);
  const extra = workOut === undefined ? {} : await workOut(events);
  // First of all whether the sender may act here: a stale screen is told what has changed.
  if ('refusal' in extra) return { kind: 'refused', refusals: [extra.refusal as Rejection] };
  if (ifMatch !== undefined && ifMatch !== (last?.revision ?? -1))
    return { kind: 'refused', refusals: [STALE], since: events.filter(({ revision }) => revision > ifMatch) };
  const recordedEvent = (id: string): RecordedEvent | undefined => events.find((event) => event.id === id);
  const context = { now, ...idsOf(stream, request.commandId), recorded: recordedEvent, ...extra } as Context;

  const state = applyCorrections(events).reduce((before, event) => decider.evolve(before, event), decider.initial);
  const decision = decider.decide(state, command, context);
  const refusals = [...decision.refusals, ...decision.events.flatMap((event) => inFuture(event, now, deps.toleranceMs))];
  // A broken rule is noted on the events of imported history; where there are none to note it on, it refuses (D6).
  const noted = history === true && decision.events.length > 0;
  const final = refusals.filter(({ kind }) => !noted || kind !== 'rule');
  if (final.length > 0) return { kind: 'refused', refusals: final };
  return { newEvents: decision.events, deviations: refusals.map(({ code }) => code), context };
}

const STALE: Rejection<EngineCode> = {
  code: 'precondition.stale',
  kind: 'identity',
  detail: 'the record has changed since it was read',
  field: 'If-Match',
};
const CONTENDED: Rejection<EngineCode> = { code: 'stream.contended', kind: 'identity', detail: 'too many writers at once; try again' };

export async function load(deps: Pick<CommandDeps, 'store' | 'registry' | 'recent'>, stream: string): Promise<RecordedEvent[]> {
  // A store that stands before the log holds back what the log does not have yet.
  const recent = deps.recent?.store === deps.store ? deps.recent : undefined;
  const events = [...(recent?.of(stream) ?? [])];
  for await (const stored of deps.store.readStream(stream, { from: events.length })) events.push(deps.registry.decode(stored));
  recent?.keep(stream, [...events]);
  return events;
}

/** The stored answer of a command the stream already holds; a refusal where the key came with another body (D2). */
function answerKnown(order: { stream: string; request: CommandRequest }, events: readonly RecordedEvent[]): CommandOutcome | null {
  const mine = events.filter((event) => event.meta.commandId === order.request.commandId);
  const last = mine.at(-1);
  if (last === undefined) return null;
  if (last.meta.requestHash !== order.request.requestHash)
    return {
      kind: 'refused',
      refusals: [
        { code: 'idempotency.key-reused', kind: 'identity', detail: 'this key was used for another request', field: 'Idempotency-Key' },
      ],
    };
  return recorded(order.stream, last.revision, last.position, mine, true);
}

function recorded(stream: string, revision: number, position: Position | null, events: RecordedEvent[], repeated: boolean): CommandOutcome {
  return { kind: 'recorded', stream, revision, position, events, repeated };
}

const latest = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a);

function inFuture(event: NewEvent, now: string, toleranceMs: number): Rejection<EngineCode>[] {
  return Date.parse(event.occurredAt) > Date.parse(now) + toleranceMs
    ? [{ code: 'occurred-at.in-future', kind: 'form', detail: 'it cannot have happened later than now', field: 'occurredAt' }]
    : [];
}

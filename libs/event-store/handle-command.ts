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
import { backOffMs } from '@touchline/core';
import { correctedBy, decide } from './decide.js';
import type { EventRegistry } from './event-codec.js';
import { AppendOutcomeUnknown, WrongExpectedRevision } from './errors.js';
import type { StateOf, StreamState } from './stream-state.js';
import { LoadedStream } from './stream-state.js';
import type { GroupWords, WordCode } from './in-words.js';
import type { Needs, StreamRepository } from './stream-repository.js';
import { sealAndChain } from './seal-and-chain.js';

/** Seals and opens personal fields; the machinery of keys stands in `@touchline/sealing` (ADR 0008). */
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

/** Who asks for what, under which key (ADR 0003). */
export interface CommandRequest {
  tenant: string;
  actor: Actor;
  commandId: string;
  requestHash: string;
  correlationId: string;
  causationId: string;
  /** W3C trace context that it came with. Not part of what makes two commands one. */
  traceparent?: string;
  source?: SourceRef;
  /** Import of what a source states: broken rules become notes on the events (ADR 0010). */
  history?: boolean;
  /** No more than the day is known of when it happened. */
  precision?: 'day';
  /** Revision of the stream the caller last saw (If-Match, ADR 0003). */
  ifMatch?: number;
}

export interface CommandDeps {
  /** Where commands load and append; nobody else writes to the log. */
  streams: StreamRepository;
  registry: EventRegistry;
  sealing: Sealing;
  words: GroupWords;
  clock: Clock;
  /** How far `occurredAt` may lie in the future, ms. */
  toleranceMs: number;
}

export interface CommandOrder<State, Command, E extends EventShape, Context extends DecideContext, Code extends string> {
  stream: string;
  decider: Decider<State, Command, E, Context, Code>;
  command: Command;
  request: CommandRequest;
  /** The whole stream, where this very request has read it already: it is decided on that at first. */
  read?: readonly RecordedEvent[];
  /** What the context is worked out from, beside the decider's own fold. */
  folds?: Needs['folds'];
  /** What the decision needs beyond time and ids, worked out from what the stream holds. Refuses with a rejection. */
  context?: (stateOf: StateOf) => Promise<Omit<Context, keyof DecideContext> | { refusal: Rejection }>;
  /** The stage an event reaches and the playbook it falls under (domain §2.3). */
  annotate?: (event: NewEvent, context: Context) => { stage?: StageReached; playbook?: PlaybookRef };
}

export type EngineCode = WordCode | 'idempotency.key-reused' | 'precondition.stale' | 'occurred-at.in-future' | 'stream.contended';

/** The events of this very command, as recorded; personal fields sealed. Those just written all bear the position of the last. */
export type CommandOutcome =
  | { kind: 'recorded'; stream: string; revision: number; position: Position | null; events: RecordedEvent[]; repeated: boolean }
  | { kind: 'refused'; refusals: Rejection[]; since?: RecordedEvent[] };

const MAX_TRIES = 10;

/**
 * load → known command? → decide → seal → hash → append → retry on conflict (bounded).
 * A stream that is held is decided on at first without being read; only an append stands on that. One that the request
 * has read is not read again, unless others wrote to it since.
 * Always appends at the exact revision it decided on (ADR 0003). A refusal leaves nothing behind and is not remembered.
 * @throws AppendOutcomeUnknown where nothing can be answered as long as an earlier append may still land
 */
export async function handleCommand<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  deps: CommandDeps,
  order: CommandOrder<State, Command, E, Context, Code>,
): Promise<CommandOutcome> {
  const { streams } = deps;
  const { stream } = order;
  // By the revision it would follow: an append without an answer may land late, but only while the stream stands there.
  const open = new Map<number, AppendOutcomeUnknown>();
  let held = heldFor(streams, order);
  let read = held === null ? order.read : undefined;
  for (let tries = 1; tries <= MAX_TRIES; tries++, held = null, read = undefined) {
    const state = held ?? (read === undefined ? await streams.load(stream) : new LoadedStream(read));
    if (state instanceof LoadedStream) {
      const known = answerKnown(order, state);
      if (known !== null) return known;
    }
    const at = state.last?.revision ?? -1;

    const decided = await decide(deps, order, state);
    if ('kind' in decided || decided.newEvents.length === 0) {
      // Whether what is held still stands only an append tells; nobody is answered from it.
      if (held !== null) continue;
      // Refused or nothing to do, as things stand; should it land yet, that would have been a lie.
      const unanswered = open.get(at);
      if (unanswered !== undefined) throw unanswered;
      return 'kind' in decided ? decided : recorded(stream, at, state.last?.position ?? null, [], false);
    }
    const chained = await sealAndChain(deps, order, state.last, decided);
    try {
      const { revision, position, events } = await streams.append(stream, state, chained);
      return recorded(stream, revision, position, events, false);
    } catch (error) {
      // Where it was this command's own earlier try that landed, the next look finds it as it was stored.
      if (error instanceof AppendOutcomeUnknown) open.set(at, error);
      else if (!(error instanceof WrongExpectedRevision)) throw error;
      streams.forget(stream, held === null && read === undefined);
      if (tries > 1) await delay(backOffMs(tries - 2, MEETINGS, Math.random()));
    }
  }
  for (const error of open.values()) throw error;
  return { kind: 'refused', refusals: [CONTENDED] };
}

/** Writers that keep meeting at one stream step out of each other's way. */
const MEETINGS = { firstMs: 4, longestMs: 250, jitter: 1 };

/** The stream as it is held, unless it may hold this very command: that is answered as it was stored. */
function heldFor<S, C, E extends EventShape, X extends DecideContext, Code extends string>(
  streams: StreamRepository,
  { stream, decider, command, request, folds = [] }: CommandOrder<S, C, E, X, Code>,
): StreamState | null {
  const events = request.ifMatch !== undefined || correctedBy(command) !== undefined;
  const held = streams.held(stream, { folds: [decider.fold, ...folds], events });
  return held === null || held.has(request.commandId) ? null : held;
}

export const KEY_REUSED: Rejection<EngineCode> = {
  code: 'idempotency.key-reused',
  kind: 'identity',
  detail: 'this key was used for another request',
  field: 'Idempotency-Key',
};

const CONTENDED: Rejection<EngineCode> = { code: 'stream.contended', kind: 'identity', detail: 'too many writers at once; try again' };

/** The stored answer of a command the stream already holds; a refusal where the key came with another body (ADR 0003). */
function answerKnown(order: { stream: string; request: CommandRequest }, stream: LoadedStream): CommandOutcome | null {
  const mine = stream.of(order.request.commandId);
  const last = mine.at(-1);
  if (last === undefined) return null;
  if (last.meta.requestHash !== order.request.requestHash) return { kind: 'refused', refusals: [KEY_REUSED] };
  return recorded(order.stream, last.revision, last.position, mine, true);
}

function recorded(stream: string, revision: number, position: Position | null, events: RecordedEvent[], repeated: boolean): CommandOutcome {
  return { kind: 'recorded', stream, revision, position, events, repeated };
}

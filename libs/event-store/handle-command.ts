import { v5 as uuidv5 } from 'uuid';
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
import type { EventRegistry, UnchainedMetadata } from './event-codec.js';
import { encodeEvent } from './event-codec.js';
import { AppendOutcomeUnknown, WrongExpectedRevision } from './errors.js';
import type { EventStore } from './port.js';

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

/** An event as recorded by this very command; personal fields sealed. */
export type CommandOutcome =
  | { kind: 'recorded'; stream: string; revision: number; position: Position | null; events: RecordedEvent[]; repeated: boolean }
  | { kind: 'refused'; refusals: Rejection[]; since?: RecordedEvent[] };

const MAX_ATTEMPTS = 10;

/**
 * load → upcast → known command? → fold → decide → seal → hash → append → retry on conflict (bounded).
 * Always appends at the exact revision it decided on (D2). A refusal leaves nothing behind and is not remembered.
 */
export async function handleCommand<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  deps: CommandDeps,
  order: CommandOrder<State, Command, E, Context, Code>,
): Promise<CommandOutcome> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const events = await load(deps, order.stream);
    const last = events.at(-1);
    const known = answerKnown(order, events);
    if (known !== null) return known;
    const { ifMatch } = order.request;
    if (ifMatch !== undefined && ifMatch !== (last?.revision ?? -1))
      return { kind: 'refused', refusals: [STALE], since: events.filter((event) => event.revision > ifMatch) };

    const now = latest(await deps.clock.now(), last?.meta.recordedAt);
    const extra = order.context === undefined ? {} : await order.context(events);
    if ('refusal' in extra) return { kind: 'refused', refusals: [extra.refusal as Rejection] };
    const context = { now, ...idsOf(order), recorded: (id: string) => events.find((event) => event.id === id), ...extra } as Context;
    const { decider } = order;
    const state = applyCorrections(events).reduce((before, event) => decider.evolve(before, event), decider.initial);
    const decision = decider.decide(state, order.command, context);
    const refusals = [...decision.refusals, ...decision.events.flatMap((event) => inFuture(event, now, deps.toleranceMs))];
    const final = refusals.filter((refusal) => !order.request.history || refusal.kind !== 'rule');
    if (final.length > 0) return { kind: 'refused', refusals: final };
    if (decision.events.length === 0) return recorded(order.stream, last?.revision ?? -1, last?.position ?? null, [], false);

    const deviations = refusals.map((refusal) => refusal.code);
    const chained = await chain(deps, order, decision.events, { events, now, context, deviations });
    try {
      const result = await deps.store.append(order.stream, last === undefined ? 'no-stream' : last.revision, chained.encoded);
      const positioned = chained.recorded.map((event) => ({ ...event, position: result.position }));
      return recorded(order.stream, result.revision, result.position, positioned, result.repeated);
    } catch (error) {
      // A conflict means another writer was first; an unknown outcome is settled by looking for this command again.
      if (!(error instanceof WrongExpectedRevision || error instanceof AppendOutcomeUnknown)) throw error;
    }
  }
  return { kind: 'refused', refusals: [CONTENDED] };
}

const STALE: Rejection<EngineCode> = {
  code: 'precondition.stale',
  kind: 'identity',
  detail: 'the record has changed since it was read',
  field: 'If-Match',
};
const CONTENDED: Rejection<EngineCode> = { code: 'stream.contended', kind: 'identity', detail: 'too many writers at once; try again' };

export async function load(deps: Pick<CommandDeps, 'store' | 'registry'>, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const stored of deps.store.readStream(stream)) events.push(deps.registry.decode(stored));
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

function idsOf(order: { stream: string; request: CommandRequest }): Pick<DecideContext, 'newId' | 'eventId'> {
  return {
    newId: (name) => uuidv5(`new:${name}`, order.request.commandId),
    eventId: (index) => uuidv5(`event:${order.stream}:${index}`, order.request.commandId),
  };
}

const latest = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a);

function inFuture(event: NewEvent, now: string, toleranceMs: number): Rejection<EngineCode>[] {
  return Date.parse(event.occurredAt) > Date.parse(now) + toleranceMs
    ? [{ code: 'occurred-at.in-future', kind: 'form', detail: 'it cannot have happened later than now', field: 'occurredAt' }]
    : [];
}

async function chain<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  deps: CommandDeps,
  order: CommandOrder<State, Command, E, Context, Code>,
  decided: readonly NewEvent[],
  at: { events: readonly RecordedEvent[]; now: string; context: Context; deviations: string[] },
) {
  const { request, stream } = order;
  const { eventId } = idsOf(order);
  let revision = at.events.at(-1)?.revision ?? -1;
  let previousHash = at.events.at(-1)?.meta.hash ?? '';
  const encoded = [];
  const records: Omit<RecordedEvent, 'position'>[] = [];
  for (const [index, event] of decided.entries()) {
    const id = eventId(index);
    const { stage, playbook } = { ...order.annotate?.(event, at.context), ...event };
    const meta: UnchainedMetadata = {
      tenant: request.tenant,
      occurredAt: event.occurredAt,
      recordedAt: at.now,
      actor: request.actor,
      commandId: request.commandId,
      requestHash: request.requestHash,
      correlationId: request.correlationId,
      causationId: request.causationId,
      schemaVersion: deps.registry.get(event.type).version,
      subjects: event.subjects,
      ...(playbook && { playbook }),
      ...(stage && { stage }),
      ...(request.source && { source: request.source }),
      ...(event.corrects !== undefined && { corrects: event.corrects }),
      ...(at.deviations.length > 0 && { deviations: at.deviations }),
    };
    const data = await deps.sealing.seal({ id, tenant: request.tenant, type: event.type, data: event.data, subjects: event.subjects });
    revision += 1;
    const { hash, ...toAppend } = encodeEvent({ id, stream, revision, type: event.type, data, meta }, previousHash);
    encoded.push(toAppend);
    records.push({ id, stream, revision, type: event.type, data, meta: { ...meta, hash, previousHash } });
    previousHash = hash;
  }
  return { encoded, recorded: records };
}

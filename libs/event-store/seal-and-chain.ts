import type { DecideContext, EventShape, NewEvent, RecordedEvent } from '@touchline/core';
import type { UnchainedMetadata } from './event-codec.js';
import { encodeEvent } from './event-codec.js';
import type { CommandDeps, CommandOrder } from './handle-command.js';
import type { LastEvent } from './stream-state.js';
import { nameUuid } from './name-uuid.js';
import type { EventToAppend } from './port.js';

/** What a decision led to, and the state of the stream it was made on. */
export interface Decided<Context extends DecideContext> {
  newEvents: readonly NewEvent[];
  /** Codes of the rules that imported facts broke (ADR 0010). */
  deviations: readonly string[];
  context: Context;
}

/** Ids of what a command creates and of its events: the same command gives the same ones, on every try (ADR 0003). */
export const idsOf = (stream: string, commandId: string): Pick<DecideContext, 'newId' | 'eventId'> => ({
  newId: (name) => nameUuid(`new:${name}`, commandId),
  eventId: (index) => nameUuid(`event:${stream}:${index}`, commandId),
});

/**
 * Seals the decided events and chains them to what their stream holds (ADR 0014, 0008). Made anew on every try: revision,
 * previous hash and nonces are another try's.
 */
export async function sealAndChain<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  deps: CommandDeps,
  order: CommandOrder<State, Command, E, Context, Code>,
  last: LastEvent | undefined,
  { newEvents, deviations, context }: Decided<Context>,
): Promise<{ toAppend: EventToAppend[]; recorded: Omit<RecordedEvent, 'position'>[] }> {
  const { request, stream } = order;
  const { eventId } = idsOf(stream, request.commandId);
  let revision = last?.revision ?? -1;
  let previousHash = last?.hash ?? '';
  const toAppend: EventToAppend[] = [];
  const recorded: Omit<RecordedEvent, 'position'>[] = [];
  for (const [index, event] of newEvents.entries()) {
    const id = eventId(index);
    const { type } = event;
    const noted = order.annotate?.(event, context);
    const { stage = noted?.stage, playbook = noted?.playbook } = event;
    // In canonical order, so that nothing has to be sorted.
    const meta: UnchainedMetadata = {
      actor: request.actor,
      causationId: request.causationId,
      commandId: request.commandId,
      correlationId: request.correlationId,
      ...(event.corrects !== undefined && { corrects: event.corrects }),
      ...(deviations.length > 0 && { deviations: [...deviations] }),
      occurredAt: event.occurredAt,
      ...(playbook && { playbook }),
      ...(request.precision !== undefined && { precision: request.precision }),
      recordedAt: context.now,
      requestHash: request.requestHash,
      schemaVersion: deps.registry.get(type).version,
      ...(request.source && { source: request.source }),
      ...(stage && { stage }),
      subjects: event.subjects,
      tenant: request.tenant,
      ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
    };
    const data = await deps.sealing.seal({ id, tenant: request.tenant, type, data: event.data, subjects: event.subjects });
    revision += 1;
    const { hash, ...encoded } = encodeEvent({ id, stream, revision, type, data, meta }, previousHash);
    toAppend.push(encoded);
    // A spread that comes first, and members after it, take ten times as long.
    recorded.push({ id, stream, revision, type, data, meta: { hash, previousHash, ...meta } });
    previousHash = hash;
  }
  return { toAppend, recorded };
}

import type { DecideContext, EventShape, Rejection } from '@touchline/core';
import type { CommandOrder } from '@touchline/event-store';
import { identityFault } from '@touchline/core';
import { inFuture, inWords } from '@touchline/event-store';
import type { CommandServices, CommandMetadata } from './services.js';

/**
 * Why nothing would come of a command as the first of a stream that is not there yet; [] where it would be recorded. Nothing is
 * read of the stream, and nothing written: a request of several steps is refused before the first of them.
 */
export async function rehearse<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  { deps }: CommandServices,
  metadata: CommandMetadata,
  { decider, command }: Pick<CommandOrder<State, Command, E, Context, Code>, 'decider' | 'command'>,
  rules: Omit<Context, keyof DecideContext>,
): Promise<Rejection[]> {
  if (metadata.ifMatch !== undefined) return [identityFault('precondition.stale', 'there is no such record yet', 'If-Match')];
  const now = await deps.clock.now();
  // Ids that are not recorded, and so need not be the ones to come.
  const context = { ...rules, now, newId: (name: string) => name, eventId: String, recorded: () => undefined } as unknown as Context;
  const { events, refusals } = decider.decide(decider.fold.initial, command, context);
  const worded = await inWords(deps, metadata, events);
  const early = inFuture(events, now, deps.toleranceMs);
  // What imported history notes on its events is no reason (ADR 0010).
  return [...refusals, ...early, ...worded.refusals].filter(({ kind }) => !metadata.history || events.length === 0 || kind !== 'rule');
}

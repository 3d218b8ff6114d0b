import type { DecideContext, EventShape, NewEvent, RecordedEvent, Rejection } from '@touchline/core';
import type { StreamState } from './stream-state.js';
import type { CommandDeps, CommandOrder, CommandOutcome, EngineCode } from './handle-command.js';
import { inWords } from './in-words.js';
import type { Decided } from './seal-and-chain.js';
import { idsOf } from './seal-and-chain.js';

/** The event that a command names as the one it corrects. */
export const correctedBy = (command: unknown): string | undefined => (command as { corrects?: string } | undefined)?.corrects;

export async function decide<State, Command, E extends EventShape, Context extends DecideContext, Code extends string>(
  deps: CommandDeps,
  { stream, decider, command, request, context: workOut }: CommandOrder<State, Command, E, Context, Code>,
  streamState: StreamState,
): Promise<Decided<Context> | Extract<CommandOutcome, { kind: 'refused' }>> {
  const { last } = streamState;
  const { ifMatch, history } = request;
  const now = latest(await deps.clock.now(), last?.recordedAt);
  const extra = workOut === undefined ? {} : await workOut(streamState.stateOf);
  // First of all whether the sender may act here: a stale screen is told what has changed.
  if ('refusal' in extra) return { kind: 'refused', refusals: [extra.refusal as Rejection] };
  if (ifMatch !== undefined && ifMatch !== (last?.revision ?? -1))
    return { kind: 'refused', refusals: [STALE], since: streamState.since(ifMatch) };
  const recordedEvent = (id: string): RecordedEvent | undefined => {
    if (id !== correctedBy(command)) throw new Error('a decision is told of the event alone that its command names in `corrects`');
    return streamState.event(id);
  };
  const context = { now, ...idsOf(stream, request.commandId), recorded: recordedEvent, ...extra } as Context;

  const state = streamState.correctedStateOf(decider.fold);
  const decision = decider.decide(state, command, context);
  const worded = await inWords(deps, request, decision.events);
  const early = inFuture(decision.events, now, deps.toleranceMs);
  const refusals = [...decision.refusals, ...early, ...worded.refusals];
  // A broken rule is noted on the events of imported history; where there are none to note it on, it refuses (ADR 0010).
  const noted = history === true && decision.events.length > 0;
  const final = refusals.filter(({ kind }) => !noted || kind !== 'rule');
  if (final.length > 0) return { kind: 'refused', refusals: final };
  return { newEvents: worded.events, deviations: refusals.map(({ code }) => code), context };
}

const STALE: Rejection<EngineCode> = {
  code: 'precondition.stale',
  kind: 'identity',
  detail: 'the record has changed since it was read',
  field: 'If-Match',
};

const latest = (a: string, b: string | undefined): string => (b !== undefined && b > a ? b : a);

/** Whether they are of what is yet to come, but for clocks that are fast; told once, however many events a request leads to. */
export function inFuture(events: readonly NewEvent[], now: string, toleranceMs: number): Rejection<EngineCode>[] {
  const until = Date.parse(now) + toleranceMs;
  return events.some(({ occurredAt }) => Date.parse(occurredAt) > until)
    ? [{ code: 'occurred-at.in-future', kind: 'form', detail: 'it cannot have happened later than now', field: 'occurredAt' }]
    : [];
}

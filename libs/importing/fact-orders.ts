import type { CommandMetadata } from '@touchline/commands';
import { journeyOrder } from '@touchline/commands/execute.js';
import { statedOf } from '@touchline/commands/identity-questions.js';
import type { JsonObject } from '@touchline/core';
import type { ContactCommand, JourneyAct, JourneyCommand, RecordAct, RecordCommand } from '@touchline/touchpoints/command.js';
import { commandNamed } from '@touchline/touchpoints/list.js';
import type { Fact, SourceJourney } from './facts.js';
import { DECLARED, builtIn } from './touchpoint-fields.js';

/** The command of a fact that is about a complaint; undefined of every other. */
export function complaintCommandOf(touchpoint: string): RecordCommand | undefined {
  const command = builtIn(touchpoint);
  return command?.in === 'record' ? command : undefined;
}

// Every field was parsed as the kind that its command gives it.
const dataOf = ({ channel, direction, responsibleId, note, fields }: Fact): JsonObject => ({
  channel,
  direction,
  responsibleId,
  ...(note !== undefined && { note }),
  ...fields,
});

/** The order that a fact of a journey is, at the place that its case has. */
export function factOrder(fact: Fact, journey: SourceJourney, act: JourneyAct, metadata: CommandMetadata): ReturnType<typeof journeyOrder> {
  const order = orderOf(fact, journey, act, metadata);
  return { ...order, mentions: { ...order.mentions, responsibleId: fact.responsibleId } };
}

function orderOf(fact: Fact, journey: SourceJourney, act: JourneyAct, metadata: CommandMetadata): ReturnType<typeof journeyOrder> {
  const command = builtIn(fact.touchpoint);
  if (command === undefined) {
    const data = { ...dataOf({ ...fact, fields: {} }), kind: fact.touchpoint, fields: fact.fields };
    return journeyOrder(commandNamed(DECLARED) as JourneyCommand, act, data, metadata);
  }
  if (command.in === 'contact') return contactOrder(command, fact, journey, act, metadata);
  if (command.in === 'record') throw new Error(`${command.name} is about no journey`);
  const { note, fields } = fact;
  const data = command.stated === undefined ? { ...fields, ...(note !== undefined && { note }) } : dataOf(fact);
  return journeyOrder(command, act, data, metadata);
}

function contactOrder(command: ContactCommand, fact: Fact, journey: SourceJourney, act: JourneyAct, metadata: CommandMetadata) {
  const { media, customer, ownerId } = journey;
  const data = { ...dataOf(fact), ...(media !== undefined && { media }), ...(customer && statedOf(customer)) };
  // Where the source names the owner, that is who owns, and no reception makes another.
  return journeyOrder(command, ownerId === undefined ? { ...act, claimant: fact.responsibleId } : act, data, metadata);
}

/** What the decider of a complaint is told of a fact. */
export const complaintOrder = (command: RecordCommand, fact: Fact, act: Omit<RecordAct, 'occurredAt'>) => ({
  decider: command.decider,
  command: command.command({ ...act, occurredAt: fact.occurredAt }, dataOf(fact)),
});

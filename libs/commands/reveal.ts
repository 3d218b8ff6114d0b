import type { Position } from '@touchline/core';
import { streamName } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { handleCommand, load } from '@touchline/event-store';
import type { Person } from '@touchline/touchpoints/customer/person.fold.js';
import { personFrom } from '@touchline/touchpoints/customer/person.fold.js';
import type { RevealCommand } from '@touchline/touchpoints/reveal/reveal.decider.js';
import { revealDecider } from '@touchline/touchpoints/reveal/reveal.decider.js';
import { customerScope } from './customer-scope.js';
import type { CommandServices, CommandMetadata } from './services.js';

/**
 * Records that somebody looks at a customer's data (domain §13.2). Whoever may no longer see the customer is refused even
 * what they once looked at, so the scope comes before the key.
 */
export async function recordReveal(services: CommandServices, metadata: CommandMetadata, command: RevealCommand): Promise<CommandOutcome> {
  const refusal = await customerScope(services, metadata, command.customerId);
  if (refusal !== null) return { kind: 'refused', refusals: [refusal] };
  return handleCommand(services.deps, {
    stream: streamName('reveals', metadata.tenant, command.customerId),
    decider: revealDecider,
    command,
    request: metadata,
    context: () => Promise.resolve({ customerKnown: true, inScope: true }),
  });
}

/**
 * What was known of a person at the place of their reveal in the log: the same key gives the same answer, and what was
 * seen can be told for ever. Only an erasure since then shows.
 */
export async function personAt(services: CommandServices, tenant: string, customerId: string, at: Position): Promise<Person> {
  const events = await load(services.deps, streamName('customer', tenant, customerId));
  return personFrom(await services.open(events.filter(({ position }) => position < at)));
}

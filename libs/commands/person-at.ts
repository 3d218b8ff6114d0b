import type { Position } from '@touchline/core';
import { streamName } from '@touchline/core';
import type { Person } from '@touchline/touchpoints/customer/person.fold.js';
import { personFrom } from '@touchline/touchpoints/customer/person.fold.js';
import type { CommandServices } from './services.js';

/**
 * What was known of a person at the place of their reveal in the log: the same key gives the same answer, and what was
 * seen can be told for ever. Only an erasure since then shows.
 */
export async function personAt(services: CommandServices, tenant: string, customerId: string, at: Position): Promise<Person> {
  const events = await services.deps.streams.events(streamName('customer', tenant, customerId));
  return personFrom(await services.open(events.filter(({ position }) => position < at)));
}

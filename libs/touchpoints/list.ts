import type { EventDefinition, TimerDefinition } from '@touchline/core';
import { fieldRules, isShipped } from '@touchline/playbooks';
import { call } from './call/call.commands.js';
import type { CommandDefinition } from './command.js';
import { touchpoint } from './declare.js';
import { complaint } from './complaint/complaint.commands.js';
import { contact } from './contact/contact.commands.js';
import { contract } from './contract/contract.commands.js';
import { customer } from './customer/customer.commands.js';
import { declaredBy } from './declared/declared.commands.js';
import { handover } from './handover/handover.commands.js';
import { journey } from './journey/journey.commands.js';
import { operationEvents } from './operation/operation.events.js';
import { playbookBy } from './playbook/playbook.commands.js';
import { progress } from './progress/progress.commands.js';
import { quote } from './quote/quote.commands.js';
import { reveal } from './reveal/reveal.commands.js';
import { site } from './site/site.commands.js';
import { unit } from './unit/unit.commands.js';
import { user } from './user/user.commands.js';
import { visit } from './visit/visit.commands.js';
import { words } from './words/words.commands.js';

/** THE list: one line for each folder, in the order of their names. It is pure; routes are made of it in `index.ts`. */
export const touchpoints = [
  call,
  complaint,
  contact,
  contract,
  customer,
  declaredBy(fieldRules),
  handover,
  journey,
  // What operators order is no command of a group.
  touchpoint({ name: 'operation', events: operationEvents, commands: [], refusals: {} }),
  playbookBy(isShipped),
  progress,
  quote,
  reveal,
  site,
  unit,
  user,
  visit,
  words,
] as const;

/** Everything that is stored. */
export const storedEvents: readonly EventDefinition[] = touchpoints.flatMap(({ events }) => [...events]);

export const commandDefinitions: readonly CommandDefinition[] = touchpoints.flatMap(({ commands }) => [...commands]);

export const timerDefinitions: readonly TimerDefinition[] = touchpoints.flatMap(({ timers = [] }) => [...timers]);

const byName: ReadonlyMap<string, CommandDefinition> = new Map(commandDefinitions.map((definition) => [definition.name, definition]));

/** @throws where there is none of that name: it comes from code. */
export function commandNamed(name: string): CommandDefinition {
  const definition = byName.get(name);
  if (definition === undefined) throw new Error(`there is no command ${name}`);
  return definition;
}

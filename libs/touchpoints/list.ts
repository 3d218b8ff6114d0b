import type { EventDefinition } from '@touchline/core';
import { fieldRules } from '@touchline/playbooks';
import { call } from './call/call.commands.js';
import type { CommandDefinition } from './command.js';
import { touchpoint } from './command.js';
import { complaint } from './complaint/complaint.commands.js';
import { contact } from './contact/contact.commands.js';
import { contract } from './contract/contract.commands.js';
import { customer } from './customer/customer.commands.js';
import { declaredBy } from './declared/declared.commands.js';
import { handover } from './handover/handover.commands.js';
import { journey } from './journey/journey.commands.js';
import { operationEvents } from './operation/operation.events.js';
import { playbookEvents } from './playbook/playbook.events.js';
import { quote } from './quote/quote.commands.js';
import { revealEvents } from './reveal/reveal.events.js';
import { siteEvents } from './site/site.events.js';
import { unit } from './unit/unit.commands.js';
import { userEvents } from './user/user.events.js';
import { visit } from './visit/visit.commands.js';
import { words } from './words/words.commands.js';

/** Of which controllers put the commands together. */
const recorded = (name: string, ...events: EventDefinition[]) => touchpoint({ name, events, commands: [], refusals: {} });

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
  recorded('operation', ...operationEvents),
  recorded('playbook', ...playbookEvents),
  quote,
  recorded('reveal', ...revealEvents),
  recorded('site', ...siteEvents),
  unit,
  recorded('user', ...userEvents),
  visit,
  words,
] as const;

/** Everything that is stored. */
export const storedEvents: readonly EventDefinition[] = touchpoints.flatMap(({ events }) => [...events]);

export const commandDefinitions: readonly CommandDefinition[] = touchpoints.flatMap(({ commands }) => [...commands]);

const byName: ReadonlyMap<string, CommandDefinition> = new Map(commandDefinitions.map((definition) => [definition.name, definition]));

/** @throws where there is none of that name: it comes from code. */
export function commandNamed(name: string): CommandDefinition {
  const definition = byName.get(name);
  if (definition === undefined) throw new Error(`there is no command ${name}`);
  return definition;
}

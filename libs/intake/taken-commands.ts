import { CE_TYPE_PREFIX } from '@touchline/topics/contract.js';
import { TAKEN } from '@touchline/topics/intake.js';
import type { CommandDefinition } from '@touchline/touchpoints/command.js';
import { commandDefinitions } from '@touchline/touchpoints/list.js';

/** Every command that other systems may send as a message. */
export const takenCommands = commandDefinitions.filter(({ taken }) => taken === true);

/** The same, by the type of their messages. */
export const commandsByType: ReadonlyMap<string, CommandDefinition> = new Map(
  takenCommands.map((command) => [CE_TYPE_PREFIX + TAKEN + command.name, command]),
);

import { CE_TYPE_PREFIX } from '@touchline/topics/contract.js';
import { TAKEN } from '@touchline/topics/intake.js';
import type { RoutedCommand } from '@touchline/touchpoints/command.js';
import { isRouted } from '@touchline/touchpoints/command.js';
import { commandDefinitions } from '@touchline/touchpoints/list.js';

/** Every command that other systems may send as a message. */
export const takenCommands = commandDefinitions.filter(isRouted).filter(({ taken }) => taken === true);

/** The same, by the type of their messages. */
export const commandsByType: ReadonlyMap<string, RoutedCommand> = new Map(
  takenCommands.map((command) => [CE_TYPE_PREFIX + TAKEN + command.name, command]),
);

import { hostname, userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Operator } from '@touchline/auth/operations.js';
import { PLATFORM } from '@touchline/core';
import { registerAtShell } from './users.js';

export function addOperators(program: Command): void {
  const operators = program
    .command('operators')
    .summary('who runs the platform for all groups')
    .description(`Those who run the platform for all groups. They sign in to "${PLATFORM}" and belong to no group.`);
  operators
    .command('add')
    .description(
      'Registers an operator. Unless an identity provider signs in, their password is asked for, or read as the first line of stdin.',
    )
    .requiredOption('--login <login>', 'the login')
    .requiredOption('--name <name>', 'the name that what they order is recorded with')
    .action(async ({ login, name }: { login: string; name: string }) => {
      process.exitCode = await registerAtShell({ tenant: PLATFORM, login, name, role: 'operator' });
    });
}

/** Who gives this command: the account and its machine. */
export async function operatorHere(): Promise<Operator> {
  const { operatorAtShell } = await import('@touchline/auth/operations.js');
  return operatorAtShell(`${userInfo().username}@${hostname()}`);
}

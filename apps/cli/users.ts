import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { LocalCredentials } from '@touchline/auth/credentials.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@touchline/auth/passwords.js';
import { userIdOf } from '@touchline/auth/user-id.js';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';

export function addUsers(program: Command): void {
  program
    .command('users')
    .summary('users who sign in here')
    .description('Users who sign in here and not at an identity provider.')
    .command('set-password')
    .description('Sets the password of a user, who must be known in the group. It is asked for, or read as the first line of stdin.')
    .requiredOption('--tenant <group>', 'the group')
    .requiredOption('--login <login>', 'the login')
    .action(async (options: { tenant: string; login: string }) => {
      process.exitCode = await setPassword(options);
    });
}

async function setPassword({ tenant, login }: { tenant: string; login: string }): Promise<number> {
  return withPlatform(async ({ users, pool }) => {
    const userId = userIdOf(tenant, login);
    if ((await users.user(tenant, userId)) === null) return fail(`the group ${tenant} has no user ${login}`);
    const password = await readPassword();
    if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH)
      return fail(`a password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`);
    await new LocalCredentials(pool).setPassword(tenant, userId, password);
    process.stderr.write(`${login} of ${tenant} can sign in with it from now on\n`);
    return EXIT.done;
  });
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return EXIT.unusable;
}

/** One line; on a terminal it is asked for and not shown. */
async function readPassword(): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) process.stderr.write('Password: ');
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}

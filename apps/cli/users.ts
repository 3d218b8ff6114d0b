import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { v5 as uuidv5 } from 'uuid';
import { LocalCredentials } from '@touchline/auth/credentials.js';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@touchline/auth/passwords.js';
import { execute } from '@touchline/commands/execute.js';
import { userIdOf } from '@touchline/commands/user-id.js';
import { PLATFORM } from '@touchline/core';
import { byShell } from './by-shell.js';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';

/** As in the names of streams. */
const TENANT = /^[a-z][a-z0-9]{1,30}$/;
const ADMINISTRATORS = 'd0c1b6f4-94c2-5b0a-8a3e-0f6a6f3f7c52';
const PASSWORD_RULE = `a password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`;
const isFit = (password: string): boolean => password.length >= MIN_PASSWORD_LENGTH && password.length <= MAX_PASSWORD_LENGTH;

export function addUsers(program: Command): void {
  const users = program.command('users').summary('the first administrator, and passwords').description('Users of a group.');
  users
    .command('set-password')
    .description('Sets the password of a user, who must be known in the group. It is asked for, or read as the first line of stdin.')
    .requiredOption('--tenant <group>', 'the group')
    .requiredOption('--login <login>', 'the login')
    .action(async (options: { tenant: string; login: string }) => {
      process.exitCode = await setPassword(options);
    });
  users
    .command('add-admin')
    .description(
      'Registers an administrator of the whole group: the first has nobody to do it for them. Unless an identity provider signs in, their password is asked for, or read as the first line of stdin.',
    )
    .requiredOption('--tenant <group>', 'the group')
    .requiredOption('--login <login>', 'the login')
    .requiredOption('--name <name>', 'the name that colleagues see')
    .action(async (options: NewAdmin) => {
      process.exitCode =
        options.tenant === PLATFORM
          ? fail(`"${PLATFORM}" is no group: touchline operators add`)
          : await registerAtShell({ ...options, role: 'admin' });
    });
}

interface NewAdmin {
  tenant: string;
  login: string;
  name: string;
}

/** Registers somebody whom nobody over HTTP may register. */
export async function registerAtShell({ tenant, login, name, role }: NewAdmin & { role: 'admin' | 'operator' }): Promise<number> {
  if (!TENANT.test(tenant)) return fail('a group is named by 2 to 31 of a–z and 0–9, beginning with a letter');
  return withPlatform(async ({ services, settings, pool }) => {
    const signsInHere = settings.signIn.oidcIssuer === undefined;
    const password = signsInHere ? await readPassword() : '';
    if (signsInHere && !isFit(password)) return fail(PASSWORD_RULE);
    const userId = userIdOf(tenant, login);
    const commandId = uuidv5(`${tenant} ${userId}`, ADMINISTRATORS);
    const user = { login, displayName: name, roles: [role], sites: 'all' };
    // The same again is the same command: a start that was cut short before the password is simply repeated.
    const outcome = await execute(services, 'user-registered', user, byShell(tenant, commandId));
    if (outcome.kind === 'refused') return fail(outcome.refusals.map(({ detail }) => detail).join('; '));
    if (signsInHere) await new LocalCredentials(pool).setPassword(tenant, userId, password);
    process.stderr.write(
      role === 'admin' ? `${login} is an administrator of ${tenant}\n` : `${login} operates the platform: sign in to "${tenant}"\n`,
    );
    return EXIT.done;
  });
}

async function setPassword({ tenant, login }: { tenant: string; login: string }): Promise<number> {
  return withPlatform(async ({ services, users, pool }) => {
    const userId = userIdOf(tenant, login);
    if ((await users.user(tenant, userId)) === null) return fail(`the group ${tenant} has no user ${login}`);
    const password = await readPassword();
    if (!isFit(password)) return fail(PASSWORD_RULE);
    await new LocalCredentials(pool).setPassword(tenant, userId, password, async () => {
      const outcome = await execute(services, 'user-password-set', { userId }, byShell(tenant, randomUUID()));
      if (outcome.kind === 'refused') throw new Error(outcome.refusals.map(({ detail }) => detail).join('; '));
    });
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

import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { grantIn } from '@touchline/platform/open-log.js';
import { EXIT } from './exit.js';
import { settingsHere } from './platform.js';
import { showRights } from './log-rights.js';

const HELP = `
What it does:
  As the administrator of the server, whose password is the first line of stdin: makes the user that EVENTSTORE_URL names, with
  the password it names, and the rights by which he appends and reads and nobody but administrators deletes or cuts. Where that
  is so already it changes nothing. Rights that somebody else has set stay. Then it tells what the user may do, as log rights does.

Exit codes:
  0  the user may append, and may not delete or cut
  3  he may delete or cut what was recorded, or may not append
  2  the log is on Postgres, the address names no user, or the server has rights that somebody else has set
  1  the server could not be reached, or the administrator was not let in`;

export function addLogGrant(log: Command): void {
  log
    .command('grant')
    .summary('make the user of EVENTSTORE_URL, who appends and reads only')
    .description('Makes the user of EVENTSTORE_URL, and the rights that make the log append-only in its server.')
    .option('--admin <login>', 'administrator of the server', 'admin')
    .addHelpText('after', HELP)
    .action(async ({ admin }: { admin: string }) => {
      process.exitCode = await grant(admin);
    });
}

async function grant(username: string): Promise<number> {
  const password = await firstLine();
  if (password === '') {
    process.stderr.write(`the first line of stdin is to be the password of ${username}\n`);
    return EXIT.unusable;
  }
  const granted = await grantIn((await settingsHere()).store, { username, password });
  if ('fault' in granted) {
    process.stderr.write(`${granted.fault}\n`);
    return EXIT.unusable;
  }
  process.stdout.write(
    `${granted.userCreated ? 'user made' : 'user was there'}, ${granted.rightsWritten ? 'rights given' : 'rights stood'}\n`,
  );
  return showRights();
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) return line;
  return '';
}

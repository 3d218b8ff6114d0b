import type { Command } from 'commander';
import { rightsIn } from '@touchline/platform/open-log.js';
import { EXIT } from './exit.js';
import { settingsHere } from './platform.js';

const HELP = `
What it does:
  Tries, at a revision that nothing has, to append to, delete and cut a stream of its own in the log of EVENTSTORE_URL. The
  server asks who may before it asks where: nothing is ever written.

Exit codes:
  0  the user may append, and may not delete or cut
  3  he may delete or cut what was recorded, or may not append; docs/eventstoredb.md says how rights are given
  2  the log is on Postgres, or the settings cannot be used`;

export function addLogRights(log: Command): void {
  log
    .command('rights')
    .summary('tell what the user of EVENTSTORE_URL may do')
    .description('Tells what the user of EVENTSTORE_URL may do to the streams of the log.')
    .addHelpText('after', HELP)
    .action(async () => {
      process.exitCode = await showRights();
    });
}

/** Prints them; the exit code. */
export async function showRights(): Promise<number> {
  const rights = await rightsIn((await settingsHere()).store);
  if (rights === null) {
    process.stderr.write('the log is on Postgres: what may be done to it, the rights of that database say\n');
    return EXIT.unusable;
  }
  const { append, delete: remove, cut } = rights;
  const line = (what: string, may: boolean, fits: boolean): string =>
    `${what.padEnd(28)}${may ? 'allowed' : 'denied'}${fits ? '' : '   !'}\n`;
  process.stdout.write(
    line('append', append, append) + line('delete a stream', remove, !remove) + line('hide events (metadata)', cut, !cut),
  );
  return append && !remove && !cut ? EXIT.done : EXIT.reported;
}

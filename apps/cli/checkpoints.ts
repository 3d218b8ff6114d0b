import type { Command } from 'commander';
import type { Move } from '@touchline/moving';
import { movePositions } from '@touchline/moving';
import { machineryMigrations } from '@touchline/platform/platform.js';
import { runSqlMigrations } from '@touchline/postgres';
import { EXIT } from './exit.js';
import { LOG_ADDRESS, withLogs } from './log-copy.js';
import { withDatabase } from './platform.js';

interface MoveArguments {
  from?: string;
  to: string;
  apply?: boolean;
}

const HELP = `
What it does:
  Rewrites, in the database of the settings and in one transaction, the checkpoint of every read model, the rows that say
  where in the log they come from, and what is noted of the signed log. Without --apply it says what it would do and does
  nothing. Done again it finds nothing to do. From then on no process starts on the old log.

It refuses while a process of the platform runs, and unless the copy is equal to the log up to the end of both.

Exit codes:
  0  moved, or nothing to move        2  not as things stand, or an address or the settings cannot be used; nothing was moved
  1  failed; nothing was moved

docs/runbooks/copy-the-log.md says in which order to do what.`;

export function addCheckpoints(program: Command): void {
  const checkpoints = program
    .command('checkpoints')
    .summary('move everything that names positions to a copied log')
    .description('The places in the log that readers have come to.');
  checkpoints
    .command('move')
    .description('Moves everything that names positions of the log to the copy that touchline log copy has made of it.')
    .option('--from <log>', `the old log; the one of the settings unless given. ${LOG_ADDRESS}`)
    .requiredOption('--to <log>', 'its copy')
    .option('--apply', 'do it; else it is only said what would be done')
    .addHelpText('after', HELP)
    .action(async ({ apply = false, ...addresses }: MoveArguments) => {
      const move = await withDatabase(async ({ settings, pool }) => {
        await runSqlMigrations(pool, machineryMigrations);
        return withLogs(settings, addresses, ({ source, target, from, to }) =>
          movePositions({ pool, source, target, copy: { from, to } }, { apply }),
        );
      });
      process.stdout.write(moveText(move));
      process.exitCode = EXIT.done;
    });
}

function moveText({ done, applied, planned, checkpoints }: Move): string {
  if (done) return 'Everything was moved before; there is nothing to move.\n';
  const lines = [
    ...checkpoints.map(({ name, from, to }) => `${name}: ${from ?? 'the beginning'} → ${to ?? 'the beginning'}`),
    ...planned.flatMap(({ what, count }) => (count === 0 ? [] : [`${count} ${what}`])),
    applied ? 'Moved. Start the platform with the settings of the new log.' : 'Nothing was moved yet; --apply moves it.',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

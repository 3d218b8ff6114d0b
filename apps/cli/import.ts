import { basename } from 'node:path';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { EventStoreUnavailable, growHeapSlowly } from '@touchline/event-store';
import { runImport } from '@touchline/importing';
import { isConnectionLoss } from '@touchline/postgres';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';
import { progressBar } from './progress.js';
import { addImportFields } from './import-fields.js';
import { untilInterrupted } from './interrupt.js';
import { asText } from './summary-text.js';

interface Options {
  map?: string;
  joins?: string;
  dryRun?: true;
  report?: string;
  checkpoint?: string;
  atOnce: number;
  json?: true;
  quiet?: true;
}

const HELP = `
What it does:
  The source (CSV, JSONL or XES, also .gz) is read to its end first; then its facts are recorded, case by case, under the
  rules that live entry has. Rules that history breaks are noted on its events. What cannot be recorded goes to the report
  with line, column and reason; nothing is guessed. Importing a source again records only what is new.

Try it without writing anything:
  $ touchline import sales.csv --map map.yaml --dry-run

See what a mapping may name:
  $ touchline import fields visit-received

Exit codes:
  0  everything is recorded            3  done; the report says what is not recorded
  1  failed; the same command goes on  130  stopped (Ctrl-C); the same command goes on
  2  command line, settings, mapping or source cannot be used; nothing was recorded

docs/import.md explains mapping files and report.`;

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .summary('record the history that a file holds')
    .description('Records the history that a file of another system holds, as a mapping file says.')
    // What stands behind `fields` is its own, --json too.
    .enablePositionalOptions()
    .argument('<file>', 'the source')
    // Not a required one: commander would want it of `import fields` too.
    .option('--map <file>', 'mapping file: columns, times, what makes a case and which facts its records are')
    .option('--joins <folder>', 'where the joined files lie (default: beside the source)')
    .option('--dry-run', 'decide everything and write the report, but record nothing')
    .option('--report <file>', 'CSV of what is not recorded (default: <file>.report.csv in the current folder)')
    .option('--checkpoint <file>', 'remembers how far an interrupted import came (default: <file>.checkpoint in the current folder)')
    .option('--at-once <cases>', 'most cases under way at once', wholeNumber, 64)
    .option('--json', 'print the summary as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', HELP)
    .action(async (file: string, { map, ...options }: Options) => {
      if (map === undefined) return command.error("error: required option '--map <file>' not specified");
      process.exitCode = await importFile(file, { map, ...options });
    });
  addImportFields(command);
}

async function importFile(file: string, options: Options & { map: string }): Promise<number> {
  growHeapSlowly();
  const interrupt = untilInterrupted('stopping after what is under way; once more ends at once\n');
  const summary = await withPlatform(({ services, settings }) =>
    runImport(
      {
        file,
        map: options.map,
        ...(options.joins !== undefined && { joins: options.joins }),
        report: options.report ?? `${basename(file)}.report.csv`,
        checkpoint: options.checkpoint ?? `${basename(file)}.checkpoint`,
        dryRun: options.dryRun ?? false,
        atOnce: options.atOnce,
        signal: interrupt.signal,
        progress: progressBar(process.stderr, options.quiet ?? false),
      },
      {
        services,
        identity: { deps: services.deps, secret: settings.secrets.identityHmacSecret },
        mayPass: (error) => error instanceof EventStoreUnavailable || isConnectionLoss(error),
      },
    ),
  ).finally(() => interrupt.release());
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : asText(summary));
  if (summary.interrupted) return EXIT.interrupted;
  return summary.report === null || summary.report.faults > 0 ? EXIT.reported : EXIT.done;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 1000) throw new InvalidArgumentError('a whole number from 1 to 1000');
  return number;
}

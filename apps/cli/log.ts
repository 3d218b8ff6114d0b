import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { verifyLog } from '@touchline/audit/verify-log.js';
import type { LogVerdict } from '@touchline/audit/verify-log.js';
import { parseHeads } from '@touchline/audit/heads/parse-heads.js';
import { asPosition } from '@touchline/core';
import { Copies } from '@touchline/moving';
import { EXIT } from './exit.js';
import { addLogCopy } from './log-copy.js';
import { addLogGrant } from './log-grant.js';
import { addLogRights } from './log-rights.js';
import { untilInterrupted } from './interrupt.js';
import { withPlatform } from './platform.js';
import { countBar } from './progress.js';
import { verdictText } from './verdict-text.js';

interface VerifyOptions {
  head?: string;
  json?: true;
  quiet?: true;
}

const VERIFY_HELP = `
What it does:
  Every event is held against its own hash, against the one before it in its stream and against what was noted when the log
  was signed; the log as a whole against every signed head there is, and against those of --head. It changes nothing.
  Whoever can write to the database can remove the heads that lie in it: keep exported ones elsewhere, and give them.

Exit codes:
  0  the log holds                    3  it does not; the first event that does not hold is named
  1  failed on the way                130  stopped (Ctrl-C)
  2  settings or --head cannot be used

docs/runbooks/verify-the-log.md says what to do about what is found.`;

export function addLog(program: Command): void {
  const log = program
    .command('log')
    .summary('show, check, sign and copy the event log')
    .description('Shows, checks, signs and copies the event log.');
  addLogCopy(log);
  addLogRights(log);
  addLogGrant(log);
  log
    .command('show')
    .description('Prints an event as it is stored, personal fields sealed, and its data as this release reads them.')
    .argument('<position>', 'as the answer to its recording gave it')
    .action(async (position: string) => {
      process.exitCode = await show(position);
    });
  log
    .command('verify')
    .summary('walk the whole log and name the first event that does not hold')
    .description('Walks the whole log and names the first event that does not hold.')
    .option('--head <file>', 'exported heads to hold it against')
    .option('--json', 'print the verdict as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', VERIFY_HELP)
    .action(async (options: VerifyOptions) => {
      process.exitCode = await verify(options);
    });
  log
    .command('head')
    .summary('sign the log as it stands')
    .description('Checks what came since the last head, signs the log as it stands and prints the head.')
    .option('--out <file>', 'write it there instead')
    .action(async ({ out }: { out?: string }) => {
      const head = await withPlatform(({ logHeads }) => logHeads.write());
      const text = `${JSON.stringify(head, null, 2)}\n`;
      if (out === undefined) process.stdout.write(text);
      else await writeFile(out, text);
    });
}

async function show(position: string): Promise<number> {
  return withPlatform(async ({ store, registry, pool }) => {
    const event = await store.eventAt(asPosition(position));
    if (event === null) {
      const now = await new Copies(pool).positionNow(await store.logId(), asPosition(position));
      process.stderr.write(
        `there is no event at ${position}${now === null ? '' : `; what stood there in the log that this is a copy of now stands at ${now}`}\n`,
      );
      return EXIT.unusable;
    }
    const { id, stream, revision, type, data, metadata } = event;
    const stored = { id, stream, revision, type, data: JSON.parse(data) as unknown, metadata: JSON.parse(metadata) as unknown };
    process.stdout.write(`${JSON.stringify({ stored, newest: registry.decode(event).data }, null, 2)}\n`);
    return EXIT.done;
  });
}

async function verify(options: VerifyOptions): Promise<number> {
  const given = options.head === undefined ? [] : parseHeads(await readFile(options.head, 'utf8'), options.head);
  const interrupt = untilInterrupted('stopping; once more ends at once\n');
  const verdict = await withPlatform(async ({ store, logHeads }) => {
    const [known, witness] = [await logHeads.all(), await logHeads.witness()];
    const bar = countBar(process.stderr, options.quiet ?? false, { what: 'verifying', unit: 'events', total: witness?.size ?? 0 });
    const heads = [...known, ...logHeads.known(given)];
    return verifyLog(store, { heads, witness, signal: interrupt.signal, onEvent: () => bar.advance() }).finally(() => bar.end());
  }).finally(() => interrupt.release());
  process.stdout.write(options.json ? `${JSON.stringify(verdict)}\n` : verdictText(verdict));
  return exitCodeOf(verdict);
}

function exitCodeOf({ fault, interrupted }: LogVerdict): number {
  if (fault !== null) return EXIT.reported;
  return interrupted ? EXIT.interrupted : EXIT.done;
}

import type { Command } from 'commander';
import type { Settings } from '@touchline/config';
import type { CopyVerdict, Difference } from '@touchline/moving';
import { Copies, copyLog, lengthUpTo } from '@touchline/moving';
import { openLogAt } from '@touchline/platform/open-log.js';
import { machineryMigrations } from '@touchline/platform/platform.js';
import { ensureDatabase, runSqlMigrations } from '@touchline/postgres';
import { EXIT } from './exit.js';
import { untilInterrupted } from './interrupt.js';
import { withDatabase } from './platform.js';
import { shareBar } from './progress.js';

interface CopyArguments {
  from?: string;
  to: string;
  json?: true;
  quiet?: boolean;
}

/** What the logs of a move are given as. */
export const LOG_ADDRESS = 'postgres://… or esdb://…, or the name of an environment variable that holds it, so that no password is seen';

/** Two addresses of one log. */
export class SameLog extends Error {
  override readonly name = 'SameLog';
}

const HELP = `
What it does:
  First it holds what an earlier run left against the log, then it copies the rest in the log's order, to the byte, and
  holds that against the log too. Cut short at any moment, kill -9 included, the same command goes on. Writers may go on
  meanwhile; run it once more when they have stopped. A target that holds anything else is refused and left as it is.
  Which position became which is noted in the database of the settings, for touchline checkpoints move.

Exit codes:
  0  the copy is equal to the log     3  it is not; the first event that differs is named, and nothing was written after it
  1  failed on the way                4  equal so far, but somebody still writes to the log
  2  an address or the settings       130  stopped (Ctrl-C)
     cannot be used

docs/runbooks/copy-the-log.md says how to switch.`;

/** Of a copy that came as near as it gets to a log in use. */
const STILL_WRITTEN = 4;

export function addLogCopy(log: Command): void {
  log
    .command('copy')
    .summary('copy the log to another server, of either kind')
    .description('Copies the event log to another server, of either kind: the same events in the same order, to the byte.')
    .option('--from <log>', `the log to copy; the one of the settings unless given. ${LOG_ADDRESS}`)
    .requiredOption('--to <log>', 'where to; empty, or an earlier copy')
    .option('--json', 'print the verdict as JSON')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', HELP)
    .action(async (options: CopyArguments) => {
      process.exitCode = await copy(options);
    });
}

async function copy({ json, quiet = false, ...addresses }: CopyArguments): Promise<number> {
  const interrupt = untilInterrupted('stopping after this batch; once more ends at once\n');
  const bar = shareBar(process.stderr, quiet, 'events');
  const verdict = await withDatabase(async ({ settings, pool }) => {
    await runSqlMigrations(pool, machineryMigrations);
    return withLogs(settings, addresses, async ({ source, target, from, to }) => {
      const copies = new Copies(pool);
      const pair = { source, target, copies, copy: { from, to } };
      const whole = lengthUpTo(await source.head());
      return copies.alone(pair.copy, () =>
        copyLog(pair, { signal: interrupt.signal, onEvent: (phase, old) => bar.reach(phase, lengthUpTo(old), whole) }),
      );
    });
  }).finally(() => {
    bar.end();
    interrupt.release();
  });
  process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : verdictText(verdict));
  return exitCodeOf(verdict);
}

interface TwoLogs {
  source: Awaited<ReturnType<typeof openLogAt>>;
  target: Awaited<ReturnType<typeof openLogAt>>;
  from: string;
  to: string;
}

/** Opens both logs of a move, the target's database made where it is missing. @throws SameLog */
export async function withLogs<T>(
  { store }: Settings,
  addresses: { from?: string; to: string },
  work: (logs: TwoLogs) => Promise<T>,
): Promise<T> {
  const [from, to] = [addressOf(addresses.from) ?? store.eventStoreUrl ?? store.databaseUrl, addressOf(addresses.to) ?? addresses.to];
  const patience = { deadlineMs: 30_000, namespace: store.eventStoreNamespace };
  const source = await openLogAt(from, { ...patience, migrate: false });
  try {
    if (/^postgres(ql)?:/.test(to)) await ensureDatabase(to);
    const target = await openLogAt(to, patience);
    try {
      const ids = { from: await source.logId(), to: await target.logId() };
      if (ids.from === ids.to) throw new SameLog(`both addresses are of log ${ids.from}`);
      return await work({ source, target, ...ids });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** The address itself, or what the environment variable of that name holds. */
const addressOf = (given: string | undefined): string | undefined =>
  given !== undefined && /^[A-Z][A-Z0-9_]*$/.test(given) ? process.env[given] : given;

function exitCodeOf({ difference, interrupted, behind }: CopyVerdict): number {
  if (difference !== null) return EXIT.reported;
  if (interrupted) return EXIT.interrupted;
  return behind ? STILL_WRITTEN : EXIT.done;
}

function verdictText({ fromLog, toLog, copied, equal, root, last, difference, behind, interrupted }: CopyVerdict): string {
  const lines = [`From log ${fromLog} to log ${toLog}: ${copied} events copied, ${equal} equal on both sides`, `Root ${root}`];
  if (last !== null) lines.push(`The last of them at ${last.old}, now ${last.new}`);
  if (difference !== null) lines.push('IT IS NO COPY. First:', ...differenceLines(difference));
  else if (interrupted) lines.push('Stopped before the end; the same command goes on.');
  else if (behind) lines.push('Somebody still writes to the log. Run this again once the writers have stopped.');
  else lines.push('The copy is equal to the log.');
  return lines.map((line) => `${line}\n`).join('');
}

const differenceLines = ({ kind, detail, stream, revision, index, position, eventId }: Difference): string[] => [
  `  ${kind}: ${detail}`,
  `  at stream ${stream}, revision ${revision}, number ${index} of the copy, position ${position}, event ${eventId}`,
];

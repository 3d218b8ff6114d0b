import type { Command } from 'commander';
import type { RecordedEvent } from '@touchline/core';
import { asPosition, readInstant } from '@touchline/core';
import type { Platform } from '@touchline/platform/platform.js';
import { checkStreams } from '@touchline/projections/customer-streams/check-streams.js';
import type { Known } from '@touchline/projections/customer-status/status-changes.js';
import { statusAsOf, statusChanges } from '@touchline/projections/customer-status/status-changes.js';
import { queryOn } from '@touchline/projections/sql-query.js';
import type { MomentNamed } from '@touchline/replay';
import { sideOf } from '@touchline/replay';
import { waitFor } from '@touchline/subscriptions';
import { instant } from './arguments.js';
import { EXIT } from './exit.js';
import { untilInterrupted } from './interrupt.js';
import { withPlatform } from './platform.js';
import { countBar } from './progress.js';
import { changesText, statusText, streamsText } from './replay-text.js';

interface CustomerOptions {
  tenant: string;
  happenedBy?: string;
  knownBy?: string;
  diffFrom?: string;
  diffTo?: string;
  json?: true;
}

const HELP = `
What it does:
  Folds the customer's events anew, as far as they had happened and were known at a moment, and shows the status with the
  events it stands on. With --diff-from it shows instead what differs between two moments, and by which events it changed.
  A moment of a comparison is an instant (what had happened by then, as known then) or a position of the log; --happened-by
  and --known-by hold for both of its sides.

What was the status on 31 March, and what is known of that day by now?
  $ touchline replay customer <id> --tenant dongfang --diff-from 2026-03-31T23:59:59+08:00 --happened-by 2026-03-31T23:59:59+08:00

Exit codes:
  0  shown    1  failed on the way    2  no such customer then, or the command line or the settings cannot be used`;

/** Nothing was ever so. */
export class NoSuchMoment extends Error {
  override readonly name = 'NoSuchMoment';
}

/** The view that knows which streams to read. */
const STREAMS = 'customer-streams';
const PATIENCE_MS = 10_000;

export function addReplay(program: Command): void {
  const replay = program.command('replay').summary('what was so at another moment').description('Answers as of another moment, by replay.');
  replay
    .command('customer')
    .summary("a customer's status as of a moment, or between two")
    .description("A customer's status as of a moment, or what of it differs between two.")
    .argument('<id>', 'the customer')
    .requiredOption('--tenant <group>', 'the group')
    .option('--happened-by <instant>', 'what had happened by then', instant)
    .option('--known-by <moment>', 'what was recorded by then: an instant, or a position of the log')
    .option('--diff-from <moment>', 'show what differs from then')
    .option('--diff-to <moment>', 'to then (default: now)')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (id: string, options: CustomerOptions) => {
      process.exitCode = await withPlatform((platform) => customer(platform, id, options));
    });
  replay
    .command('check-streams')
    .summary('hold the list of streams that replays read against the whole log')
    .description('Holds the list of streams that replays read against the whole log. Exit code 3 where they differ.')
    .option('--json', 'print JSON')
    .option('--quiet', 'no progress on stderr')
    .action(async (options: { json?: true; quiet?: true }) => {
      process.exitCode = await check(options);
    });
}

async function customer(platform: Platform, id: string, options: CustomerOptions): Promise<number> {
  const reader = { tenant: options.tenant, sites: 'all' } as const;
  const deps = { ...platform, ask: queryOn(platform.pool) };
  if (options.diffFrom === undefined) {
    const moment = await known(platform, options);
    const found = await statusAsOf(deps, reader, id, moment);
    if (found === null) return unusable(`the group ${options.tenant} knew no customer ${id} then`);
    const { status, events } = found;
    print(options.json ? JSON.stringify({ asOf: moment, status, events: events.map(named) }) : statusText(moment, status, events));
    return EXIT.done;
  }
  const from = await known(platform, sideOf(options.diffFrom, options));
  const to = await known(platform, sideOf(options.diffTo, options));
  const changes = await statusChanges(deps, reader, id, from, to);
  if (changes === null) return unusable(`the group ${options.tenant} knew no customer ${id} at either moment`);
  const told = { from, to, changes: changes.map(({ by, ...change }) => ({ ...change, by: by.map(named) })) };
  print(options.json ? JSON.stringify(told) : changesText(from, to, changes));
  return EXIT.done;
}

const named = ({ id, type, position, meta }: RecordedEvent) => ({
  eventId: id,
  type,
  occurredAt: meta.occurredAt,
  recordedAt: meta.recordedAt,
  position,
});

/** The moment at a fixed place of the log, once it is known which streams tell of anybody up to there. */
async function known(platform: Platform, { happenedBy, knownBy }: MomentNamed): Promise<Known> {
  const head = (await platform.store.head()) ?? asPosition('');
  const instant = readInstant(knownBy);
  const byInstant = knownBy === undefined || instant !== null;
  if (!byInstant && (await platform.store.eventAt(asPosition(knownBy))) === null)
    throw new NoSuchMoment(`${knownBy} is neither an instant nor a position of this log`);
  const upTo = byInstant ? head : asPosition(knownBy);
  const reached = await waitFor(platform, STREAMS, upTo, PATIENCE_MS);
  if (!reached.reached)
    throw new Error(`the view ${STREAMS} is ${reached.state} at ${reached.position ?? 'the beginning'}; run a projector`);
  return {
    upTo,
    ...(happenedBy !== undefined && { happenedBy }),
    ...(instant !== null && { knownBy: instant }),
  };
}

async function check({ json, quiet = false }: { json?: true; quiet?: boolean }): Promise<number> {
  const interrupt = untilInterrupted('stopping; once more ends at once\n');
  try {
    return await withPlatform(async (platform) => {
      const upTo = (await platform.checkpoints.get(STREAMS))?.position ?? null;
      if (upTo === null) return unusable(`the view ${STREAMS} has not begun; run a projector`);
      const bar = countBar(process.stderr, quiet, { what: 'reading', unit: 'events', total: 0 });
      const checked = await checkStreams(platform, upTo, { onEvent: () => bar.advance(), signal: interrupt.signal }).finally(() =>
        bar.end(),
      );
      print(json ? JSON.stringify(checked) : streamsText(checked));
      return checked.faults === 0 ? EXIT.done : EXIT.reported;
    });
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    interrupt.release();
  }
}

function unusable(message: string): number {
  process.stderr.write(`${message}\n`);
  return EXIT.unusable;
}

const print = (text: string): boolean => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);

import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Reject } from '@touchline/intake/reject.js';
import type { RejectsWanted, Retried } from '@touchline/intake/standing-rejects.js';
import { retryRejects, standingRejects } from '@touchline/intake/standing-rejects.js';
import type { Kafka } from '@touchline/kafka';
import { openKafka } from '@touchline/platform/relay.js';
import type { Platform } from '@touchline/platform/platform.js';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';

const RETRY_HELP = `
What it does:
  Opens each message as it was sent and takes it in as if it came now. What is recorded is settled; what is refused still
  stands, with the problem of this time. In the order in which they came. The same command may be given again.

Exit codes:
  0  all of them were recorded        2  settings or options cannot be used
  1  failed on the way                3  some are refused still, or cannot be opened any more

docs/runbooks/rejected-messages.md says what to do about which problem.`;

interface Chosen extends RejectsWanted {
  all?: true;
  json?: true;
}

export function addIntake(program: Command): void {
  const intake = program
    .command('intake')
    .summary('messages of other systems that were not taken')
    .description('Messages of other systems that were not taken: which, why, and to try them again.');
  choosing(
    intake.command('rejected').description('Lists the messages that were not taken and still stand, in the order in which they came.'),
  )
    .option('--json', 'print one JSON object a line, without what is sealed')
    .action(async (options: Chosen) => {
      process.exitCode = await withKafka((platform, kafka) => list(platform, kafka, options));
    });
  choosing(intake.command('retry').summary('try them again').description('Tries messages again that were not taken.'))
    .option('--all', 'all that stand')
    .addHelpText('after', RETRY_HELP)
    .action(async (options: Chosen) => {
      process.exitCode = await withKafka((platform, kafka) => retry(platform, kafka, options));
    });
}

const choosing = (command: Command): Command =>
  command
    .option('--partition <number>', 'of this partition of the intake', partition)
    .option('--offset <number>', 'and this offset', offset)
    .option('--source <source>', 'of this system, as /<group>/<login>')
    .option('--code <code>', 'refused with this code');

async function withKafka(work: (platform: Platform, kafka: Kafka) => Promise<number>): Promise<number> {
  return withPlatform(async (platform) => {
    const kafka = openKafka(platform, 'cli');
    if (kafka !== null) return work(platform, kafka);
    process.stderr.write('KAFKA_BROKERS is not set; there is no intake\n');
    return EXIT.unusable;
  });
}

async function list({ settings }: Platform, kafka: Kafka, options: Chosen): Promise<number> {
  const rejects = await standingRejects(kafka, settings.topics.prefix, options);
  for (const { sealed: _, ...reject } of rejects) process.stdout.write(options.json ? `${JSON.stringify(reject)}\n` : `${line(reject)}\n`);
  if (!options.json) process.stdout.write(`${rejects.length} stand\n`);
  return EXIT.done;
}

async function retry(platform: Platform, kafka: Kafka, { all, ...wanted }: Chosen): Promise<number> {
  const { prefix } = platform.settings.topics;
  if (all === undefined && Object.keys(wanted).length === 0) {
    process.stderr.write('say which: --partition and --offset, --source, --code, or --all\n');
    return EXIT.unusable;
  }
  const rejects = await standingRejects(kafka, prefix, wanted);
  // The routes and all they need; the other commands begin the faster without them.
  const { intakeOn } = await import('@touchline/intake/start-intake.js');
  const deps = { kafka, prefix, intake: intakeOn(platform), keys: platform.keys, clock: platform.clock };
  let settled = 0;
  for await (const retried of retryRejects(deps, rejects)) {
    if (retried.kind === 'recorded') settled += 1;
    process.stdout.write(`${place(retried.reject)} ${said(retried)}\n`);
  }
  process.stdout.write(`${settled} of ${rejects.length} settled\n`);
  return settled === rejects.length ? EXIT.done : EXIT.reported;
}

const place = ({ from }: Pick<Reject, 'from'>): string => `partition ${from.partition} offset ${from.offset}`;

function said(retried: Retried): string {
  if (retried.kind === 'unreadable') return 'cannot be opened any more';
  if (retried.kind === 'refused') return `refused still: ${retried.problem.code}, ${retried.problem.detail}${fields(retried)}`;
  return retried.repeated ? 'was recorded before' : 'recorded';
}

const line = (reject: Omit<Reject, 'sealed'>): string =>
  [
    place(reject),
    reject.rejectedAt,
    `${reject.from.source ?? 'unknown source'} ${reject.from.reference ?? 'without reference'} ${reject.from.type ?? ''}`.trim(),
    `${reject.problem.code}, ${reject.problem.detail}${fields(reject)}`,
    `tried ${reject.tries}`,
  ].join(' · ');

const fields = ({ problem }: Pick<Reject, 'problem'>): string => {
  const names = [...new Set((problem.errors ?? []).map(({ field }) => field).filter((field) => field !== ''))];
  return names.length === 0 ? '' : ` (${names.join(', ')})`;
};

function partition(text: string): number {
  return Number(offset(text));
}

function offset(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('a number from 0');
  return text;
}

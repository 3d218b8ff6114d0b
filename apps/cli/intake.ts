import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { IntakeShown, PartitionShown } from '@touchline/intake-state/operations.js';
import { IntakeOperations } from '@touchline/intake-state/operations.js';
import { IntakeStanding } from '@touchline/intake-state/standing.js';
import { intakeTopics } from '@touchline/intake-state/topics.js';
import type { Reject } from '@touchline/intake/reject.js';
import type { RejectsWanted, Retried } from '@touchline/intake/standing-rejects.js';
import { retryRejects, standingRejects } from '@touchline/intake/standing-rejects.js';
import type { Kafka } from '@touchline/kafka';
import { openKafka, whyNoBrokers } from '@touchline/platform/relay.js';
import type { Platform } from '@touchline/platform/platform.js';
import { EXIT } from './exit.js';
import { operatorHere } from './operators.js';
import { withPlatform } from './platform.js';

const RETRY_HELP = `
What it does:
  Opens each message as it was sent and takes it in as if it came now. What is recorded is settled; what is refused still
  stands, with the problem of this time. In the order in which they came. The same command may be given again.

Exit codes:
  0  all of them were recorded        2  settings or options cannot be used
  1  failed on the way                3  some are refused still, or cannot be opened any more

docs/runbooks/rejected-messages.md says what to do about which problem.`;

const SKIP_HELP = `
What it does:
  Records who had it passed over, when and why, seals the message among the rejects, and moves the partition on behind it.
  Only the message at which the partition stands can be passed over ('touchline intake status' names it); the intake may run.
  'touchline intake retry' tries it again later. Write no name and no number into the reason.

Exit codes:
  0  it was passed over               2  settings or options cannot be used
  1  failed on the way; do it again   3  nothing was done: the partition is at another message, or it cannot be read

docs/runbooks/rejected-messages.md says when.`;

const TAKE_OVER_HELP = `
When:
  After a restore that is to go on as the platform itself, once the one before it is stopped for good. A restored platform
  takes no messages until then, since they would be missing where they were meant to go.

What it does:
  Makes the positions of the intake this installation's, and has it take all that the topic still holds once more: what is
  recorded already is known by its reference, and what was recorded after the backup is recorded again.

docs/runbooks/backup-and-restore.md has the whole course.`;

interface Chosen extends RejectsWanted {
  all?: true;
  json?: true;
}

export function addIntake(program: Command): void {
  const intake = program
    .command('intake')
    .summary('messages of other systems')
    .description('Messages of other systems: how many wait, which were not taken and why, and to try them again.');
  intake
    .command('status')
    .description('Tells how many messages wait in each partition, and which of them stands at a fault. Exit code 3 where one does.')
    .option('--json', 'print one JSON object')
    .action(async ({ json = false }: { json?: boolean }) => {
      process.exitCode = await withKafka((platform, kafka) => status(platform, kafka, json));
    });
  intake
    .command('skip')
    .summary('pass over the message at which a partition stands')
    .description('Has the intake pass over the message at which a partition stands.')
    .requiredOption('--partition <number>', 'the partition of the intake', partition)
    .requiredOption('--offset <number>', 'the message at which it stands', offset)
    .requiredOption('--reason <text>', 'why; kept in clear')
    .option('--unread', 'also where it cannot be read, and so not be kept')
    .addHelpText('after', SKIP_HELP)
    .action(async (options: SkipOptions) => {
      process.exitCode = await withKafka((platform, kafka) => skip(platform, kafka, options));
    });
  intake
    .command('take-over')
    .summary('after a restore: take messages here from now on')
    .description('After a restore: has this installation take the messages, in place of the one before it.')
    .addHelpText('after', TAKE_OVER_HELP)
    .action(async () => {
      process.exitCode = await withKafka(takeOverHere);
    });
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
    process.stderr.write(`${whyNoBrokers(platform.settings)}; there is no intake\n`);
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
  const { intakeOn, ownerOf } = await import('@touchline/intake/start-intake.js');
  const owner = await ownerOf(platform, standingOf(platform));
  const deps = { kafka, prefix, owner, intake: intakeOn(platform), keys: platform.keys, clock: platform.clock };
  let settled = 0;
  for await (const retried of retryRejects(deps, rejects)) {
    if (retried.kind === 'recorded') settled += 1;
    process.stdout.write(`${place(retried.reject)} ${said(retried)}\n`);
  }
  process.stdout.write(`${settled} of ${rejects.length} settled\n`);
  return settled === rejects.length ? EXIT.done : EXIT.reported;
}

interface SkipOptions {
  partition: number;
  offset: string;
  reason: string;
  unread?: true;
}

async function skip(platform: Platform, kafka: Kafka, { unread, reason, ...at }: SkipOptions): Promise<number> {
  const { skipMessage, ...by } = await withOwner(platform);
  const { keys, clock, settings } = platform;
  const deps = { kafka, prefix: settings.topics.prefix, ...by, keys, clock };
  const skipped = await skipMessage(deps, { ...at, reason }, { evenUnread: unread === true });
  if (skipped.kind === 'skipped') {
    process.stdout.write(
      `partition ${at.partition} offset ${at.offset} passed over${skipped.kept ? ', and kept among the rejects' : ''}\n`,
    );
    return EXIT.done;
  }
  const why =
    skipped.kind === 'elsewhere'
      ? `partition ${at.partition} is at offset ${skipped.next ?? 'none'}`
      : `it cannot be read (${skipped.error}); --unread passes over it all the same, and keeps nothing of it`;
  process.stderr.write(`nothing was done: ${why}\n`);
  return EXIT.reported;
}

async function takeOverHere(platform: Platform, kafka: Kafka): Promise<number> {
  const { takeOver, ...by } = await withOwner(platform);
  await takeOver({ kafka, prefix: platform.settings.topics.prefix, ...by });
  process.stdout.write('this installation takes the messages from now on, and begins with the oldest there is\n');
  return EXIT.done;
}

async function withOwner(platform: Platform) {
  const { ownerOf } = await import('@touchline/intake/start-intake.js');
  const { skipMessage, takeOver } = await import('@touchline/intake/skip-message.js');
  const { Operations } = await import('@touchline/auth/operations.js');
  const standing = standingOf(platform);
  const by = { operations: new Operations(platform.services.deps), operator: await operatorHere() };
  return { ...by, owner: await ownerOf(platform, standing), standing, skipMessage, takeOver };
}

const standingOf = ({ pool, settings }: Platform): IntakeStanding => new IntakeStanding(pool, intakeTopics(settings.topics.prefix).intake);

async function status(platform: Platform, kafka: Kafka, json: boolean): Promise<number> {
  const { store, settings } = platform;
  const operations = new IntakeOperations({ standing: standingOf(platform), store, prefix: settings.topics.prefix, kafka });
  const shown = await operations.stands();
  process.stdout.write(json ? `${JSON.stringify(shown)}\n` : statusLines(shown));
  return ['unknown', 'elsewhere', 'standing'].includes(shown.state) ? EXIT.reported : EXIT.done;
}

const statusLines = ({ state, members, waiting, trouble, partitions }: IntakeShown): string =>
  [
    `${state}${trouble === null ? '' : `: ${trouble}`}`,
    ...partitions.map(partitionLine),
    `${waiting ?? 'nobody knows how many'} waiting · ${members} taking`,
    '',
  ].join('\n');

const partitionLine = ({ partition: name, next, end, waiting, standsSince, fault }: PartitionShown): string =>
  `partition ${name} at ${next} of ${end} · ${waiting} waiting${standsSince === null ? '' : ` · stands since ${standsSince}: ${fault ?? ''}`}`;

const place = ({ from }: Pick<Reject, 'from'>): string => `partition ${from.partition} offset ${from.offset}`;

function said(retried: Retried): string {
  if (retried.kind === 'cut') return 'was too large to be kept whole; its sender has to send it again';
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

import type { Command } from 'commander';
import { partitionOf } from '@touchline/kafka';
import { openKafka } from '@touchline/platform/relay.js';
import { MANIFESTS, POSITIONS, topicName } from '@touchline/relay';
import { messageFromLog } from '@touchline/relay/message-from-log.js';
import { replayTopic } from '@touchline/relay/replay-topic.js';
import type { StateVerdict } from '@touchline/relay/verify-states.js';
import { verifyStates } from '@touchline/relay/verify-states.js';
import type { ToldRecord, TopicVerdict } from '@touchline/relay/verify-topic.js';
import { committedOrdinal, verifyTopic } from '@touchline/relay/verify-topic.js';
import { topics } from '@touchline/topics';
import { instant } from './arguments.js';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';
import { countBar } from './progress.js';

const HELP = `
What it does:
  A topic of facts is read whole, with its manifests: signatures, the ordinals without gaps, the chain of hashes. The first message that is
  missing, doubled, moved or changed is named; which one of a stretch was changed the log tells.
  Of a compacted topic the last record of each key is held against the log, which is folded anew from its beginning. Every key is named that
  is missing, surplus, stale or altered.
  It changes nothing, and may run while the relay tells on.

Exit codes:
  0  the topic holds                  2  settings or the topic cannot be used
  1  failed on the way                3  it does not hold

docs/topics.md says how to check a topic without this program.`;

const REPLAY_HELP = `
What it does:
  Reads the topic from its beginning and sends what was recorded within the window on, as it was told: same keys, headers and values. Cut
  short it has sent part; who knows messages by ce_id may have it sent again.

Exit codes:
  0  all of it was sent               2  settings or one of the topics cannot be used; nothing was sent
  1  failed on the way`;

export function addTopic(program: Command): void {
  const topic = program
    .command('topic')
    .summary('check a topic, or tell a stretch of it again')
    .description('The topics that tell what was recorded.');
  topic
    .command('verify')
    .summary('hold a topic against its manifests, or against the log')
    .description('Holds a topic of facts against its signed manifests, and a compacted one against the log.')
    .argument('<topic>', 'such as touchpoints, without the prefix')
    .option('--copy <name>', 'full name of a copy to check instead')
    .option('--json', 'print the verdict as JSON')
    .option('--quiet', 'show no progress')
    .addHelpText('after', HELP)
    .action(async (name: string, options: VerifyOptions) => {
      process.exitCode = await verify(name, options);
    });
  topic
    .command('replay')
    .summary('send a stretch of a topic to a topic of a reader')
    .description('Sends what a topic told, as it told it, to a topic of a reader, which must be there. In order per customer.')
    .argument('<topic>', 'such as touchpoints, without the prefix')
    .requiredOption('--to <name>', "full name of the reader's topic")
    .option('--from <instant>', 'what was recorded from then on', instant)
    .option('--until <instant>', 'what was recorded up to then', instant)
    .option('--tenant <group>', 'of this group alone')
    .option('--quiet', 'show no progress')
    .addHelpText('after', REPLAY_HELP)
    .action(async (name: string, options: ReplayOptions) => {
      process.exitCode = await replay(name, options);
    });
}

interface VerifyOptions {
  copy?: string;
  json?: true;
  quiet?: true;
}

interface ReplayOptions {
  to: string;
  from?: string;
  until?: string;
  tenant?: string;
  quiet?: true;
}

const NAMES = `there are: ${topics.map(({ name }) => name).join(', ')}`;
const NO_BROKERS = 'KAFKA_BROKERS is not set; there are no topics';

async function replay(name: string, { to, quiet, ...window }: ReplayOptions): Promise<number> {
  if (!topics.some((each) => each.name === name)) return unusable(NAMES);
  return withPlatform(async (platform) => {
    const kafka = openKafka(platform, 'cli');
    if (kafka === null) return unusable(NO_BROKERS);
    const { prefix } = platform.settings.topics;
    if (to.startsWith(`${prefix}.`)) return unusable(`${to} is a topic of the platform itself`);
    const total = await committedOrdinal({ kafka, positions: topicName(prefix, POSITIONS) }, name);
    const reading = bar(quiet, { what: `reading ${topicName(prefix, name)}`, unit: 'messages', total });
    const sent = await replayTopic(kafka, topicName(prefix, name), to, window, () => reading.advance()).finally(() => reading.end());
    process.stdout.write(`${sent} messages sent to ${to}\n`);
    return EXIT.done;
  });
}

async function verify(name: string, { copy, json, quiet }: VerifyOptions): Promise<number> {
  const topic = topics.find((each) => each.name === name);
  if (topic === undefined) return unusable(NAMES);
  return withPlatform(async (platform) => {
    const kafka = openKafka(platform, 'cli');
    if (kafka === null) return unusable(NO_BROKERS);
    const { prefix } = platform.settings.topics;
    const deps = {
      ...{ kafka, prefix, manifests: topicName(prefix, MANIFESTS), positions: topicName(prefix, POSITIONS) },
      ...{ store: platform.store, registry: platform.registry },
      partitionFor: ({ headers }: ToldRecord) => partitionOf(headers['ce_partitionkey'] ?? '', topic.partitions),
      progress: (what: string, unit: string, total: number) => bar(quiet, { what, unit, total }),
    };
    if (topic.kind === 'state') {
      const verdict = await verifyStates(deps, topic, copy);
      process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : statesText(verdict, copy));
      return verdict.faults.length === 0 ? EXIT.done : EXIT.reported;
    }
    const verdict = await verifyTopic(
      {
        ...deps,
        isSigned: (text, signature) => platform.logHeads.keys.haveSignedText(text, signature),
        fromLog: messageFromLog(platform, prefix, topic),
        logId: await platform.store.logId(),
      },
      topicName(prefix, name),
      copy,
    );
    process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : factsText(verdict, copy));
    return verdict.fault === null ? EXIT.done : EXIT.reported;
  });
}

function factsText({ topic, manifests, signed, unsigned, fault }: TopicVerdict, copy = topic): string {
  const held = `${signed} messages held against ${manifests} manifests of ${topic}, ${unsigned} came since and are not signed yet`;
  return fault === null ? `${copy} holds: ${held}\n` : `${copy} does not hold: ${fault.detail}\n${held}\n`;
}

const MOST_SHOWN = 20;

function statesText({ topic, keys, forgotten, faults }: StateVerdict, copy = topic): string {
  const held = `${keys} keys held against the log, ${forgotten} of them taken back`;
  if (faults.length === 0) return `${copy} holds: ${held}\n`;
  const shown = faults.slice(0, MOST_SHOWN).map(({ kind, detail }) => `  ${kind}: ${detail}\n`);
  const more = faults.length > MOST_SHOWN ? `  and ${faults.length - MOST_SHOWN} more; --json names all\n` : '';
  return `${copy} does not hold: ${faults.length} keys\n${shown.join('')}${more}${held}\n`;
}

/** A bar that shows once there is something to tell. */
function bar(quiet: true | undefined, of: Parameters<typeof countBar>[2]): ReturnType<typeof countBar> {
  let shown: ReturnType<typeof countBar> | undefined;
  return {
    advance() {
      shown ??= countBar(process.stderr, quiet ?? false, of);
      shown.advance();
    },
    end: () => shown?.end(),
  };
}

function unusable(message: string): number {
  process.stderr.write(`${message}\n`);
  return EXIT.unusable;
}

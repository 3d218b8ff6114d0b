import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { isInstant, toIso } from '@touchline/core';
import { partitionOf } from '@touchline/kafka';
import { openKafka } from '@touchline/platform/relay.js';
import { MANIFESTS, topicName } from '@touchline/relay';
import { messageFromLog } from '@touchline/relay/message-from-log.js';
import { replayTopic } from '@touchline/relay/replay-topic.js';
import type { TopicVerdict } from '@touchline/relay/verify-topic.js';
import { verifyTopic } from '@touchline/relay/verify-topic.js';
import type { FactTopic } from '@touchline/topics';
import { topics } from '@touchline/topics';
import { EXIT } from './exit.js';
import { withPlatform } from './platform.js';

const HELP = `
What it does:
  Reads the whole topic and its manifests: signatures, the ordinals without gaps, the chain of hashes. A message that is missing,
  doubled, moved or changed is named; which one of a stretch was changed the log tells. It changes nothing.

Exit codes:
  0  the topic holds                  2  settings or the topic cannot be used
  1  failed on the way                3  it does not hold

docs/topics.md says how to check a topic without this program.`;

export function addTopic(program: Command): void {
  const topic = program
    .command('topic')
    .summary('check a topic, or tell a stretch of it again')
    .description('The topics that tell what was recorded.');
  topic
    .command('verify')
    .summary('hold a topic against its manifests')
    .description('Holds an append-only topic against its signed manifests.')
    .argument('<topic>', 'such as touchpoints, without the prefix')
    .option('--copy <name>', 'full name of a copy to hold against them instead')
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', HELP)
    .action(async (name: string, options: { copy?: string; json?: true }) => {
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
    .action(async (name: string, options: ReplayOptions) => {
      process.exitCode = await replay(name, options);
    });
}

interface ReplayOptions {
  to: string;
  from?: string;
  until?: string;
  tenant?: string;
}

async function replay(name: string, { to, ...window }: ReplayOptions): Promise<number> {
  if (!topics.some((each) => each.name === name)) return unusable(`there are: ${topics.map((each) => each.name).join(', ')}`);
  return withPlatform(async (platform) => {
    const kafka = openKafka(platform, 'cli');
    if (kafka === null) return unusable('KAFKA_BROKERS is not set; there are no topics');
    const { prefix } = platform.settings.topics;
    if (to.startsWith(`${prefix}.`)) return unusable(`${to} is a topic of the platform itself`);
    const sent = await replayTopic(kafka, topicName(prefix, name), to, window);
    process.stdout.write(`${sent} messages sent to ${to}\n`);
    return EXIT.done;
  });
}

function instant(text: string): string {
  if (!isInstant(text)) throw new InvalidArgumentError('a date and time with an offset, such as 2026-03-31T23:59:59+08:00');
  return toIso(Date.parse(text));
}

async function verify(name: string, { copy, json }: { copy?: string; json?: true }): Promise<number> {
  const facts = topics.find((each): each is FactTopic => each.kind === 'facts' && each.name === name);
  if (facts === undefined)
    return unusable(`there are manifests of: ${topics.flatMap((each) => (each.kind === 'facts' ? [each.name] : [])).join(', ')}`);
  return withPlatform(async (platform) => {
    const kafka = openKafka(platform, 'cli');
    if (kafka === null) return unusable('KAFKA_BROKERS is not set; there are no topics');
    const { prefix } = platform.settings.topics;
    const deps = {
      kafka,
      manifests: topicName(prefix, MANIFESTS),
      isSigned: (text: string, signature: { keyId: string; signature: string }) => platform.logHeads.keys.haveSignedText(text, signature),
      fromLog: messageFromLog(platform, prefix, facts),
      logId: await platform.store.logId(),
      partitionFor: ({ headers }: { headers: Record<string, string> }) => partitionOf(headers['ce_partitionkey'] ?? '', facts.partitions),
    };
    const verdict = await verifyTopic(deps, topicName(prefix, name), copy);
    process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : textOf(verdict, copy));
    return verdict.fault === null ? EXIT.done : EXIT.reported;
  });
}

function textOf({ topic, manifests, signed, unsigned, fault }: TopicVerdict, copy = topic): string {
  const held = `${signed} messages held against ${manifests} manifests of ${topic}, ${unsigned} came since`;
  return fault === null ? `${copy} holds: ${held}\n` : `${copy} does not hold: ${fault.detail}\n${held}\n`;
}

function unusable(message: string): number {
  process.stderr.write(`${message}\n`);
  return EXIT.unusable;
}

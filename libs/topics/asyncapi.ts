import type { JsonObject } from '@touchline/core';
import { CE_TYPE_PREFIX, HEADERS, MANIFEST_HEADERS, REJECT_HEADERS, SENT_HEADERS } from './contract.js';
import type { ExampleRecord } from './examples.js';
import { intakeTopic, rejectedTopic } from './intake.js';
import { manifestMessage } from './manifest-schema.js';
import type { Schema } from './schema.js';
import { text } from './schema.js';
import type { MessageType, Topic } from './topic.js';
import { FOR_EVER } from './topic.js';

const BINDING = '0.5.0';

interface Channel {
  id: string;
  description: string;
  key: string;
  partitions: number;
  config: Readonly<Record<string, string>>;
  messages: readonly MessageType[];
  headers: Schema;
  /** The platform's part in it. */
  action: 'send' | 'receive';
}

export interface AsyncApiOptions {
  /** Records to show, by their type without prefix. */
  examples?: ReadonlyMap<string, ExampleRecord>;
  /** How the brokers are spoken to; which they are only whoever runs them tells. */
  tls?: boolean;
  /** SASL mechanism, where clients sign in. */
  sasl?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | null;
}

const SASL = { plain: 'plain', 'scram-sha-256': 'scramSha256', 'scram-sha-512': 'scramSha512' } as const;

/**
 * The AsyncAPI 3 document of the topics under a prefix: what a service that reads them can rely on, and what a system may
 * send (`taken`).
 */
export function asyncApiDocument(
  topics: readonly Topic[],
  prefix: string,
  taken: readonly MessageType[],
  { examples = new Map(), tls = false, sasl = null }: AsyncApiOptions = {},
): JsonObject {
  const channels: Channel[] = [
    ...topics.map((topic) => ({
      ...{ ...topic, id: topic.name, key: `"<group>.<id>" of the ${topic.keyedBy}` },
      ...{ headers: HEADERS, action: 'send' as const },
    })),
    {
      id: 'manifests',
      description:
        'What each append-only topic holds, counted, chained and signed, so that a missing, doubled, moved or changed message shows.',
      key: 'full name of the topic it is about',
      ...{ partitions: 1, config: FOR_EVER, messages: [manifestMessage], headers: MANIFEST_HEADERS, action: 'send' },
    },
    { ...intakeTopic, id: intakeTopic.name, key: intakeTopic.keyedBy, messages: taken, headers: SENT_HEADERS, action: 'receive' },
    { ...rejectedTopic, id: rejectedTopic.name, key: rejectedTopic.keyedBy, headers: REJECT_HEADERS, action: 'send' },
  ];
  const messages = channels.flatMap(({ messages: all, ...channel }) =>
    all.map((message) => [message.type, messageOf(message, channel, examples.get(message.type))] as const),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Touchline topics',
      version: '1.0.0',
      description:
        'What is recorded, on Kafka. Read with isolation level read_committed: then each message is there once, and in order per customer. ' +
        'Every version of a schema stays compatible with every other in both directions. Nothing personal is on any topic that tells. ' +
        'Systems send theirs to the intake: what fits one version of a schema fits every later one.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: {
      kafka: {
        host: '{brokers}',
        protocol: tls ? 'kafka-secure' : 'kafka',
        description: 'The cluster of the installation. Read with isolation level read_committed.',
        variables: { brokers: { default: '127.0.0.1:9092', description: 'as whoever runs the installation tells it' } },
        ...(sasl !== null && { security: [{ type: SASL[sasl] }] }),
      },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels.map((channel) => [channel.id, channelOf(channel, prefix)])),
    operations: Object.fromEntries(
      channels.map(({ id, description, action, messages: all }) => [
        `${action === 'send' ? 'tell' : 'take'}-${id}`,
        {
          action,
          summary: description,
          channel: { $ref: `#/channels/${id}` },
          messages: all.map(({ type }) => ({ $ref: `#/channels/${id}/messages/${type}` })),
        },
      ]),
    ),
    components: { messages: Object.fromEntries(messages) },
  };
}

function channelOf({ id, description, partitions, config, messages }: Channel, prefix: string): JsonObject {
  const topic = `${prefix}.${id}`;
  const number = (name: string): number | undefined => (config[name] === undefined ? undefined : Number(config[name]));
  const given: JsonObject = {
    'cleanup.policy': (config['cleanup.policy'] ?? 'delete').split(','),
    'retention.ms': number('retention.ms'),
    'retention.bytes': number('retention.bytes'),
    'delete.retention.ms': number('delete.retention.ms'),
    'max.message.bytes': number('max.message.bytes'),
  };
  const topicConfiguration = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    address: topic,
    description,
    messages: Object.fromEntries(messages.map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
    bindings: { kafka: { topic, partitions, topicConfiguration, bindingVersion: BINDING } },
  };
}

function messageOf(
  { type, summary, schema }: MessageType,
  { key, headers, action }: Omit<Channel, 'messages'>,
  example: ExampleRecord | undefined,
): JsonObject {
  const name = CE_TYPE_PREFIX + type;
  const model = pascal(type);
  const properties = { ...headers.properties, ce_type: { type: 'string', const: name } };
  const payload = schema ?? { type: 'null', description: 'no value: what the topic held under the key is taken back' };
  const [given] = (schema?.['examples'] ?? []) as JsonObject[];
  const shown = example ?? (action === 'receive' && given !== undefined ? sentExample(name, given) : undefined);
  return {
    ...{ name, title: model, summary, contentType: 'application/json' },
    headers: { title: `${model}Headers`, ...headers, properties },
    // Of a payload without a value, too.
    payload: { title: model, ...named(payload as Schema, model) },
    bindings: { kafka: { key: text(key), bindingVersion: BINDING } },
    ...(shown !== undefined && { examples: [{ name: type, ...shown }] }),
  };
}

const sentExample = (ce_type: string, payload: JsonObject): JsonObject => ({
  headers: { ce_specversion: '1.0', ce_id: 'pbx-4711', ce_source: '/demo/pbx', ce_type },
  payload,
});

/** What generators make a type of has a title, and so a name that stays, whatever stands around it. */
function named(schema: Schema, name: string): JsonObject {
  const fields = Object.entries(schema.properties ?? {}).map(([field, each]) => [field, named(each, name + pascal(field))] as const);
  return {
    ...((schema.type === 'object' || schema['enum'] !== undefined) && { title: name }),
    ...schema,
    ...(fields.length > 0 && { properties: Object.fromEntries(fields) }),
    ...(schema.items !== undefined && { items: named(schema.items, `${name}Item`) }),
  };
}

const pascal = (words: string): string =>
  words
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

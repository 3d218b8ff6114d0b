import type { TopicSpec } from '@touchline/kafka';
import type { Topic } from '@touchline/topics';
import { FOR_EVER } from '@touchline/topics';
import { MANIFESTS, POSITIONS } from './transaction-builder.js';
import { topicName } from './record.js';

/**
 * A position is written with every transaction and only the last counts: small segments, cleaned soon. One partition, since
 * there is one relay.
 */
const positions = {
  'cleanup.policy': 'compact',
  'segment.bytes': String(16 * 1024 * 1024),
  'segment.ms': String(60 * 60 * 1000),
  'min.cleanable.dirty.ratio': '0.1',
};

/** Every topic the relay writes, as it is to be. */
export const topicSpecs = (prefix: string, topics: readonly Topic[]): TopicSpec[] => [
  ...topics.map(({ name, partitions, config }) => ({ name: topicName(prefix, name), partitions, config })),
  { name: topicName(prefix, MANIFESTS), partitions: 1, config: FOR_EVER },
  { name: topicName(prefix, POSITIONS), partitions: 1, config: positions },
];

import { randomBytes } from 'node:crypto';
import kafkajs from 'kafkajs';
import { ensureTopics } from '@touchline/kafka';
import type { TestKafka } from '@touchline/testing/kafka.js';
import type { Consumed } from './consumer.js';
import { plainKafka } from './consumer.js';

export async function emptyTopic({ brokers, prefix }: TestKafka, numPartitions: number): Promise<string> {
  const topic = `${prefix}.copy-${randomBytes(4).toString('hex')}`;
  await ensureTopics(plainKafka(brokers), [{ name: topic, partitions: numPartitions, config: {} }]);
  return topic;
}

/** The records on a topic of their own, in as many partitions and in this order, as a mirror would have them. */
export async function copyOf(kafka: TestKafka, records: readonly Consumed[], partitions: number): Promise<string> {
  const topic = await emptyTopic(kafka, partitions);
  const createPartitioner = kafkajs.Partitioners.DefaultPartitioner;
  const producer = plainKafka(kafka.brokers).producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner });
  await producer.connect();
  const messages = records.map(({ partition, key, headers, value }) => ({ partition, key, headers, value }));
  await producer.send({ topic, messages });
  await producer.disconnect();
  return topic;
}

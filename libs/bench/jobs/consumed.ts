import { randomUUID } from 'node:crypto';
import type { Consumer } from 'kafkajs';
import { kafkaClient } from '@touchline/kafka';
import { topicName } from '@touchline/relay';
import { eventually } from '@touchline/testing/eventually.js';
import { chanceFrom } from '@touchline/testing/crash/chance.js';
import { touchpointsTopic } from '@touchline/topics/touchpoints.topic.js';
import { withPlatform } from '../data/open.js';
import { quantile } from '../statistics.js';
import { atRate } from './at-rate.js';
import type { Job } from './job.js';
import { recordCall } from './record-call.js';

export interface ConsumedInput {
  url: string;
  brokers: string;
  prefix: string;
  perSecond: number;
  seconds: number;
  journeys: readonly string[];
  seed: number;
}

const PATIENCE_MS = 60_000;

/** Records so many calls a second; of each, from the answer on, until a consumer of committed messages has been handed it. */
export const consumed: Job<ConsumedInput, { p50Ms: number; p99Ms: number }> = (input) =>
  withPlatform(input.url, async (platform) => {
    const { brokers, prefix, perSecond, seconds, journeys, seed } = input;
    const kafka = kafkaClient({ brokers: [brokers], clientId: 'bench-service' });
    const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}`, readUncommitted: false, allowAutoTopicCreation: false });
    // When the message of the event at that place was handed over, by performance.now().
    const handed = new Map<string, number>();
    await follow(consumer, topicName(prefix, touchpointsTopic.name), (position) => handed.set(position, performance.now()));
    const chance = chanceFrom(seed);
    const recorded = await atRate(perSecond, seconds, async (n) => {
      const position = await recordCall(platform, `consumed ${seed} ${n}`, chance.pick(journeys));
      return { position, at: performance.now() };
    });
    await eventually(async () => recorded.every(({ position }) => handed.has(position)), PATIENCE_MS);
    await consumer.disconnect();
    const latencies = recorded.map(({ position, at }) => (handed.get(position) ?? Infinity) - at);
    return { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) };
  });

/** From the end of the topic on. Resolves once it is the consumer's; its offsets are its own affair. */
async function follow(consumer: Consumer, topic: string, onMessage: (position: string) => unknown): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: false });
  await new Promise<void>((joined, reject) => {
    consumer.on(consumer.events.GROUP_JOIN, () => joined());
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer
      .run({ autoCommit: false, eachMessage: async ({ message }) => void onMessage(String(message.headers?.['ce_logposition'])) })
      .catch(reject);
  });
}

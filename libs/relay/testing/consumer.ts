import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { eventually } from '@touchline/testing/eventually.js';

/** A record as a service gets it that knows nothing of us. */
export interface Consumed {
  partition: number;
  offset: number;
  key: string;
  headers: Record<string, string>;
  value: string | null;
}

export const plainKafka = (brokers: string): kafkajs.Kafka =>
  new kafkajs.Kafka({ clientId: 'consumer', brokers: brokers.split(','), logLevel: kafkajs.logLevel.NOTHING });

/**
 * Everything committed on a topic by now, by a plain `read_committed` consumer; partition by partition, in order. Reads again
 * until there are so many: the broker says that a transaction is committed a little before each partition shows it.
 */
export async function consumeAll(brokers: string, topic: string, atLeast = 0): Promise<Consumed[]> {
  return eventually(async () => {
    const consumed = await consumeOnce(brokers, topic);
    return consumed.length >= atLeast && consumed;
  });
}

async function consumeOnce(brokers: string, topic: string): Promise<Consumed[]> {
  const kafka = plainKafka(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map(
    (await admin.fetchTopicOffsets(topic)).flatMap(({ partition, low, high }) => (high > low ? [[partition, +high]] : [])),
  );
  await admin.disconnect();
  const consumed: Consumed[] = [];
  if (ends.size === 0) return consumed;
  const consumer = kafka.consumer({ groupId: `consumer-${randomUUID()}`, maxWaitTimeInMs: 100 });
  try {
    await new Promise<void>((done, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        if (Number(lastOffset) >= (ends.get(partition) ?? Infinity) - 1) ends.delete(partition);
        if (ends.size === 0) done();
      });
      void (async () => {
        await consumer.connect();
        await consumer.subscribe({ topics: [topic], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          eachMessage: async ({ partition, message: { offset, key, headers = {}, value } }) => {
            consumed.push({
              ...{ partition, offset: Number(offset), key: String(key), value: value === null ? null : String(value) },
              headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
            });
          },
        });
      })().catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return consumed.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { headersOf } from './bounded-headers.js';
import { ReadTimeout } from './committed.js';
import type { ReceivedRecord } from './consume.js';
import { withAdmin } from './topic-admin.js';

const PATIENCE_MS = 30_000;

/**
 * The record at a place, or the first one behind it where it is gone; null where there is none any more. Leaves nothing behind.
 * @throws ReadTimeout; the client's own error where it cannot read what stands there
 */
export async function recordAt(
  kafka: Kafka,
  { topic, partition, offset }: { topic: string; partition: number; offset: string },
): Promise<ReceivedRecord | null> {
  const [end] = (await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic))).filter((each) => each.partition === partition);
  if (end === undefined || BigInt(end.high) <= BigInt(offset)) return null;
  const groupId = `${topic}-reader-${randomUUID()}`;
  const consumer = kafka.consumer({
    ...{ groupId, readUncommitted: false, allowAutoTopicCreation: false, maxWaitTimeInMs: 100 },
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  const over = new AbortController();
  let started: Promise<void> = Promise.resolve();
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: false });
    return await new Promise((done, reject) => {
      consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
        const others = (memberAssignment[topic] ?? []).filter((each) => each !== partition);
        consumer.pause([{ topic, partitions: others }]);
        consumer.seek({ topic, partition, offset });
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        // Undone ones and markers alone, to the end.
        if (payload.partition === partition && BigInt(payload.lastOffset) + 1n >= BigInt(end.high)) done(null);
      });
      started = consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          const message = batch.messages.find((each) => batch.partition === partition && BigInt(each.offset) >= BigInt(offset));
          if (message === undefined) return Promise.resolve();
          const { headers, leftOut } = headersOf(message.headers);
          done({ ...message, topic, partition, headers, headersLeftOut: leftOut });
          return Promise.resolve();
        },
      });
      started.catch(reject);
      void delay(PATIENCE_MS, undefined, { signal: over.signal }).then(
        () => reject(new ReadTimeout(`what stands at ${offset} of partition ${partition} could not be read`)),
        () => undefined,
      );
    });
  } finally {
    over.abort();
    await started.catch(() => undefined);
    await consumer.disconnect().catch(() => undefined);
    await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { NotReadInTime } from './committed.js';
import type { ReceivedRecord } from './consume.js';
import { withAdmin } from './topic-admin.js';

/** After so long without anything new the end is not waited for any more; what a producer left open ends sooner. */
const PATIENCE_MS = 30_000;

/**
 * Everything committed on a topic by now, each partition's records in order; partitions come as they are fetched. `onRecord`
 * is waited for. Leaves nothing behind.
 * @throws NotReadInTime
 */
export async function readTopic(kafka: Kafka, topic: string, onRecord: (record: ReceivedRecord) => Promise<void> | void): Promise<void> {
  const open = await endsOf(kafka, topic);
  if (open.size === 0) return;
  const groupId = `${topic}-reader-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, allowAutoTopicCreation: false, maxWaitTimeInMs: 100 });
  const over = new AbortController();
  let started: Promise<void> = Promise.resolve();
  let read = 0;
  /** A client that begins again by itself hands out again what it had. */
  const reached = new Map<number, bigint>();
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((done, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
        read += 1;
        if (BigInt(lastOffset) + 1n >= (open.get(partition) ?? 0n)) open.delete(partition);
        if (open.size === 0) done();
      });
      started = consumer.run({
        autoCommit: false,
        eachBatch: async (payload) => {
          const { partition, messages } = payload.batch;
          for (const message of messages) {
            const offset = BigInt(message.offset);
            if (offset < (reached.get(partition) ?? 0n) || !open.has(partition)) continue;
            try {
              await onRecord({ ...message, topic, partition, headers: message.headers ?? {} });
            } catch (error) {
              // Not for the client to try again.
              reject(error instanceof Error ? error : new Error(String(error)));
              return;
            }
            reached.set(partition, offset + 1n);
            read += 1;
            await payload.heartbeat();
          }
        },
      });
      started.catch(reject);
      void watch(() => read, over.signal).then(() => {
        if (!over.signal.aborted) reject(new NotReadInTime(`${topic} could not be read to the end`));
      });
    });
  } finally {
    over.abort();
    await started.catch(() => undefined);
    await consumer.disconnect().catch(() => undefined);
    await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

/** Where each partition ends that holds anything. */
async function endsOf(kafka: Kafka, topic: string): Promise<Map<number, bigint>> {
  const offsets = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  return new Map(offsets.flatMap(({ partition, low, high }) => (BigInt(high) > BigInt(low) ? [[partition, BigInt(high)]] : [])));
}

/** Resolves once nothing has changed for too long, or with the signal. */
async function watch(progress: () => number, signal: AbortSignal): Promise<void> {
  for (let before = -1; before !== progress() && !signal.aborted;) {
    before = progress();
    await delay(PATIENCE_MS, undefined, { signal }).catch(() => undefined);
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { headersOf } from './bounded-headers.js';
import { ReadTimeout } from './committed.js';
import type { ReceivedRecord } from './consume.js';
import { withAdmin } from './topic-admin.js';

/** After so long without anything new the end is not waited for any more; what a producer left open ends sooner. */
const PATIENCE_MS = 30_000;

const LOOK_EVERY_MS = 250;
/** So long is waited for what must be there, without anything new, before it is taken for missing. */
const GRACE_MS = 5_000;

export class NoSuchTopic extends Error {
  override readonly name = 'NoSuchTopic';
}

/**
 * Everything committed on a topic by now, each partition's records in order; partitions come as they are fetched. `onRecord`
 * is waited for. Leaves nothing behind.
 *
 * The broker says that a transaction is committed a little before each partition shows it, and its ends until then leave it out.
 * Whoever knows of more than that says with `isEnough` whether it has come; if it does not, the reading ends all the same.
 * @throws ReadTimeout, NoSuchTopic
 */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  onRecord: (record: ReceivedRecord) => Promise<void> | void,
  isEnough: () => boolean = () => true,
): Promise<void> {
  const open = await endsOf(kafka, topic);
  if (open.size === 0 && isEnough()) return;
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
        if (open.size === 0 && isEnough()) done();
      });
      started = consumer.run({
        autoCommit: false,
        eachBatch: async (payload) => {
          const { partition, messages } = payload.batch;
          for (const message of messages) {
            const offset = BigInt(message.offset);
            if (offset < (reached.get(partition) ?? 0n) || (!open.has(partition) && isEnough())) continue;
            try {
              const { headers, leftOut } = headersOf(message.headers);
              await onRecord({ ...message, topic, partition, headers, headersLeftOut: leftOut });
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
      const patience = (): number => (open.size === 0 ? GRACE_MS : PATIENCE_MS);
      void watch(() => read, patience, over.signal).then(() => {
        if (over.signal.aborted) return;
        if (open.size === 0) done();
        else reject(new ReadTimeout(`${topic} could not be read to the end`));
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
  const offsets = await withAdmin(kafka, async (admin) => {
    if (!(await admin.listTopics()).includes(topic)) throw new NoSuchTopic(`there is no topic ${topic}`);
    return admin.fetchTopicOffsets(topic);
  });
  return new Map(offsets.flatMap(({ partition, low, high }) => (BigInt(high) > BigInt(low) ? [[partition, BigInt(high)]] : [])));
}

/** Resolves once nothing has changed for too long, or with the signal. */
async function watch(progress: () => number, patienceMs: () => number, signal: AbortSignal): Promise<void> {
  let [before, since] = [progress(), performance.now()];
  while (!signal.aborted && performance.now() - since < patienceMs()) {
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (progress() !== before) [before, since] = [progress(), performance.now()];
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, Kafka } from 'kafkajs';
import { withAdmin } from './topic-admin.js';

/** A committed record, as any `read_committed` reader sees it. */
export interface CommittedRecord {
  topic: string;
  partition: number;
  offset: string;
  key: string;
  value: string | null;
}

/** Answered neither yes nor no within the time: something is to be tried again. */
export class ReadTimeout extends Error {
  override readonly name = 'ReadTimeout';
}

const PATIENCE_MS = 30_000;
/** Of the end of a partition it is enough to see this much at first: two records and two markers a transaction. */
const TAIL = 200;

/**
 * The last record under `key` before the record that `isEnd` knows, in a topic of one partition. Reads a little at the end
 * first, and from the beginning where nothing of the key stands there.
 */
export async function lastUnder(
  kafka: Kafka,
  { topic, key, isEnd }: { topic: string; key: string; isEnd: (record: CommittedRecord) => boolean },
): Promise<CommittedRecord | null> {
  const [bounds] = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  const low = Number(bounds?.low ?? 0);
  const tail = Math.max(low, Number(bounds?.high ?? 0) - TAIL);
  for (const from of new Set([tail, low])) {
    const found: CommittedRecord[] = [];
    await reading(kafka, [topic], {
      from: { topic, offset: from },
      onRecord: (record) => {
        if (Number(record.offset) < from) return false;
        if (isEnd(record)) return true;
        if (record.key === key) found.push(record);
        return false;
      },
    });
    const last = found.at(-1);
    if (last !== undefined) return last;
  }
  return null;
}

/** Those of the topics that hold anything committed. What a relay left open when it was killed does not count. */
export async function topicsWithData(kafka: Kafka, topics: readonly string[]): Promise<string[]> {
  // Partition → its end; only those that hold records of any kind.
  const open = new Map<string, number>();
  await withAdmin(kafka, async (admin) => {
    for (const topic of topics)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (Number(high) > Number(low)) open.set(`${topic} ${partition}`, Number(high));
  });
  const filled = new Set<string>();
  if (open.size === 0) return [];
  await reading(kafka, [...new Set([...open.keys()].map((place) => place.split(' ')[0] ?? ''))], {
    onRecord: ({ topic, partition }) => {
      filled.add(topic);
      open.delete(`${topic} ${partition}`);
      return open.size === 0;
    },
    onReached: (topic, partition, offset) => {
      const place = `${topic} ${partition}`;
      if (offset >= (open.get(place) ?? Infinity) - 1) open.delete(place);
      return open.size === 0;
    },
  });
  return [...filled].sort();
}

interface Reading {
  from?: { topic: string; offset: number };
  /** True ends the reading. */
  onRecord: (record: CommittedRecord) => boolean;
  /** Told how far a partition was read, undone records and markers included. */
  onReached?: (topic: string, partition: number, offset: number) => boolean;
}

/** Reads committed records from the beginning, or from a place, as a consumer group of one that is gone afterwards. */
async function reading(kafka: Kafka, topics: readonly string[], { from, onRecord, onReached }: Reading): Promise<void> {
  const groupId = `${topics[0] ?? ''}-reader-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, allowAutoTopicCreation: false, maxWaitTimeInMs: 100 });
  const over = new AbortController();
  let ended = false;
  try {
    await new Promise<void>((done, reject) => {
      const end = (): void => {
        ended = true;
        done();
      };
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { topic, partition, lastOffset } }) => {
        if (onReached?.(topic, partition, Number(lastOffset)) === true) end();
      });
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        // A broker that has just begun is still loading its groups; the client begins again by itself, at the beginning.
        if (!payload.restart) reject(payload.error);
      });
      run(consumer, topics, from, (record) => {
        if (!ended && onRecord(record)) end();
      }).catch(reject);
      void delay(PATIENCE_MS, undefined, { signal: over.signal }).then(
        () => reject(new ReadTimeout(`${topics.join(', ')} could not be read to the end`)),
        () => undefined,
      );
    });
  } finally {
    over.abort();
    await consumer.disconnect().catch(() => undefined);
    await withAdmin(kafka, (admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
}

async function run(
  consumer: Consumer,
  topics: readonly string[],
  from: Reading['from'],
  onRecord: (record: CommittedRecord) => void,
): Promise<void> {
  // Each time it joins: a client that begins again has forgotten where it was sent.
  consumer.on(consumer.events.GROUP_JOIN, () => {
    if (from !== undefined) consumer.seek({ topic: from.topic, partition: 0, offset: String(from.offset) });
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch: { topic, partition, messages } }) => {
      for (const { offset, key, value } of messages)
        onRecord({ topic, partition, offset, key: key?.toString() ?? '', value: value?.toString() ?? null });
    },
  });
}

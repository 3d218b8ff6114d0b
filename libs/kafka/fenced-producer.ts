import kafkajs from 'kafkajs';
import type { Kafka, Message, Producer, TopicMessages, Transaction } from 'kafkajs';

/** A record with its place; null as value takes back what a compacted topic holds under the key. */
export interface OutgoingRecord {
  topic: string;
  partition: number;
  key: string;
  headers: Readonly<Record<string, string>>;
  value: string | null;
}

/** How far a group has consumed a partition; the offset is that of the next record. */
export interface ConsumedUpTo {
  groupId: string;
  topic: string;
  partition: number;
  offset: string;
  /** Stands beside the offset, for whoever reads it. */
  metadata?: string;
}

/** What a producer left open is given up by the broker after this long, so that readers are not held up (ADR 0017). */
const TRANSACTION_TIMEOUT_MS = 10_000;
/** Of one request; a batch of the relay is mostly one. */
const BYTES_AT_ONCE = 8 * 1024 * 1024;
/** Of what goes to one partition in it; the broker's limit is 1 MiB. */
const PARTITION_BYTES_AT_ONCE = 768 * 1024;

/**
 * The one producer under its transactional id. Opening it fences whoever was before: what they have open is undone, and
 * whatever they still try fails. After any error it is to be closed and never used again: a failed commit may have
 * succeeded, and leaves the client stuck (ADR 0017).
 */
export class FencedProducer {
  private constructor(private readonly producer: Producer) {}

  static async open(kafka: Kafka, transactionalId: string): Promise<FencedProducer> {
    const producer = kafka.producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    try {
      // Only a transaction asks for the producer's id, which is what fences; connecting alone does not (ADR 0017).
      await (await producer.transaction()).abort();
      return new FencedProducer(producer);
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** All of them or none become visible to `read_committed` readers, each partition's in this order; what is `consumed`, of one group, counts then too. */
  async commit(records: readonly OutgoingRecord[], ...consumed: readonly ConsumedUpTo[]): Promise<void> {
    const transaction = await this.producer.transaction();
    for (const chunk of chunksOf(records)) await send(transaction, chunk);
    const [first] = consumed;
    if (first !== undefined) {
      const partitions = consumed.map(({ partition, offset, metadata = '' }) => ({ partition, offset, metadata }));
      await transaction.sendOffsets({ consumerGroupId: first.groupId, topics: [{ topic: first.topic, partitions }] });
    }
    await transaction.commit();
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}

async function send(transaction: Transaction, records: readonly OutgoingRecord[]): Promise<void> {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, partition, key, headers, value } of records) {
    const messages = byTopic.get(topic) ?? [];
    byTopic.set(topic, messages);
    messages.push({ key, value, partition, headers });
  }
  const topicMessages: TopicMessages[] = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
  await transaction.sendBatch({ topicMessages, acks: -1 });
}

function* chunksOf(records: readonly OutgoingRecord[]): Generator<OutgoingRecord[]> {
  let chunk: OutgoingRecord[] = [];
  let bytes = 0;
  const ofPartition = new Map<string, number>();
  for (const record of records) {
    const size = sizeOf(record);
    const place = `${record.topic} ${record.partition}`;
    const there = ofPartition.get(place) ?? 0;
    if (chunk.length > 0 && (bytes + size > BYTES_AT_ONCE || there + size > PARTITION_BYTES_AT_ONCE)) {
      yield chunk;
      [chunk, bytes] = [[], 0];
      ofPartition.clear();
    }
    chunk.push(record);
    bytes += size;
    ofPartition.set(place, (ofPartition.get(place) ?? 0) + size);
  }
  if (chunk.length > 0) yield chunk;
}

/** Of headers at most three bytes a character, which only texts in Chinese need; a bound is all that is wanted. */
const sizeOf = ({ key, headers, value }: OutgoingRecord): number => {
  let characters = key.length;
  for (const name in headers) characters += name.length + (headers[name]?.length ?? 0) + 2;
  return 3 * characters + Buffer.byteLength(value ?? '') + 100;
};

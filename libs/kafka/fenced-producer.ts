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
}

/** What a producer left open is given up by the broker after this long, so that readers are not held up (D18). */
const TRANSACTION_TIMEOUT_MS = 10_000;
/** Of one request; the broker's limit for what goes to one partition is 1 MiB. */
const BYTES_AT_ONCE = 512 * 1024;

/**
 * The one producer under its transactional id. Opening it fences whoever was before: what they have open is undone, and
 * whatever they still try fails. After any error it is to be closed and never used again: a failed commit may have
 * succeeded, and leaves the client stuck (D18).
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
      // Only a transaction asks for the producer's id, which is what fences; connecting alone does not (D18).
      await (await producer.transaction()).abort();
      return new FencedProducer(producer);
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** All of them or none become visible to `read_committed` readers, each partition's in this order; `consumed` counts then too. */
  async commit(records: readonly OutgoingRecord[], consumed?: ConsumedUpTo): Promise<void> {
    const transaction = await this.producer.transaction();
    for (const chunk of chunksOf(records)) await send(transaction, chunk);
    if (consumed !== undefined) {
      const { groupId, topic, partition, offset } = consumed;
      await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition, offset }] }] });
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
    messages.push({ key, value, partition, headers: { ...headers } });
  }
  const topicMessages: TopicMessages[] = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
  await transaction.sendBatch({ topicMessages, acks: -1 });
}

function* chunksOf(records: readonly OutgoingRecord[]): Generator<OutgoingRecord[]> {
  let chunk: OutgoingRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (chunk.length > 0 && bytes + size > BYTES_AT_ONCE) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(record);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

/** At most three bytes a character, which only texts in Chinese need; a bound is all that is wanted. */
const sizeOf = ({ headers, value }: OutgoingRecord): number => 3 * (value?.length ?? 0) + 800 + 24 * Object.keys(headers).length;

import type { Kafka, OutgoingRecord } from '@touchline/kafka';
import { FencedProducer, NoSuchTopic, partitionOf, readTopic, withAdmin } from '@touchline/kafka';
import type { ToldRecord } from './verify-topic.js';
import { toldOf } from './verify-topic.js';

/** Of the time it was recorded; both ends count. Instants in UTC. */
export interface ReplayWindow {
  from?: string;
  until?: string;
  /** One group alone. */
  tenant?: string;
}

const AT_ONCE = 500;

/**
 * Sends what a topic told within a window to another topic, as it was told: same keys, headers and values, in order per
 * customer in however many partitions that one has. Some hundred messages become visible at a time; cut short, the first of
 * them stay.
 * @returns how many; `onRead` is told of every message that was looked at
 * @throws NoSuchTopic
 */
export async function replayTopic(
  kafka: Kafka,
  topic: string,
  to: string,
  window: ReplayWindow,
  onRead: () => void = () => undefined,
): Promise<number> {
  const partitions = await partitionsOf(kafka, to);
  const producer = await FencedProducer.open(kafka, `${to}.replay`);
  let waiting: OutgoingRecord[] = [];
  let sent = 0;
  const send = async (): Promise<void> => {
    if (waiting.length > 0) await producer.commit(waiting);
    sent += waiting.length;
    waiting = [];
  };
  try {
    await readTopic(kafka, topic, async (record) => {
      onRead();
      const told = toldOf(record);
      if (!isWithin(told, window)) return;
      const { headers, key, value } = told;
      waiting.push({ topic: to, partition: partitionOf(headers['ce_partitionkey'] ?? key, partitions), key, headers, value });
      if (waiting.length >= AT_ONCE) await send();
    });
    await send();
    return sent;
  } finally {
    await producer.close();
  }
}

/** Instants of the platform have one form, in UTC with milliseconds, and compare as text. */
function isWithin({ headers }: ToldRecord, { from = '', until, tenant }: ReplayWindow): boolean {
  const at = headers['ce_recordedtime'] ?? '';
  return at >= from && (until === undefined || at <= until) && (tenant === undefined || headers['ce_tenant'] === tenant);
}

async function partitionsOf(kafka: Kafka, topic: string): Promise<number> {
  return withAdmin(kafka, async (admin) => {
    if (!(await admin.listTopics()).includes(topic)) throw new NoSuchTopic(`there is no topic ${topic}; create it first`);
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.length ?? 1;
  });
}

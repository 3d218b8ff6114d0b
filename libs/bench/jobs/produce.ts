import kafkajs from 'kafkajs';
import type { Message, Producer } from 'kafkajs';
import { ensureTopics, kafkaClient } from '@touchline/kafka';
import { topicName, topicSpecs } from '@touchline/relay';
import { topics } from '@touchline/topics';
import type { Job } from './job.js';
import { timed } from './timed.js';

export interface ProduceInput {
  brokers: string;
  /** Prefix of topics that hold the messages, and how many those are. */
  from: string;
  messages: number;
  /** Prefix of topics of the same shape that they are produced to. */
  to: string;
}

interface ToProduce extends Message {
  topic: string;
  partition: number;
}

/** So many are read at a time, and then produced; the reading is not counted. */
const READ_AT_ONCE = 20_000;
/** Requests of so many messages, and so many of them on their way: the client encodes all the while. */
const AT_ONCE = 500;
const ON_THEIR_WAY = 3;
/** Little of each partition at a time, so that messages come mixed as they were sent. */
const READ_OF_PARTITION = 32 * 1024;

/** Produces messages that a relay has told, with nothing around it: no transaction, no idempotence, no position. */
export const produce: Job<ProduceInput, { messages: number; seconds: number }> = async ({ brokers, from, messages, to }) => {
  const kafka = kafkaClient({ brokers: [brokers], clientId: 'bench' });
  await ensureTopics(kafka, topicSpecs(to, topics));
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  const consumer = kafka.consumer({ groupId: `${from}.reader-${to}`, maxBytesPerPartition: READ_OF_PARTITION, maxWaitTimeInMs: 100 });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: topics.map(({ name }) => topicName(from, name)), fromBeginning: true });
  let [read, seconds] = [0, 0];
  let waiting: ToProduce[] = [];
  await new Promise<void>((done, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer
      .run({
        autoCommit: false,
        eachBatch: async (payload) => {
          const { topic, partition, messages: batch } = payload.batch;
          const target = to + topic.slice(from.length);
          for (const message of batch) waiting.push({ topic: target, partition, ...asText(message) });
          read += batch.length;
          if (waiting.length < READ_AT_ONCE && read < messages) return;
          seconds += (await timed(() => sendAll(producer, waiting))) / 1000;
          waiting = [];
          await payload.heartbeat();
          if (read >= messages) done();
        },
      })
      .catch(reject);
  });
  await Promise.all([producer.disconnect(), consumer.disconnect()]);
  if (read !== messages) throw new Error(`${read} messages were read, not ${messages}`);
  return { messages, seconds };
};

/** As a producer has it: texts, not bytes. */
const asText = ({ key, value, headers = {} }: Message): Message => ({
  key: key?.toString() ?? null,
  value: value?.toString() ?? null,
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
});

/** In order, some requests on their way at once. */
async function sendAll(producer: Producer, all: readonly ToProduce[]): Promise<void> {
  const inFlight: Promise<unknown>[] = [];
  for (let first = 0; first < all.length; first += AT_ONCE) {
    if (inFlight.length >= ON_THEIR_WAY) await inFlight.shift();
    const some = all.slice(first, first + AT_ONCE);
    const topicMessages = [...new Set(some.map(({ topic }) => topic))].map((topic) => ({
      topic,
      messages: some.filter((message) => message.topic === topic),
    }));
    const sent = producer.sendBatch({ acks: -1, topicMessages });
    sent.catch(() => undefined);
    inFlight.push(sent);
  }
  await Promise.all(inFlight);
}

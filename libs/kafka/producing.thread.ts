import { parentPort, workerData } from 'node:worker_threads';
import type { OutgoingRecord } from './fenced-producer.js';
import { FencedProducer } from './fenced-producer.js';
import { kafkaClient } from './connect.js';
import type { Answer, Asked, PackedRecord, ThreadOf } from './producer-thread.js';

// Runs a FencedProducer for whoever started the thread: one thing after the other, answered in the order they were asked.

const { options, transactionalId } = workerData as ThreadOf;
const say = (answer: Answer): void => parentPort?.postMessage(answer);
const kafka = kafkaClient({ ...options, onTrouble: (trouble) => say({ trouble }) });
let producer: FencedProducer | null = null;

/** After a failure nothing more is sent: what was asked for meanwhile fails with it. */
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (asked: Asked) => {
  last = asked === 'close' ? last.catch(() => undefined).then(close) : last.then(() => (asked === 'open' ? open() : commit(asked)));
  last.then(
    () => say({ done: true }),
    (error: unknown) => say({ failed: described(error) }),
  );
});

async function open(): Promise<void> {
  producer = await FencedProducer.open(kafka, transactionalId);
}

async function commit(records: readonly PackedRecord[]): Promise<void> {
  await producer?.commit(records.map(unpacked));
}

async function close(): Promise<void> {
  await producer?.close();
}

const described = (error: unknown): { name: string; message: string } =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };

const unpacked = ({ topic, partition, text }: PackedRecord): OutgoingRecord => ({
  topic,
  partition,
  ...(JSON.parse(text) as Pick<OutgoingRecord, 'headers' | 'key' | 'value'>),
});

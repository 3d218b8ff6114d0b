import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { ConsumedUpTo, OutgoingRecord } from './fenced-producer.js';
import { FencedProducer } from './fenced-producer.js';
import { withAdmin } from './topic-admin.js';

/** A record as it was sent by whomever. */
export interface ReceivedRecord {
  topic: string;
  partition: number;
  offset: string;
  /** Milliseconds, as the broker or the sender put it. */
  timestamp: string;
  key: Buffer | null;
  headers: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  value: Buffer | null;
}

/** A stretch of one partition, in order, for whoever works it off. */
export interface ReceivedBatch {
  partition: number;
  records: readonly ReceivedRecord[];
  /** Offset of the partition's next record. */
  end: string;
  /** Called at least every few seconds of work; throws where the partition was given to another. False: stop, and commit what is done. */
  mayGoOn(): Promise<boolean>;
  /** What the work up to and with this record led to, and that it is done: both or neither become known (D18). */
  commit(upTo: ReceivedRecord, produced: readonly OutgoingRecord[]): Promise<void>;
}

export interface GroupOptions {
  groupId: string;
  topic: string;
  partitionsAtOnce: number;
  onBatch: (batch: ReceivedBatch) => Promise<void>;
}

/** After how long without a sign of life another member takes the partitions over. */
const SESSION_MS = 10_000;

/**
 * Consumes a topic as a member of a group until the signal, and produces what comes of it in the transaction that also says
 * how far it has come. Each partition has a transactional id: whoever gets the partition opens it, which fences the member
 * before, and only then reads how far that one came. So nothing is passed over and nothing produced twice, whoever was
 * killed or stopped when; a batch may be worked off again.
 * @throws where the client gives up; begin anew then
 */
export async function consumeGroup(
  kafka: Kafka,
  { groupId, topic, partitionsAtOnce, onBatch }: GroupOptions,
  signal: AbortSignal,
): Promise<void> {
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: SESSION_MS / 5,
    maxWaitTimeInMs: 500,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    // Only whoever called knows whether going on makes sense.
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  const held = new HeldPartitions(kafka, groupId, topic);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await untilOver(consumer, signal, () => held.letGo(), {
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: (payload) => held.work(payload, onBatch, signal),
    });
  } finally {
    await consumer.disconnect().catch(() => undefined);
    await held.letGo();
  }
}

async function untilOver(
  consumer: Consumer,
  signal: AbortSignal,
  onJoin: () => Promise<void>,
  config: Parameters<Consumer['run']>[0],
): Promise<void> {
  let stop = (): void => undefined;
  let started: Promise<void> = Promise.resolve();
  try {
    await new Promise<void>((done, reject) => {
      stop = () => done();
      signal.addEventListener('abort', stop);
      if (signal.aborted) return done();
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // Partitions may have been with another member in between.
      consumer.on(consumer.events.GROUP_JOIN, () => void onJoin());
      started = consumer.run(config);
      started.catch(reject);
    });
  } finally {
    // Disconnected while it joins, the client would go on behind our back.
    await started.catch(() => undefined);
    signal.removeEventListener('abort', stop);
  }
}

/** The partitions this member works off, each opened when its first batch comes. */
class HeldPartitions {
  private open = new Map<number, Promise<HeldPartition>>();

  constructor(
    private readonly kafka: Kafka,
    private readonly groupId: string,
    private readonly topic: string,
  ) {}

  async work(payload: EachBatchPayload, onBatch: GroupOptions['onBatch'], signal: AbortSignal): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const opening = this.open.get(partition) ?? HeldPartition.open(this.kafka, { groupId: this.groupId, topic: this.topic, partition });
    this.open.set(partition, opening);
    try {
      const held = await opening;
      const records = batch.messages.map((message): ReceivedRecord => ({
        ...message,
        topic: this.topic,
        partition,
        headers: message.headers ?? {},
      }));
      const left = records.filter(({ offset }) => held.isAhead(offset));
      await onBatch({
        partition,
        records: left,
        end: batch.highWatermark,
        mayGoOn: async () => {
          await payload.heartbeat();
          return payload.isRunning() && !payload.isStale() && !signal.aborted;
        },
        commit: async (upTo, produced) => {
          await held.commit(upTo, produced);
          payload.resolveOffset(upTo.offset);
        },
      });
      // What was not left to do is passed too, and so are markers at the end of the batch.
      const last = left.at(-1);
      if (last === undefined || !held.isAhead(last.offset)) payload.resolveOffset(batch.lastOffset());
    } catch (error) {
      // Whatever it was: only the broker knows how far this partition has come (D18).
      this.open.delete(partition);
      void opening.then((held) => held.close()).catch(() => undefined);
      throw error;
    }
  }

  async letGo(): Promise<void> {
    const all = [...this.open.values()];
    this.open = new Map();
    await Promise.all(all.map((opening) => opening.then((held) => held.close()).catch(() => undefined)));
  }
}

class HeldPartition {
  private constructor(
    private readonly producer: FencedProducer,
    private readonly of: Omit<ConsumedUpTo, 'offset'>,
    /** Offset of the next record to be worked off. */
    private next: bigint,
  ) {}

  static async open(kafka: Kafka, of: Omit<ConsumedUpTo, 'offset'>): Promise<HeldPartition> {
    const producer = await FencedProducer.open(kafka, `${of.groupId}.${of.partition}`);
    try {
      const [found] = await withAdmin(kafka, (admin) => admin.fetchOffsets({ groupId: of.groupId, topics: [of.topic] }));
      const offset = found?.partitions.find(({ partition }) => partition === of.partition)?.offset ?? '-1';
      return new HeldPartition(producer, of, BigInt(offset));
    } catch (error) {
      await producer.close().catch(() => undefined);
      throw error;
    }
  }

  isAhead(offset: string): boolean {
    return BigInt(offset) >= this.next;
  }

  async commit({ offset }: ReceivedRecord, produced: readonly OutgoingRecord[]): Promise<void> {
    const next = BigInt(offset) + 1n;
    await this.producer.commit(produced, { ...this.of, offset: next.toString() });
    this.next = next;
  }

  async close(): Promise<void> {
    await this.producer.close();
  }
}

import type { Consumer, Kafka } from 'kafkajs';
import type { Headers } from './bounded-headers.js';
import type { OutgoingRecord } from './fenced-producer.js';
import type { GroupOf } from './group-owner.js';
import type { PartitionWork } from './assigned-partitions.js';
import { AssignedPartitions } from './assigned-partitions.js';

/** A record as it was sent by whomever. */
export interface ReceivedRecord {
  topic: string;
  partition: number;
  offset: string;
  /** Milliseconds, as the broker or the sender put it. */
  timestamp: string;
  key: Buffer | null;
  headers: Headers;
  /** How many headers are not among them, since there were too many. */
  headersLeftOut: number;
  value: Buffer | null;
}

/** A stretch of one partition, in order, for whoever works it off. */
export interface ReceivedBatch {
  partition: number;
  records: readonly ReceivedRecord[];
  /** Called at least every few seconds of work; throws where the partition was given to another. False: stop, and commit what is done. */
  mayGoOn(): Promise<boolean>;
  /** What the work up to and with this record led to, and that it is done: both or neither become known (ADR 0022). */
  commit(upTo: ReceivedRecord, produced: readonly OutgoingRecord[]): Promise<void>;
}

export interface GroupOptions extends GroupOf, PartitionWork {
  partitionsAtOnce: number;
  /** Told the partitions that are this member's from now on. */
  onAssigned?: (partitions: readonly number[]) => void;
}

/** After how long without a sign of life another member takes the partitions over. */
const SESSION_MS = 10_000;

/**
 * Consumes a topic as a member of a group until the signal, and produces what comes of it in the transaction that also says
 * how far it has come. Each partition has a transactional id: whoever gets the partition opens it, which fences the member
 * before, and only then reads how far that one came. So nothing is passed over and nothing produced twice, whoever was
 * killed or stopped when; a batch may be worked off again. A partition that cannot go on rests, and holds up no other.
 * @throws where the client gives up; begin anew then. GroupOwnedElsewhere where the group is another's
 */
export async function consumeGroup(kafka: Kafka, options: GroupOptions, signal: AbortSignal): Promise<void> {
  const { groupId, topic, partitionsAtOnce, onAssigned } = options;
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
  const over = new AbortController();
  const held = new AssignedPartitions(kafka, options, options, AbortSignal.any([signal, over.signal]));
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, batchSize, lastOffset } }) => {
    if (batchSize === 0) void held.passed(partition, lastOffset);
  });
  // Partitions may have been with another member in between.
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    void held.letGo();
    onAssigned?.(memberAssignment[topic] ?? []);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await untilOver(consumer, signal, {
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: partitionsAtOnce,
      eachBatch: (payload) => held.take(payload),
    });
  } finally {
    over.abort();
    await consumer.disconnect().catch(() => undefined);
    await held.letGo();
  }
}

async function untilOver(consumer: Consumer, signal: AbortSignal, config: Parameters<Consumer['run']>[0]): Promise<void> {
  let stop = (): void => undefined;
  let started: Promise<void> = Promise.resolve();
  try {
    await new Promise<void>((done, reject) => {
      stop = () => done();
      signal.addEventListener('abort', stop);
      if (signal.aborted) return done();
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      started = consumer.run(config);
      started.catch(reject);
    });
  } finally {
    // Disconnected while it joins, the client would go on behind our back.
    await started.catch(() => undefined);
    signal.removeEventListener('abort', stop);
  }
}

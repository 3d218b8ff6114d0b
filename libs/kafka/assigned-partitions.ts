import { setTimeout as delay } from 'node:timers/promises';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import { headersOf } from './bounded-headers.js';
import type { ReceivedBatch, ReceivedRecord } from './consume.js';
import type { ConsumedUpTo, OutgoingRecord } from './fenced-producer.js';
import { FencedProducer } from './fenced-producer.js';
import type { GroupOf } from './group-owner.js';
import { GroupOwnedElsewhere, positionsOf } from './group-owner.js';

export interface PartitionWork {
  /** @returns null where all was worked off that there was; else in how many ms to come again, the others going on meanwhile */
  onBatch: (batch: ReceivedBatch) => Promise<number | null>;
  /** What came of a batch could not be committed, or its partition not opened. @returns in how many ms to come again */
  onFault: (at: { partition: number; offset: string }, error: unknown) => number;
}

/** The partitions that a member works off, each opened when its first batch comes. One that fails rests alone. */
export class AssignedPartitions {
  private open = new Map<number, Promise<AssignedPartition>>();

  constructor(
    private readonly kafka: Kafka,
    private readonly group: GroupOf,
    private readonly work: PartitionWork,
    private readonly signal: AbortSignal,
  ) {}

  async take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const opening = this.holding(partition);
    /** Of the group itself, such as a member that joins: the client's affair. */
    let ofTheGroup: unknown;
    const heartbeat = (): Promise<void> =>
      payload.heartbeat().catch((error: unknown) => {
        ofTheGroup = error;
        throw error;
      });
    try {
      const held = await opening;
      const left = batch.messages.flatMap((message): ReceivedRecord[] => {
        if (!held.isAhead(message.offset)) return [];
        const { headers, leftOut } = headersOf(message.headers);
        return [{ ...message, topic: this.group.topic, partition, headers, headersLeftOut: leftOut }];
      });
      const last = left.at(-1)?.offset;
      const waitMs = await this.work.onBatch({
        partition,
        records: left,
        mayGoOn: async () => {
          await heartbeat();
          return payload.isRunning() && !payload.isStale() && !this.signal.aborted;
        },
        commit: async (upTo, produced) => {
          // What follows the last one in the batch are markers of transactions; they are passed with it.
          await held.commit(upTo.offset === last ? batch.lastOffset() : upTo.offset, produced);
          payload.resolveOffset(upTo.offset);
        },
      });
      if (waitMs !== null) {
        this.rest(payload, waitMs);
        return;
      }
      // What was not left to do is passed too.
      if (last === undefined || !held.isAhead(last)) payload.resolveOffset(batch.lastOffset());
    } catch (error) {
      // Whatever it was: only the broker knows how far this partition has come (ADR 0022).
      this.drop(partition);
      if (error === ofTheGroup || error instanceof GroupOwnedElsewhere) throw error;
      this.rest(payload, this.work.onFault({ partition, offset: batch.firstOffset() ?? '' }, error));
    }
  }

  /** Nothing of a batch was for us: its markers are passed for good, so that nothing seems to wait there. */
  async passed(partition: number, lastOffset: string): Promise<void> {
    try {
      const held = await this.holding(partition);
      if (held.isAhead(lastOffset)) await held.commit(lastOffset, []);
    } catch {
      // The next batch finds out what is wrong.
      this.drop(partition);
    }
  }

  async letGo(): Promise<void> {
    const all = [...this.open.values()];
    this.open = new Map();
    await Promise.all(all.map((opening) => opening.then((held) => held.close()).catch(() => undefined)));
  }

  private holding(partition: number): Promise<AssignedPartition> {
    const opening = this.open.get(partition) ?? AssignedPartition.open(this.kafka, this.group, partition);
    this.open.set(partition, opening);
    return opening;
  }

  private drop(partition: number): void {
    const opening = this.open.get(partition);
    this.open.delete(partition);
    void opening?.then((held) => held.close()).catch(() => undefined);
  }

  /** The client fetches the others meanwhile; it would wait for this one if it were waited for in its batch. */
  private rest(payload: EachBatchPayload, ms: number): void {
    // Opened anew the next time, and then where the broker says: somebody may have passed over what it stands at.
    this.drop(payload.batch.partition);
    const resume = payload.pause();
    void delay(ms, undefined, { signal: this.signal }).then(resume, () => undefined);
  }
}

class AssignedPartition {
  private last: Promise<void> = Promise.resolve();

  private constructor(
    private readonly producer: FencedProducer,
    private readonly of: Omit<ConsumedUpTo, 'offset'>,
    /** Offset of the next record to be worked off. */
    private next: bigint,
  ) {}

  static async open(kafka: Kafka, group: GroupOf, partition: number): Promise<AssignedPartition> {
    const { groupId, topic, owner } = group;
    const producer = await FencedProducer.open(kafka, `${groupId}.${partition}`);
    try {
      const found = (await positionsOf(kafka, group)).get(partition);
      return new AssignedPartition(producer, { groupId, topic, partition, metadata: owner }, BigInt(found?.offset ?? '-1'));
    } catch (error) {
      await producer.close().catch(() => undefined);
      throw error;
    }
  }

  isAhead(offset: string): boolean {
    return BigInt(offset) >= this.next;
  }

  /** `offset`: of the last that is done. One after the other. */
  commit(offset: string, produced: readonly OutgoingRecord[]): Promise<void> {
    const committed = this.last.then(() => this.commitNow(offset, produced));
    this.last = committed.catch(() => undefined);
    return committed;
  }

  private async commitNow(offset: string, produced: readonly OutgoingRecord[]): Promise<void> {
    const next = BigInt(offset) + 1n;
    await this.producer.commit(produced, { ...this.of, offset: next.toString() });
    this.next = next;
  }

  async close(): Promise<void> {
    await this.producer.close();
  }
}

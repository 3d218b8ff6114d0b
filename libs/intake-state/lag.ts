import type { GroupOf, Kafka } from '@touchline/kafka';
import { committedOf, withAdmin } from '@touchline/kafka';

/** How far a partition has been taken in, as the brokers have it. */
export interface PartitionLag {
  partition: number;
  /** Offset of the next message to be taken. */
  next: string;
  /** Offset that the next one sent will have. */
  end: string;
  /** How many messages lie between; 0 only where there are none. */
  waiting: number;
}

/** Of every partition there is, begun or not. @throws where the brokers do not say */
export async function partitionLags(kafka: Kafka, group: Omit<GroupOf, 'owner'>): Promise<PartitionLag[]> {
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(group.topic));
  const positions = await committedOf(kafka, group);
  return ends
    .map(({ partition, low, high }) => {
      const reached = BigInt(positions.get(partition)?.offset ?? low);
      // What was deleted by its age waits for nobody any more.
      const next = reached < BigInt(low) ? BigInt(low) : reached;
      // Asked in this order the position may be ahead of the end.
      const waiting = BigInt(high) > next ? BigInt(high) - next : 0n;
      return { partition, next: next.toString(), end: high, waiting: Number(waiting) };
    })
    .sort((a, b) => a.partition - b.partition);
}

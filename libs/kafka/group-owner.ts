import type { Kafka } from 'kafkajs';
import { FencedProducer } from './fenced-producer.js';
import { withAdmin } from './topic-admin.js';

/** A group that consumes a topic for one owner, who stands beside every position of it. */
export interface GroupOf {
  groupId: string;
  topic: string;
  owner: string;
}

/** The positions of the group are another's: whoever took from it now would take what is meant for that one. */
export class GroupOwnedElsewhere extends Error {
  override readonly name = 'GroupOwnedElsewhere';
  constructor(
    readonly groupId: string,
    readonly owner: string,
  ) {
    super(`the positions of the group ${groupId} are kept by another installation, ${owner}`);
  }
}

export interface GroupPosition {
  /** Of the next record. */
  offset: string;
  /** '' where whoever kept it did not say. */
  owner: string;
}

/** How far any group has come in each partition that it has begun. */
export async function committedOf(kafka: Kafka, { groupId, topic }: Omit<GroupOf, 'owner'>): Promise<Map<number, GroupPosition>> {
  const [found] = await withAdmin(kafka, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
  const begun = (found?.partitions ?? []).filter(({ offset }) => BigInt(offset) >= 0n);
  return new Map(begun.map(({ partition, offset, metadata }) => [partition, { offset, owner: metadata ?? '' }]));
}

/** @throws GroupOwnedElsewhere */
export async function positionsOf(kafka: Kafka, group: GroupOf): Promise<Map<number, GroupPosition>> {
  const positions = await committedOf(kafka, group);
  for (const { owner } of positions.values())
    if (owner !== '' && owner !== group.owner) throw new GroupOwnedElsewhere(group.groupId, owner);
  return positions;
}

/**
 * Begins a group that has not begun, before anybody joins it: where `before` has come, a group that this one follows, or at the
 * beginning of the topic. Two at once do it one after the other. `anew`: whoever kept the positions loses them, and all begins at
 * the beginning.
 * @throws GroupOwnedElsewhere
 */
export async function claimGroup(
  kafka: Kafka,
  group: GroupOf,
  { before = [], anew = false }: { before?: readonly string[]; anew?: boolean } = {},
): Promise<void> {
  const { groupId, topic, owner } = group;
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  const isBegun = async (): Promise<boolean> => !anew && (await positionsOf(kafka, group)).size === ends.length;
  if (await isBegun()) return;
  const producer = await FencedProducer.open(kafka, `${groupId}.claim`);
  try {
    // Read again: whoever was at it before us is fenced now, and may have done it.
    const known = anew ? new Map<number, GroupPosition>() : await positionsOf(kafka, group);
    const earlier = known.size > 0 || anew ? new Map<number, GroupPosition>() : await leftBy(kafka, topic, before, ends.length);
    const missing = ends.filter(({ partition }) => !known.has(partition));
    if (missing.length === 0) return;
    const begin = missing.map(({ partition, low }) => ({
      ...{ groupId, topic, partition, metadata: owner },
      offset: earlier.get(partition)?.offset ?? low,
    }));
    await producer.commit([], ...begin);
    if (!anew) return;
    // Whoever had partitions open loses them; one that was quicker than that runs still, and has to be stopped first.
    await fence(kafka, groupId, ends.length);
    await positionsOf(kafka, group);
  } finally {
    await producer.close();
  }
}

/** Where the first of these groups has come that has begun, once nobody can commit to it any more. */
async function leftBy(kafka: Kafka, topic: string, groups: readonly string[], partitions: number): Promise<Map<number, GroupPosition>> {
  for (const groupId of groups) {
    if ((await committedOf(kafka, { groupId, topic })).size === 0) continue;
    await fence(kafka, groupId, partitions);
    return committedOf(kafka, { groupId, topic });
  }
  return new Map();
}

/** Whoever has partitions of the group open cannot commit any more. */
async function fence(kafka: Kafka, groupId: string, partitions: number): Promise<void> {
  for (let partition = 0; partition < partitions; partition += 1)
    await (await FencedProducer.open(kafka, `${groupId}.${partition}`)).close();
}

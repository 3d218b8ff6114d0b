import kafkajs from 'kafkajs';
import type { IHeaders } from 'kafkajs';
import type { Platform } from '@touchline/platform';
import type { Consumed } from '@touchline/relay/testing/consumer.js';
import { consumeAll, plainKafka } from '@touchline/relay/testing/consumer.js';
import { eventually } from '@touchline/testing/eventually.js';
import type { SentMessage } from '../message.js';
import type { Reject } from '../reject.js';
import type { RunningIntake } from '../start-intake.js';
import { startIntake } from '../start-intake.js';
import { intakeGroup, intakeTopics } from '@touchline/intake-state/topics.js';

/** A message, and the key that says whose order it belongs to. */
export interface Posted {
  key: string;
  message: SentMessage;
}

/** Posts as any system would, in this order. @returns the offset of the first of one partition */
export async function post(brokers: string, topic: string, posted: readonly Posted[]): Promise<string> {
  const producer = plainKafka(brokers).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    const messages = posted.map(({ key, message: { headers, value } }) => ({ key, value, headers: { ...headers } as IHeaders }));
    const [sent] = await withAbsentHeaders(() => producer.send({ topic, messages }));
    return sent?.baseOffset ?? '';
  } finally {
    await producer.disconnect();
  }
}

/** Other clients send headers without a value; this one could, but for counting their bytes before it looks whether there are any. */
async function withAbsentHeaders<T>(work: () => Promise<T>): Promise<T> {
  const byteLength = Buffer.byteLength.bind(Buffer);
  Buffer.byteLength = (value: Parameters<typeof byteLength>[0] | null, encoding) => (value === null ? 0 : byteLength(value, encoding));
  try {
    return await work();
  } finally {
    Buffer.byteLength = byteLength;
  }
}

/** Runs an intake for so long as the work takes. */
export async function whileTaking<T>(platform: Platform, work: (intake: RunningIntake) => Promise<T>): Promise<T> {
  const intake = startIntake(platform);
  try {
    return await work(intake);
  } finally {
    await intake.drain(20_000);
  }
}

/** Waits until nothing that was posted is left; told as the committed offsets of the group, of whichever log or of one. */
export async function untilTaken(brokers: string, prefix: string, boundMs = 60_000, logId = ''): Promise<void> {
  const { intake: topic } = intakeTopics(prefix);
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  try {
    await eventually(async () => {
      const ends = (await admin.fetchTopicOffsets(topic)).filter(({ high }) => high !== '0');
      // A group that is only coming to be is not there yet, or its coordinator still loads.
      const { groups } = await admin.listGroups().catch(() => ({ groups: [] }));
      const groupId = groups.find((group) => group.groupId.startsWith(intakeGroup(prefix, logId)))?.groupId;
      if (groupId === undefined) return false;
      const [reached] = await admin.fetchOffsets({ groupId, topics: [topic] }).catch(() => []);
      return ends.every(({ partition, high }) => reached?.partitions.find((each) => each.partition === partition)?.offset === high);
    }, boundMs);
  } finally {
    await admin.disconnect();
  }
}

/** How many the brokers believe to belong to a group. */
export async function membersOf(brokers: string, group: string): Promise<number> {
  const admin = plainKafka(brokers).admin();
  await admin.connect();
  try {
    return (await admin.describeGroups([group])).groups.reduce((sum, { members }) => sum + members.length, 0);
  } finally {
    await admin.disconnect();
  }
}

export interface Rejected extends Consumed {
  reject: Reject;
}

/** What stands on the topic of rejects, settled ones left out. */
export async function rejectsOf(brokers: string, prefix: string): Promise<Rejected[]> {
  const all = await consumeAll(brokers, intakeTopics(prefix).rejected);
  return all.flatMap((each) => (each.value === null ? [] : [{ ...each, reject: JSON.parse(each.value) as Reject }]));
}

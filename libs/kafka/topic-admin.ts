import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';

/** A topic as it is to be: whatever is named here is checked, all else is the broker's affair. */
export interface TopicSpec {
  name: string;
  partitions: number;
  config: Readonly<Record<string, string>>;
}

export interface Drift {
  topic: string;
  /** `partitions`, or the name of a setting. */
  what: string;
  wanted: string;
  found: string;
}

/** A topic is not as its declaration says. It is never changed silently: another number of partitions breaks every order (ADR 0018). */
export class TopicDrift extends Error {
  override readonly name = 'TopicDrift';
  constructor(readonly drifts: readonly Drift[]) {
    super(drifts.map(({ topic, what, wanted, found }) => `${topic}: ${what} is ${found}, declared is ${wanted}`).join('; '));
  }
}

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/**
 * Creates the topics that are missing and checks all. Any number of processes may do so at once.
 * @returns names of those it created
 * @throws TopicDrift naming everything that is not as declared
 */
export function ensureTopics(kafka: Kafka, specs: readonly TopicSpec[]): Promise<string[]> {
  return withAdmin(kafka, async (admin) => {
    const there = new Set(await admin.listTopics());
    const missing = specs.filter(({ name }) => !there.has(name));
    // One by one: where another was faster with one of them, the others must still come to be.
    const created: string[] = [];
    for (const { name, partitions, config } of missing) {
      const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
      const topics = [{ topic: name, numPartitions: partitions, configEntries }];
      if (await admin.createTopics({ topics, waitForLeaders: false })) created.push(name);
    }
    await untilThere(
      admin,
      specs.map(({ name }) => name),
    );
    const drifts = await driftsOf(admin, specs);
    if (drifts.length > 0) throw new TopicDrift(drifts);
    return created;
  });
}

const THERE_IN_MS = 10_000;

/** What was created is known to a broker a moment later; the client's own waiting gives up where it is not known at all yet. */
async function untilThere(admin: Admin, topics: string[]): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    try {
      const found = await admin.fetchTopicMetadata({ topics });
      if (found.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0)) || waited > THERE_IN_MS) return;
    } catch (error) {
      if (waited > THERE_IN_MS) throw error;
    }
    await delay(50);
  }
}

async function driftsOf(admin: Admin, specs: readonly TopicSpec[]): Promise<Drift[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: specs.map(({ name }) => name) });
  const resources = specs.map(({ name, config }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: Object.keys(config) }));
  const described = await admin.describeConfigs({ resources, includeSynonyms: false });
  return specs.flatMap(({ name, partitions, config }) => {
    const found = topics.find((topic) => topic.name === name)?.partitions.length ?? 0;
    const entries = described.resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    const valueOf = (key: string): string => entries.find(({ configName }) => configName === key)?.configValue ?? '';
    const settings = Object.entries(config).map(([what, wanted]) => ({ topic: name, what, wanted, found: valueOf(what) }));
    return [{ topic: name, what: 'partitions', wanted: String(partitions), found: String(found) }, ...settings].filter(
      (each) => each.wanted !== each.found,
    );
  });
}

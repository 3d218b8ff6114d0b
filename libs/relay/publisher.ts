import type { Position } from '@touchline/core';
import type { FencedProducer, OutgoingRecord } from '@touchline/kafka';
import type { Topic } from '@touchline/topics';
import type { Chain, ManifestSigner } from './manifest.js';
import { manifestOf, noChain, withMessage, withSignature } from './manifest.js';
import type { RelayPosition, TopicStands } from './position.js';
import { positionRecord } from './position.js';
import type { Prepared } from './prepare.js';
import { isCounted, recordOf, topicName } from './record.js';

export interface PublisherOptions {
  prefix: string;
  topics: readonly Topic[];
  signer: ManifestSigner;
  /** A manifest is written once so many messages of a topic are not signed, or the first of them is so old. */
  manifestEvery: number;
  manifestIntervalMs: number;
  now: () => string;
}

/** Names of the relay's own topics, without the prefix. */
export const POSITIONS = 'relay.positions';
export const MANIFESTS = 'manifests';

/**
 * Sends what was worked out: messages, manifests and the position in one transaction, so that they become visible together
 * or not at all. Where it fails nothing here is of use any more: the topics alone know how far they have come (D18).
 */
export class Publisher {
  private stands: RelayPosition;

  /** `from`: as it was read from the topic; before the first transaction `position` and `eventId` are ''. */
  constructor(
    private readonly producer: FencedProducer,
    private readonly options: PublisherOptions,
    from: RelayPosition,
  ) {
    this.stands = from;
  }

  get position(): RelayPosition {
    return this.stands;
  }

  /** @returns how many messages went to each topic */
  async publish({ messages, end }: Prepared): Promise<Map<string, number>> {
    const now = this.options.now();
    // One that is declared no longer stays where it is: should it come back, it goes on from there.
    const topics = new Map(Object.entries(this.stands.topics));
    for (const { name } of this.options.topics) {
      const { upTo, ...chain } = topics.get(name) ?? { ...noChain, upTo: null };
      topics.set(name, { ...chain, upTo: later(upTo, end.position) });
    }
    const counts = new Map<string, number>();
    const records: OutgoingRecord[] = [];
    for (const message of messages) {
      const { topic } = message;
      const chain = topics.get(topic.name);
      if (chain === undefined) throw new Error(`topic ${topic.name} is not published here`);
      const record = recordOf(this.options.prefix, message, chain.ordinal + 1);
      records.push(record);
      topics.set(topic.name, { ...chain, ...(isCounted(topic) ? withMessage(chain, record, now) : { ordinal: chain.ordinal + 1 }) });
      counts.set(topic.name, (counts.get(topic.name) ?? 0) + 1);
    }
    await this.commit({ ...this.stands, position: end.position, eventId: end.id }, topics, records, (chain) => this.isDue(chain, now), now);
    return counts;
  }

  /** How long until a manifest is due though nothing comes, ms; null while everything is signed. */
  dueInMs(): number | null {
    const now = Date.parse(this.options.now());
    const open = Object.values(this.stands.topics).flatMap(({ openSince }) => (openSince === null ? [] : [Date.parse(openSince)]));
    return open.length === 0 ? null : Math.max(0, Math.min(...open) + this.options.manifestIntervalMs - now);
  }

  /** Signs what is not signed yet and old enough. */
  async sign(): Promise<void> {
    const now = this.options.now();
    await this.commit(this.stands, new Map(Object.entries(this.stands.topics)), [], (chain) => this.isDue(chain, now), now);
  }

  private async commit(
    position: RelayPosition,
    topics: Map<string, TopicStands>,
    records: OutgoingRecord[],
    isDue: (chain: Chain) => boolean,
    now: string,
  ): Promise<void> {
    const { prefix, signer } = this.options;
    for (const [name, stands] of topics) {
      if (!isDue(stands)) continue;
      const topic = topicName(prefix, name);
      const manifest = manifestOf(stands, { topic, logId: position.logId, position: stands.upTo ?? '', now }, signer);
      records.push({
        ...{ topic: topicName(prefix, MANIFESTS), partition: 0, key: topic, headers: { 'content-type': 'application/json' } },
        value: JSON.stringify(manifest),
      });
      topics.set(name, { ...stands, ...withSignature(stands) });
    }
    const next = { ...position, topics: Object.fromEntries(topics) };
    await this.producer.commit([...records, positionRecord(topicName(prefix, POSITIONS), next)]);
    this.stands = next;
  }

  private isDue({ ordinal, signed, openSince }: Chain, now: string): boolean {
    if (openSince === null) return false;
    return ordinal - signed >= this.options.manifestEvery || Date.parse(now) - Date.parse(openSince) >= this.options.manifestIntervalMs;
  }
}

const later = (a: Position | null, b: Position): Position => (a !== null && a > b ? a : b);

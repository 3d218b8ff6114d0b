import type { OutgoingRecord, PackedRecord } from '@touchline/kafka';
import type { Topic } from '@touchline/topics';
import type { RecordBatch } from './record-builder.js';
import type { Chain, Manifest, ManifestSigner } from './manifest.js';
import { manifestOf, manifestRecord, noChain, withSignature } from './manifest.js';
import type { RelayPosition } from './position.js';
import { positionRecord } from './position.js';
import { isCounted, topicName } from './record.js';

export interface TransactionBuilderOptions {
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

/** One transaction: messages, manifests and the position, and what the topics stand at once it is through. */
export interface Transaction {
  records: (PackedRecord | OutgoingRecord)[];
  position: RelayPosition;
  /** Those among the records. */
  manifests: Manifest[];
  /** Of the log that it tells. */
  events: number;
  /** By topic. */
  messages: ReadonlyMap<string, number>;
  /** By event, of those that came with a trace. */
  traced: RecordBatch['traced'];
}

/**
 * Closes transactions: messages, manifests and the position, so that they become visible together or not at all. Each goes on
 * from the one before, which may still be on its way: where one fails nothing here is of use any more, and the topics alone
 * know how far they have come (ADR 0017).
 */
export class TransactionBuilder {
  private stands: RelayPosition;

  /** `from`: as it was read from the topic; before the first transaction `position` and `eventId` are ''. */
  constructor(
    private readonly options: TransactionBuilderOptions,
    from: RelayPosition,
  ) {
    this.stands = from;
  }

  build({ records, events, end, heads, traced }: RecordBatch): Transaction {
    const now = this.options.now();
    // One that is declared no longer stays where it is: should it come back, it goes on from there.
    const topics = { ...this.stands.topics };
    const messages = new Map<string, number>();
    for (const topic of this.options.topics) {
      const head = heads.get(topic.name);
      const { ordinal, signed, signedHash, openSince } = topics[topic.name] ?? noChain;
      if (head === undefined) continue;
      if (head.ordinal > ordinal) messages.set(topic.name, head.ordinal - ordinal);
      const isOpen = isCounted(topic) && head.ordinal > signed;
      topics[topic.name] = { ...head, signed, signedHash, openSince: isOpen ? (openSince ?? now) : null };
    }
    return { ...this.signed({ ...this.stands, position: end.position, eventId: end.id, topics }, records, now), events, messages, traced };
  }

  /** How long until a manifest is due though nothing comes, ms; null while everything is signed. */
  dueInMs(): number | null {
    const now = Date.parse(this.options.now());
    const open = Object.values(this.stands.topics).flatMap(({ openSince }) => (openSince === null ? [] : [Date.parse(openSince)]));
    return open.length === 0 ? null : Math.max(0, Math.min(...open) + this.options.manifestIntervalMs - now);
  }

  /** Signs what is not signed yet and old enough. */
  sign(): Transaction {
    return { ...this.signed(this.stands, [], this.options.now()), events: 0, messages: new Map(), traced: new Map() };
  }

  /** With the manifests that are due, and the position. */
  private signed(
    position: RelayPosition,
    messages: readonly PackedRecord[],
    now: string,
  ): Pick<Transaction, 'records' | 'position' | 'manifests'> {
    const { prefix, signer } = this.options;
    const records: Transaction['records'] = [...messages];
    const manifests: Manifest[] = [];
    const topics = { ...position.topics };
    for (const [name, stands] of Object.entries(topics)) {
      if (!this.isDue(stands, now)) continue;
      const topic = topicName(prefix, name);
      const manifest = manifestOf(stands, { topic, logId: position.logId, position: stands.upTo ?? '', now }, signer);
      manifests.push(manifest);
      records.push(manifestRecord(topicName(prefix, MANIFESTS), manifest));
      topics[name] = { ...stands, ...withSignature(stands) };
    }
    this.stands = { ...position, topics };
    records.push(positionRecord(topicName(prefix, POSITIONS), this.stands));
    return { records, manifests, position: this.stands };
  }

  private isDue({ ordinal, signed, openSince }: Chain, now: string): boolean {
    if (openSince === null) return false;
    return ordinal - signed >= this.options.manifestEvery || Date.parse(now) - Date.parse(openSince) >= this.options.manifestIntervalMs;
  }
}

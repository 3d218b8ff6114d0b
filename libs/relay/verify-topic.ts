import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, ReceivedRecord } from '@touchline/kafka';
import { readTopic } from '@touchline/kafka';
import { canonicalJson } from '@touchline/event-store';
import type { Manifest } from './manifest.js';
import { chained } from './manifest.js';
import { lookAtPosition } from './position.js';

export type TopicFaultKind = 'missing' | 'doubled' | 'moved' | 'altered' | 'untold' | 'unnumbered' | 'manifest';

/** The first thing on a topic that does not hold. */
export interface TopicFault {
  kind: TopicFaultKind;
  detail: string;
  /** The message concerned, by `ce_ordinal`; of an alteration that cannot be told more closely, the first it may be. */
  ordinal?: number;
  partition?: number;
  offset?: string;
  eventId?: string;
}

export interface TopicVerdict {
  /** As the manifests name it. */
  topic: string;
  manifests: number;
  /** Held against manifests. */
  signed: number;
  /** Came since the last manifest; counted, and in the chain of the next. */
  unsigned: number;
  fault: TopicFault | null;
}

export interface VerifyDeps {
  kafka: Kafka;
  /** Full names of the topics of manifests and of the relay's positions. */
  manifests: string;
  positions: string;
  /** Whether one of the platform's keys signed the text (Ed25519). */
  isSigned: (text: string, signature: { keyId: string; signature: string }) => boolean;
  /** The message as the log has it, as canonical JSON of headers, key and value; null where the log does not tell it. */
  fromLog?: (record: ToldRecord) => Promise<string | null>;
  /** The log of which that holds. */
  logId?: string;
  /** The partition of the topic itself that a message belongs in; of a copy nobody says. */
  partitionFor?: (record: ToldRecord) => number;
  /** Told how it comes on; `total` is 0 where nobody knows. */
  progress?: (what: string, unit: string, total: number) => { advance(): void; end(): void };
}

/** A message of the platform as text, as its hash is made over it. */
export interface ToldRecord {
  headers: Record<string, string>;
  key: string;
  value: string | null;
}

/**
 * Holds an append-only topic, or a copy of it that keeps each partition's order, against its manifests (ADR 0018). A
 * message that is missing, doubled, moved or changed is named.
 */
export async function verifyTopic(deps: VerifyDeps, topic: string, copy = topic): Promise<TopicVerdict> {
  const isCopy = copy !== topic;
  // First how far it was told: all of that has to be there, signed or not; what came since is held the next time. A copy may come later.
  const committed = isCopy ? 0 : await committedOrdinal(deps, bareName(topic));
  const manifests = await manifestsOf(deps, topic);
  const verdict = (count: number, fault: TopicFault | null): TopicVerdict => {
    const end = manifests.signed.at(-1)?.to ?? 0;
    return { topic, manifests: manifests.signed.length, signed: Math.min(count, end), unsigned: Math.max(0, count - end), fault };
  };
  if (manifests.fault !== null) return verdict(0, manifests.fault);
  const walk = new OrdinalWalk(manifests.signed, isCopy ? undefined : deps.partitionFor);
  const last = Math.max(committed, manifests.signed.at(-1)?.to ?? 0);
  const bar = deps.progress?.(`reading ${copy}`, 'messages', last);
  await readTopic(
    deps.kafka,
    copy,
    (record) => {
      walk.take(record);
      bar?.advance();
    },
    () => walk.isBroken() || walk.count >= last,
  ).finally(() => bar?.end());
  const told = isCopy || walk.highest <= committed ? walk.highest : await toldUpTo(deps, topic, walk.highest);
  const fault = walk.end(isCopy ? walk.highest : last) ?? (walk.highest > told ? untold(walk.highest, told) : null);
  const suspect = walk.suspect;
  if (fault?.kind !== 'altered' || suspect === null) return verdict(walk.count, fault);
  return verdict(suspect.from - 1, (await firstAltered(deps, copy, suspect)) ?? fault);
}

/** What came while it was read shows in one partition before it does in another, and is told for certain a moment later. */
async function toldUpTo(deps: VerifyDeps, topic: string, ordinal: number): Promise<number> {
  const deadline = performance.now() + SETTLED_IN_MS;
  for (;;) {
    const told = await committedOrdinal(deps, bareName(topic));
    if (told >= ordinal || performance.now() > deadline) return told;
    await delay(LOOK_EVERY_MS);
  }
}

/** Without the prefix. */
const bareName = (topic: string): string => topic.slice(topic.lastIndexOf('.') + 1);

const SETTLED_IN_MS = 5_000;
const LOOK_EVERY_MS = 200;

const untold = (ordinal: number, told: number): TopicFault => ({
  ...{ kind: 'untold', ordinal },
  detail: `message ${ordinal} is there, and the relay has told no more than ${told}`,
});

/** How many messages the relay says it has told on a topic, by its name without the prefix. */
export async function committedOrdinal({ kafka, positions }: Pick<VerifyDeps, 'kafka' | 'positions'>, topic: string): Promise<number> {
  return (await lookAtPosition(kafka, positions))?.topics[topic]?.ordinal ?? 0;
}

/** A topic's manifests in order, up to the first that does not hold. */
async function manifestsOf(deps: VerifyDeps, topic: string): Promise<{ signed: Manifest[]; fault: TopicFault | null }> {
  const signed: Manifest[] = [];
  const faults: TopicFault[] = [];
  await readTopic(deps.kafka, deps.manifests, ({ key, value }) => {
    if (key?.toString() !== topic || value === null || faults.length > 0) return;
    const { signature, ...manifest } = JSON.parse(value.toString()) as Manifest;
    const before = signed.at(-1) ?? { to: 0, hash: '' };
    const named = `the manifest of ${manifest.from} to ${manifest.to}`;
    const fault = (detail: string): void => void faults.push({ kind: 'manifest', detail: `${named} ${detail}`, ordinal: manifest.from });
    if (!deps.isSigned(canonicalJson(manifest), { keyId: manifest.keyId, signature })) fault('is not signed by a key of this platform');
    else if (manifest.from !== before.to + 1 || manifest.previousHash !== before.hash)
      fault(`does not go on from the one before, which ends at ${before.to}`);
    else if (manifest.count !== manifest.to - manifest.from + 1) fault(`counts ${manifest.count}`);
    else signed.push({ ...manifest, signature });
  });
  return { signed, fault: faults[0] ?? null };
}

interface Place {
  partition: number;
  offset: string;
}

/** So many messages at most wait for one that did not come yet; then it is missing. */
const MOST_WAITING = 200_000;

/** Puts the messages of all partitions in the order of their ordinals and follows the chain; holds what came too early. */
class OrdinalWalk {
  /** Messages in order so far. */
  count = 0;
  /** The manifest at whose end the chain was another. */
  suspect: Manifest | null = null;
  private hash = '';
  private next = 0;
  private fault: TopicFault | null = null;
  private readonly waiting = new Map<number, ToldRecord>();
  private readonly lastOf = new Map<number, number>();
  /** Largest number there is. */
  highest = 0;

  constructor(
    private readonly manifests: readonly Manifest[],
    private readonly partitionFor?: (record: ToldRecord) => number,
  ) {}

  take(record: ReceivedRecord): void {
    if (this.fault !== null) return;
    const told = toldOf(record);
    const place = { partition: record.partition, offset: record.offset };
    const ordinal = Number(told.headers['ce_ordinal']);
    const about = { ...place, ordinal, ...(told.headers['ce_id'] !== undefined && { eventId: told.headers['ce_id'] }) };
    if (!Number.isSafeInteger(ordinal) || ordinal < 1) {
      this.fault = { ...place, kind: 'unnumbered', detail: `the record ${at(place)} has no ce_ordinal` };
      return;
    }
    if (ordinal <= this.count || this.waiting.has(ordinal)) {
      this.fault = { ...about, kind: 'doubled', detail: `message ${ordinal} stands a second time ${at(place)}` };
      return;
    }
    const before = this.lastOf.get(record.partition) ?? 0;
    if (ordinal < before) {
      this.fault = { ...about, kind: 'moved', detail: `message ${ordinal} stands behind message ${before} ${at(place)}` };
      return;
    }
    const home = this.partitionFor?.(told) ?? record.partition;
    if (home !== record.partition) {
      this.fault = { ...about, kind: 'moved', detail: `message ${ordinal} stands ${at(place)} and belongs in partition ${home}` };
      return;
    }
    this.lastOf.set(record.partition, ordinal);
    this.highest = Math.max(this.highest, ordinal);
    this.waiting.set(ordinal, told);
    this.follow();
    // Partitions are not read in step, but not so far apart either.
    if (this.waiting.size > MOST_WAITING) this.end(this.highest);
    if (this.isBroken()) this.waiting.clear();
  }

  /** Once everything was read. So many must be there; what is signed must be in any case. */
  end(told: number): TopicFault | null {
    const last = Math.max(told, this.manifests.at(-1)?.to ?? 0);
    if (this.fault === null && this.count < last)
      this.fault = {
        kind: 'missing',
        ordinal: this.count + 1,
        detail: `message ${this.count + 1} is missing; ${this.highest} is the last there, ${last} were told`,
      };
    return this.fault;
  }

  isBroken(): boolean {
    return this.fault !== null;
  }

  private follow(): void {
    for (let told = this.waiting.get(this.count + 1); told !== undefined; told = this.waiting.get(this.count + 1)) {
      this.waiting.delete(this.count + 1);
      this.count += 1;
      this.hash = chained(this.hash, told);
      const manifest = this.manifests[this.next];
      if (manifest?.to !== this.count) continue;
      this.next += 1;
      if (manifest.hash === this.hash) continue;
      this.suspect = manifest;
      const { from, to } = manifest;
      this.fault = { kind: 'altered', ordinal: from, detail: `one of the messages ${from} to ${to} is not what was signed` };
      return;
    }
  }
}

const at = ({ partition, offset }: Place): string => `in partition ${partition} at offset ${offset}`;

export const toldOf = ({ headers, key, value }: ReceivedRecord): ToldRecord => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
  key: key?.toString() ?? '',
  value: value?.toString() ?? null,
});

/** The message of a stretch that is not what the log says; null where that cannot be told. */
async function firstAltered(
  { kafka, fromLog, logId }: VerifyDeps,
  copy: string,
  { from, to, logId: told }: Manifest,
): Promise<TopicFault | null> {
  if (fromLog === undefined || told !== logId) return null;
  let first: TopicFault | null = null;
  await readTopic(kafka, copy, async (record) => {
    const message = toldOf(record);
    const ordinal = Number(message.headers['ce_ordinal']);
    if (ordinal < from || ordinal > to || (first?.ordinal ?? Infinity) <= ordinal) return;
    const { headers, key, value } = message;
    if ((await fromLog(message)) === canonicalJson({ headers, key, value })) return;
    const place = { partition: record.partition, offset: record.offset };
    const eventId = headers['ce_id'];
    first = {
      kind: 'altered',
      ...place,
      ordinal,
      ...(eventId !== undefined && { eventId }),
      detail: `message ${ordinal} ${at(place)} is not what the log says`,
    };
  });
  return first;
}

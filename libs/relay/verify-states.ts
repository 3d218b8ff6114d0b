import { hash as digest } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventRegistry, EventStore } from '@touchline/event-store';
import { canonicalJson, inBatches } from '@touchline/event-store';
import { readTopic } from '@touchline/kafka';
import type { StateTopic } from '@touchline/topics';
import { ReplayedSequences } from './replayed-sequences.js';
import { MessageBuilder } from './message-builder.js';
import { asOf, laterHeaders, recordOf, topicName } from './record.js';
import type { ToldRecord, VerifyDeps } from './verify-topic.js';
import { committedOrdinal, toldOf } from './verify-topic.js';

/**
 * missing: the log gives the key a state, the topic does not · surplus: the topic has a key that the log does not ·
 * stale: an older state stands last · altered: what stands last is not what was told · moved: in another partition.
 */
export type StateFaultKind = 'missing' | 'surplus' | 'stale' | 'altered' | 'moved';

export interface StateFault {
  kind: StateFaultKind;
  key: string;
  detail: string;
  partition?: number;
  offset?: string;
  /** Of the event that the log says was told last of the key. */
  eventId?: string;
}

export interface StateVerdict {
  topic: string;
  /** Held against the log: those with a state, and those that were taken back. */
  keys: number;
  forgotten: number;
  /** In the order of their keys. */
  faults: StateFault[];
}

export interface VerifyStatesDeps extends Pick<VerifyDeps, 'kafka' | 'positions' | 'partitionFor' | 'progress'> {
  store: EventStore;
  registry: EventRegistry;
  prefix: string;
}

/** What was told by an older form of the states is no function of the log alone: that form decided what counted as a change. */
export class ToldInOlderForm extends Error {
  override readonly name = 'ToldInOlderForm';
}

/** What stands last under a key, or should. */
interface Last {
  ordinal: number;
  digest: string;
  eventId: string;
  isForgotten: boolean;
}
interface Found extends Last {
  /** Those of its headers that older messages lack. */
  later: Readonly<Record<string, string>>;
  partition: number;
  offset: string;
}

/**
 * Holds a compacted topic, or a copy of it, against the log (ADR 0018): every message is worked out anew from the beginning, by what
 * the relay itself works it out with, and the last of each key compared. On a topic in use a key is held against the state that
 * was told when it was read.
 * @throws ToldInOlderForm
 */
export async function verifyStates(deps: VerifyStatesDeps, topic: StateTopic, copy?: string): Promise<StateVerdict> {
  const verdict = await verifyOnce(deps, topic, copy);
  if (copy !== undefined || verdict.faults.length === 0) return verdict;
  // What was committed a moment ago shows in one partition before it does in another: only what is still so counts.
  await delay(SETTLED_IN_MS);
  const again = await verifyOnce(deps, topic, copy);
  const before = new Set(verdict.faults.map(named));
  return { ...again, faults: again.faults.filter((fault) => before.has(named(fault))) };
}

const SETTLED_IN_MS = 1_000;
const named = ({ kind, key, partition, offset }: StateFault): string => [kind, key, partition, offset].join(' ');

async function verifyOnce(deps: VerifyStatesDeps, topic: StateTopic, copy?: string): Promise<StateVerdict> {
  const name = topicName(deps.prefix, topic.name);
  const committed = await committedOrdinal(deps, topic.name);
  const misplaced: StateFault[] = [];
  const found = await lastOfEach(deps, copy ?? name, copy === undefined ? committed : 0, (record, partition, offset) => {
    assertOfNow(topic, record);
    const home = copy === undefined ? (deps.partitionFor?.(record) ?? partition) : partition;
    const detail = `${record.key} stands in partition ${partition} at offset ${offset} and belongs in partition ${home}`;
    if (home !== partition) misplaced.push({ kind: 'moved', key: record.key, partition, offset, detail });
  });
  const counts = (key: string, ordinal: number): boolean => ordinal <= Math.max(committed, found.get(key)?.ordinal ?? 0);
  const wanted = await fromLog(deps, topic, counts, (key) => found.get(key)?.later);
  const keys = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  const faults = keys.flatMap((key) => faultOf(key, wanted.get(key), found.get(key)) ?? []);
  const forgotten = [...wanted.values()].filter(({ isForgotten }) => isForgotten).length;
  return { topic: name, keys: wanted.size, forgotten, faults: [...misplaced, ...faults] };
}

function assertOfNow({ changed, name }: StateTopic, { headers, value }: ToldRecord): void {
  const version = Number(headers['ce_schemaversion']);
  if (value !== null && version >= 1 && version < changed.version)
    throw new ToldInOlderForm(
      `${name} was told in version ${version} of its schema too; only what is told in version ${changed.version} alone can be held against the log`,
    );
}

function faultOf(key: string, wanted: Last | undefined, found: Found | undefined): StateFault | null {
  const place = found && { partition: found.partition, offset: found.offset };
  const at = found && `in partition ${found.partition} at offset ${found.offset}`;
  if (wanted === undefined) return { kind: 'surplus', key, ...place, detail: `${key} stands ${at}, and the log knows of no such key` };
  const { eventId } = wanted;
  if (found === undefined) {
    // What takes back is itself let go once everybody has had the time to read it.
    return wanted.isForgotten ? null : { kind: 'missing', key, eventId, detail: `${key} is missing; event ${eventId} was told of it last` };
  }
  if (found.digest === wanted.digest) return null;
  if (found.ordinal < wanted.ordinal) {
    const last = wanted.isForgotten ? `was taken back since, with event ${eventId}` : `was told anew since, with event ${eventId}`;
    return { kind: 'stale', key, ...place, eventId, detail: `${key} stands ${at} as of event ${found.eventId}, and ${last}` };
  }
  return { kind: 'altered', key, ...place, eventId, detail: `${key} stands ${at}, and is not what was told with event ${eventId}` };
}

/** What stands last under each key of a topic. */
async function lastOfEach(
  { kafka, progress }: VerifyStatesDeps,
  topic: string,
  committed: number,
  onRecord: (record: ToldRecord, partition: number, offset: string) => void,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  let highest = 0;
  const bar = progress?.(`reading ${topic}`, 'messages', committed);
  // The last message of all is the last of its key, and stays.
  await readTopic(
    kafka,
    topic,
    (received) => {
      const record = toldOf(received);
      const { partition, offset } = received;
      onRecord(record, partition, offset);
      const ordinal = Number(record.headers['ce_ordinal'] ?? 0);
      highest = Math.max(highest, ordinal);
      found.set(record.key, { ...lastOf(record, ordinal), later: laterHeaders(record.headers), partition, offset });
      bar?.advance();
    },
    () => highest >= committed,
  ).finally(() => bar?.end());
  return found;
}

const AT_ONCE = 500;

/** What the log says was told last of each key, of all that counts. */
async function fromLog(
  { store, registry, prefix, progress }: VerifyStatesDeps,
  topic: StateTopic,
  counts: (key: string, ordinal: number) => boolean,
  headersOf: (key: string) => Readonly<Record<string, string>> | undefined,
): Promise<Map<string, Last>> {
  const wanted = new Map<string, Last>();
  const messages = new MessageBuilder({ store, registry, topics: [topic] }, new ReplayedSequences(), () => null);
  const bar = progress?.('folding the log', 'events', 0);
  let ordinal = 0;
  try {
    for await (const events of inBatches(store.readAll(), AT_ONCE)) {
      for (const message of (await messages.number(await messages.build(events))).messages) {
        ordinal += 1;
        if (!counts(message.key, ordinal)) continue;
        const { headers, key, value } = recordOf(prefix, message, ordinal);
        wanted.set(key, lastOf({ headers: asOf(headersOf(key) ?? headers, headers), key, value }, ordinal));
      }
      for (const _ of events) bar?.advance();
    }
  } finally {
    bar?.end();
  }
  return wanted;
}

/** `ce_logposition` is left out: once the log was moved (ADR 0019), what was told before names places in the one before. */
function lastOf({ headers: { ce_logposition: _, ...headers }, key, value }: ToldRecord, ordinal: number): Last {
  return {
    ordinal,
    digest: digest('sha256', canonicalJson({ headers, key, value }), 'base64'),
    eventId: headers['ce_id'] ?? '',
    isForgotten: value === null,
  };
}

import { randomUUID } from 'node:crypto';
import type { Position } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import type { FencedProducer, Kafka, OutgoingRecord } from '@touchline/kafka';
import { lastUnder, readTopic } from '@touchline/kafka';
import { RelayStopped } from './errors.js';
import type { Chain } from './manifest.js';

/** How far one topic has come: the log up to where, and the chain over its messages. */
export interface TopicStands extends Chain {
  upTo: Position | null;
}

/** Where the relay goes on. Written with the messages it stands for, in their transaction, and read from nowhere else (ADR 0017). */
export interface RelayPosition {
  logId: string;
  position: Position;
  eventId: string;
  /** By name of the topic. One that is missing was declared later: its history is yet to be told. */
  topics: Record<string, TopicStands>;
}

const MISMATCH = 'checkpoint.log-mismatch';
const KEY = 'relay';
const END = 'opened';

export const positionRecord = (topic: string, position: RelayPosition): OutgoingRecord => ({
  ...{ topic, partition: 0, key: KEY, headers: { 'content-type': 'application/json' } },
  value: JSON.stringify(position),
});

/**
 * The position as `read_committed` readers see it. The producer has fenced whoever was before it; a record of its own then
 * marks the end up to which is read, whatever else the partition's end is made of.
 */
export async function readPosition(kafka: Kafka, producer: Pick<FencedProducer, 'commit'>, topic: string): Promise<RelayPosition | null> {
  const mark = randomUUID();
  await producer.commit([{ topic, partition: 0, key: END, headers: {}, value: mark }]);
  const found = await lastUnder(kafka, { topic, key: KEY, isEnd: ({ key, value }) => key === END && value === mark });
  return found === null ? null : (JSON.parse(found.value ?? '') as RelayPosition);
}

/** The same for whoever only looks: as far as it was committed a moment ago, while a relay may go on. */
export async function lookAtPosition(kafka: Kafka, topic: string): Promise<RelayPosition | null> {
  let last: RelayPosition | null = null;
  await readTopic(kafka, topic, ({ key, value }) => {
    if (key?.toString() === KEY && value !== null) last = JSON.parse(value.toString()) as RelayPosition;
  });
  return last;
}

/** Where an event of another log stands in this one; null where this is not the log that everything was moved to from it. */
export type FollowMove = (logId: string, position: Position) => Promise<Position | null>;

/**
 * The position as it is in this log, where everything was moved to it since (ADR 0019): each topic has come as far as it had. Else as it
 * was, which `assertSameLog` then refuses. It is written with the next messages; until then it is found again.
 */
export async function inThisLog(store: EventStore, follow: FollowMove, known: RelayPosition): Promise<RelayPosition> {
  const logId = await store.logId();
  if (known.logId === logId) return known;
  const position = await follow(known.logId, known.position);
  if (position === null) return known;
  const topics: RelayPosition['topics'] = {};
  for (const [name, { upTo, ...chain }] of Object.entries(known.topics)) {
    const now = upTo === null ? null : await follow(known.logId, upTo);
    if (now === null && upTo !== null) return known;
    topics[name] = { ...chain, upTo: now };
  }
  return { logId, position, eventId: known.eventId, topics };
}

/** @throws RelayStopped where the log is not the one, or not any more the one, that was read (ADR 0001) */
export async function assertSameLog(store: EventStore, { logId, position, eventId }: RelayPosition): Promise<void> {
  const [id, event] = await Promise.all([store.logId(), store.eventAt(position)]);
  if (id !== logId) throw new RelayStopped(MISMATCH, `the topics tell of log ${logId}, this is log ${id}`);
  if (event?.id !== eventId) throw new RelayStopped(MISMATCH, `the log holds no event ${eventId} at ${position}`);
}

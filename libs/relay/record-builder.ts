import type { Position } from '@touchline/core';
import type { PackedRecord } from '@touchline/kafka';
import { packed } from '@touchline/kafka';
import type { Topic } from '@touchline/topics';
import { chainedText, noChain } from './manifest.js';
import type { RelayPosition, TopicStands } from './position.js';
import type { NumberedBatch } from './message-builder.js';
import { isCounted, recordOf } from './record.js';

/** How far a topic is told, signed or not. */
export type ChainHead = Pick<TopicStands, 'ordinal' | 'hash' | 'upTo'>;

/** A stretch of the log as records, each with its place in its topic's chain. */
export interface RecordBatch {
  records: PackedRecord[];
  /** Of the log. */
  events: number;
  end: { position: Position; id: string };
  /** By topic, once all of it is sent. */
  heads: ReadonlyMap<string, ChainHead>;
  /** By event, of those that came with a trace. */
  traced: ReadonlyMap<string, Traced>;
}

/** What is told of an event that came with a trace context: on which topics. */
export interface Traced {
  traceparent: string;
  topics: readonly string[];
}

/** Makes records of what was worked out, stretch after stretch. Runs ahead of what is sent: where that fails it is of no use any more. */
export class RecordBuilder {
  private heads: ReadonlyMap<string, ChainHead>;

  /** `told`: how far each topic was told before. */
  constructor(
    private readonly prefix: string,
    topics: readonly Topic[],
    told: RelayPosition['topics'],
  ) {
    this.heads = new Map(topics.map(({ name }) => [name, told[name] ?? { ...noChain, upTo: null }]));
  }

  build({ messages, events, end }: NumberedBatch): RecordBatch {
    const heads = new Map(
      [...this.heads].map(([name, { ordinal, hash, upTo }]) => [name, { ordinal, hash, upTo: later(upTo, end.position) }]),
    );
    const records: PackedRecord[] = [];
    const traced = new Map<string, Traced>();
    for (const message of messages) {
      const { topic, event } = message;
      const head = heads.get(topic.name);
      if (head === undefined) throw new Error(`topic ${topic.name} is not published here`);
      head.ordinal += 1;
      // What is hashed is what is sent: its headers are in order, so the text is the one of RFC 8785.
      const record = packed(recordOf(this.prefix, message, head.ordinal));
      if (isCounted(topic)) head.hash = chainedText(head.hash, record.text);
      records.push(record);
      const { traceparent } = event.meta;
      if (traceparent !== undefined) traced.set(event.id, { traceparent, topics: [...(traced.get(event.id)?.topics ?? []), record.topic] });
    }
    this.heads = heads;
    return { records, events, end, heads, traced };
  }
}

/** Stretches that follow each other, as one. */
export const joined = (first: RecordBatch, second: RecordBatch): RecordBatch => ({
  records: [...first.records, ...second.records],
  events: first.events + second.events,
  end: second.end,
  heads: second.heads,
  traced: new Map([...first.traced, ...second.traced]),
});

const later = (a: Position | null, b: Position): Position => (a !== null && a > b ? a : b);

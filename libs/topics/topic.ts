import type { JsonObject, RecordedEvent } from '@touchline/core';
import type { Schema } from './schema.js';

/** What a topic says, for one entity, about one event. */
export interface PublicMessage {
  type: MessageType;
  /** The entity the record is about; with the group it is the record's key (ADR 0018). */
  key: string;
  /** Whose order the topic keeps: the customer, else the contact, else the entity. Chooses the partition. */
  orderedBy: string;
  /** Null takes back what a compacted topic holds. */
  data: JsonObject | null;
}

/** A kind of message, with the form of its data. `type` is its public name for ever. */
export interface MessageType {
  type: string;
  /** Raised with every change of the schema; all versions of a type stay compatible in both directions. */
  version: number;
  summary: string;
  /** Null for a message that takes back. */
  schema: Schema | null;
}

/** A topic as it is to be, and what stands on it. */
export interface TopicDeclaration {
  /** Without the prefix of the installation. */
  name: string;
  description: string;
  /** What the key is the id of. */
  keyedBy: string;
  partitions: number;
  /** Topic settings of Kafka; checked, never changed silently. */
  config: Readonly<Record<string, string>>;
  messages: readonly MessageType[];
}

/** Each event gives one message or none; kept for ever, counted and signed (ADR 0018). Pure. */
export interface FactTopic extends TopicDeclaration {
  kind: 'facts';
  messageOf(event: RecordedEvent): PublicMessage | null;
}

/** The state of an entity after each event that changed it, of which the last is kept (compacted). */
export interface StateTopic<State extends object = object> extends TopicDeclaration {
  kind: 'state';
  /** The entity an event belongs to; null where it is of no interest. All events of one stand in one stream. */
  entityOf(event: RecordedEvent): string | null;
  /** Folds events by occurrence, corrected ones replaced (ADR 0009). Pure. */
  evolve(state: State | null, event: RecordedEvent): State;
  /** What is told of a state; null while nothing is. */
  stateOf(state: State, entity: string): { data: JsonObject; orderedBy: string; customer: string | null } | null;
  changed: MessageType;
  /** Whose erasure an event tells; null for any other event. */
  erases(event: RecordedEvent): string | null;
  /** Said of every entity of a customer who is erased (domain §13.4). */
  forgotten: MessageType;
}

export type Topic = FactTopic | StateTopic;

/** Facts are kept for ever, whole, by the time they were produced. */
export const FOR_EVER = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1', 'max.message.bytes': '2097152' };

/** The last of each key is kept; what takes back stays for 30 days, so that a reader who is away that long still hears of it. */
export const LAST_OF_EACH = {
  'cleanup.policy': 'compact',
  'delete.retention.ms': String(30 * 24 * 60 * 60 * 1000),
  'max.message.bytes': '2097152',
};

import type { JsonObject } from './json.js';
import type { Position } from './position.js';
import type { WordPlace } from './word-places.js';

/** Who caused an event. `id` is the user's id, a service's name, or the import's id. */
export interface Actor {
  kind: 'user' | 'service' | 'import' | 'system';
  id: string;
}

/** Which playbook, and which version of it, an event was recorded under (domain §2.3). */
export interface PlaybookRef {
  id: string;
  version: number;
}

/** The stage a touchpoint reached under the playbook in force, and its place in that playbook's order (domain §2.3). */
export interface StageReached {
  id: string;
  order: number;
}

/** The entities an event is about; ids only, never personal. */
export interface Subjects {
  customer?: string;
  journey?: string;
  complaint?: string;
  contact?: string;
  site?: string;
}

/** The system a fact came from and that system's own reference for it. */
export interface SourceRef {
  system: string;
  reference: string;
}

/** What a decider says should be recorded. Instants are ISO 8601 in UTC with milliseconds. */
export type NewEvent<E extends EventShape = EventShape> = E extends EventShape ? NewEventBody & Pick<E, 'type' | 'data'> : never;

interface NewEventBody {
  /** When it happened in the world; never later than the recording plus the tolerance. */
  occurredAt: string;
  subjects: Subjects;
  stage?: StageReached;
  playbook?: PlaybookRef;
  /** Id of the event in the same stream that this one replaces (domain §2.2, a correction). */
  corrects?: string;
  /** Places that hold words of the group, beside the fields that its definition names: those of a playbook's fields. Not stored. */
  words?: readonly WordPlace[];
}

/** Stored name and payload of one kind of event. */
export interface EventShape {
  type: string;
  data: JsonObject;
}

/** Stored beside every event, and covered by its hash. Instants are ISO 8601 in UTC with milliseconds. */
export interface EventMetadata {
  tenant: string;
  occurredAt: string;
  /** Set where an imported source states no more than the day: `occurredAt` lies on it, after what came before on that day. */
  precision?: 'day';
  /** Stamped by the writer's clock, never below the stream's previous one (ADR 0009). */
  recordedAt: string;
  actor: Actor;
  /** UUIDv5 of tenant, caller and idempotency key (ADR 0003). */
  commandId: string;
  /** Keyed digest of the command as sent: the same key with another body is refused (ADR 0003). */
  requestHash: string;
  correlationId: string;
  /** The command or event that caused this one. */
  causationId: string;
  /** W3C trace context of the request that led to it, where it came with one. Events of before have none; nothing is decided on it. */
  traceparent?: string;
  schemaVersion: number;
  subjects: Subjects;
  playbook?: PlaybookRef;
  stage?: StageReached;
  source?: SourceRef;
  corrects?: string;
  /** Codes of the rules an imported fact broke (ADR 0010). */
  deviations?: string[];
  /** Hash of the event before it in its stream, '' for the first (ADR 0014). */
  previousHash: string;
  hash: string;
}

/** An event as read back: upcast to the newest version of its type. */
export type RecordedEvent<E extends EventShape = EventShape> = E extends EventShape ? RecordedBody & Pick<E, 'type' | 'data'> : never;

interface RecordedBody {
  id: string;
  stream: string;
  /** Place in its stream, from 0. */
  revision: number;
  position: Position;
  meta: EventMetadata;
}

export type StreamCategory =
  | 'journey'
  | 'customer'
  | 'complaint'
  | 'contact'
  | 'identifier'
  | 'erasure'
  | 'site'
  | 'unit'
  | 'user'
  | 'words'
  | 'playbook'
  | 'reveals'
  | 'projection'
  | 'operation';

/** Stream names carry the tenant, so that no id can reach across groups (ADR 0042): `journey-dongfang.0192…`. */
export const streamName = (category: StreamCategory, tenant: string, id: string): string => `${category}-${tenant}.${id}`;

/** The parts of a stream's name; null where it is not one of ours. */
export function parseStreamName(stream: string): { category: string; tenant: string; id: string } | null {
  const match = /^([a-z]+)-([a-z][a-z0-9]*)\.(.+)$/.exec(stream);
  return match ? { category: match[1]!, tenant: match[2]!, id: match[3]! } : null;
}

import type { JsonObject } from './json.js';
import type { EventShape } from './event.js';
import type { WordList } from './words.js';

/** Raises stored data by one version. Pure; old bytes are never rewritten. */
export type Upcaster = (data: JsonObject) => JsonObject;

/**
 * The storage format of one kind of event. `type` is the stored name, pinned apart from any TypeScript name:
 * a rename in code orphans nothing.
 */
export interface EventDefinition<E extends EventShape = EventShape> {
  type: E['type'];
  version: number;
  /** `upcasters[n]` raises version n to n + 1; one for every version below `version`. */
  upcasters?: Readonly<Record<number, Upcaster>>;
  /** Fields that are sealed with the key of the person they belong to (ADR 0008). */
  personal?: {
    /** Whose key seals: the customer the event is about, or the unidentified contact. */
    subject: 'customer' | 'contact';
    /** Top-level fields of `data`; objects are sealed whole. */
    fields: readonly string[];
  };
  /** Fields that hold a word of a list of the group's, a list of such words, or one under each of its names (domain §13.1). */
  words?: Readonly<Record<string, WordList>>;
  /** True for a contact or service act, which shows in the timeline (domain §4). */
  touchpoint: boolean;
}

export const defineEvent = <E extends EventShape>(definition: EventDefinition<E>): EventDefinition<E> => definition;

/** A personal field that could not be opened because its key was destroyed (domain §13.4). */
export const ERASED: JsonObject = { erased: true };

export const isErased = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { erased?: unknown }).erased === true;

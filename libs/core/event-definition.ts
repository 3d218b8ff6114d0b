import type { JsonObject } from './json.js';
import type { EventShape } from './event.js';
import type { Fields } from './fields.js';
import { namesWhere } from './fields.js';
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
  /** What `data` holds; of events of the group itself a form beside their type says it. */
  fields?: Fields;
  /** In Chinese and in English. */
  label?: readonly [zh: string, en: string];
  /** Fields that are sealed with the key of the person they belong to (ADR 0008). */
  personal?: {
    subject: PersonalSubject;
    /** Top-level fields of `data`; objects are sealed whole. */
    fields: readonly string[];
  };
  /** Fields that hold a word of a list of the group's, a list of such words, or one under each of its names (domain §13.1). */
  words?: Readonly<Record<string, WordList>>;
  /** True for a contact or service act, which shows in the timeline (domain §4). */
  touchpoint: boolean;
  /** True where it says who somebody was all along: whoever does it notes when it was found out, and it counts from the first of its stream (ADR 0016). */
  ties?: true;
  /** Whether it means that the customer was reached, of data that it depends on (domain §5). */
  reaches?: (data: JsonObject) => boolean;
  /** How it is told on the topic of touchpoints; `version` is of its schema, 1 where nothing else is said. */
  message?: { summary: string; version?: number };
}

/** Whose key seals: the customer the event is about, or the unidentified contact. */
type PersonalSubject = 'customer' | 'contact';

/** What is sealed and what is a word of the group is said by the fields, where they are declared. */
export function defineEvent<E extends EventShape>(definition: EventDefinition<E> & { subject?: PersonalSubject }): EventDefinition<E> {
  const { subject = 'customer', fields = {}, ...rest } = definition;
  const sealed = namesWhere(fields, (field) => field.sealed === true);
  const words = Object.entries(fields).flatMap(([name, field]) => (field.words === undefined ? [] : [[name, field.words] as const]));
  return {
    ...rest,
    ...(definition.fields && { fields }),
    ...(sealed.length > 0 && { personal: { subject, fields: sealed } }),
    ...(words.length > 0 && { words: Object.fromEntries(words) }),
  };
}

/** Of an event that means so whatever it says. */
export const always = (): boolean => true;

/** A personal field that could not be opened because its key was destroyed (domain §13.4). */
export const ERASED: JsonObject = { erased: true };

export const isErased = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as { erased?: unknown }).erased === true;

import { hash as digest } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { EventDefinition, EventMetadata, JsonObject, RecordedEvent } from '@touchline/core';
import { InvalidEventText } from './errors.js';
import type { EventToAppend, StoredEvent } from './port.js';

// The package is CommonJS with an ES default in its types.
const serialize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** RFC 8785 text of a JSON value; the one form that is stored and hashed (ADR 0001, 0014). */
export function canonicalJson(value: unknown): string {
  const text = canonicalText(value);
  if (text === undefined) throw new InvalidEventText('not a JSON value');
  return text;
}

/** The library's text. It takes many times as long as `JSON.stringify`, which is as good for plain values with members in their order. */
function canonicalText(value: unknown): string | undefined {
  if (isCanonical(value)) return JSON.stringify(value);
  const ordered = inOrder(value);
  return isCanonical(ordered) ? JSON.stringify(ordered) : serialize(value);
}

/** A copy with all members in their order, which for RFC 8785 is that of units of UTF-16. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value === 'function') throw new InvalidEventText('not a JSON value');
  if (!isPlainObject(value)) return value;
  const ordered: Members = {};
  for (const name of sorted(Object.keys(value))) if (value[name] !== undefined) put(ordered, name, inOrder(value[name]));
  return ordered;
}

/** In place. A few are in their order long before `sort` has made room for many. */
function sorted(names: string[]): string[] {
  if (names.length > FEW) return names.sort();
  for (const [place, name] of names.entries()) {
    let at = place;
    for (let before = names[at - 1]; before !== undefined && before > name; before = names[at - 1]) names[at--] = before;
    names[at] = name;
  }
  return names;
}

const FEW = 30;

type Members = Record<string, unknown>;

const isPlainObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value);

/** As a member of its own, whatever its name. */
function put(object: Members, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true });
  else object[name] = value;
}

/** True where `JSON.stringify` gives the canonical text: plain values, and members in their order. */
function isCanonical(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isCanonical);
  if (!isPlainObject(value)) return false;
  let before: string | undefined;
  // Names in an array of their own would cost as much as the whole text.
  for (const name in value) {
    // Names that are whole numbers come first in an object, whatever their place.
    if ((before !== undefined && before >= name) || !isCanonical(value[name])) return false;
    before = name;
  }
  return true;
}

/** NUL or half a surrogate pair, as JSON escapes them: the log would take them as text, and no read model can hold them. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** Canonical JSON that can be stored. @throws InvalidEventText where a text in it cannot (ADR 0001) */
export function storableJson(value: unknown, what: string): string {
  return storable(canonicalJson(value), what);
}

function storable(text: string, what: string): string {
  if (text.includes('\\u') && UNSTORABLE.test(text)) throw new InvalidEventText(`${what} holds NUL or half a surrogate pair`);
  return text;
}

/**
 * hash = SHA-256(previous hash ‖ RFC 8785 of {data, id, metadata without hashes, revision, stream, type}) in hex (ADR 0014).
 * Both texts are canonical, so the envelope is put together as text, its keys in their canonical order.
 */
export function hashEvent(
  previousHash: string,
  event: { id: string; stream: string; revision: number; type: string; data: string; metadataWithoutHashes: string },
): string {
  const envelope =
    `{"data":${event.data},"id":${JSON.stringify(event.id)},"metadata":${event.metadataWithoutHashes},` +
    `"revision":${event.revision},"stream":${JSON.stringify(event.stream)},"type":${JSON.stringify(event.type)}}`;
  return digest('sha256', previousHash + envelope, 'hex');
}

/** Metadata as the writer makes it, before it is chained to its stream. */
export type UnchainedMetadata = Omit<EventMetadata, 'hash' | 'previousHash'>;

export function encodeEvent(
  event: { id: string; stream: string; revision: number; type: string; data: JsonObject; meta: UnchainedMetadata },
  previousHash: string,
): EventToAppend & { hash: string } {
  const data = storableJson(event.data, `the data of event ${event.id}`);
  const { id, stream, revision, type } = event;
  const [first, second, third] = aroundHashes(event.meta as object as Members);
  const metadataWithoutHashes = storable(objectOf(first, second, third), `the metadata of event ${id}`);
  const hash = hashEvent(previousHash, { id, stream, revision, type, data, metadataWithoutHashes });
  const metadata = objectOf(first, `"hash":"${hash}"`, second, `"previousHash":${JSON.stringify(previousHash)}`, third);
  return { id, type, data, metadata, hash };
}

/** The members before, between and after the two hashes: metadata is written with them and without, and serialised once. */
function aroundHashes(meta: Members): [string, string, string] {
  const [first, second, third]: [Members, Members, Members] = [{}, {}, {}];
  for (const name in meta) put(name < 'hash' ? first : name < 'previousHash' ? second : third, name, meta[name]);
  return [membersOf(first), membersOf(second), membersOf(third)];
}

const membersOf = (object: object): string => canonicalJson(object).slice(1, -1);

const objectOf = (...members: readonly string[]): string => `{${members.filter((text) => text !== '').join(',')}}`;

/** What a stored event says of itself and of the one before it in its stream. */
export interface ChainLink {
  hash: string;
  previousHash: string;
  /** Its texts are, to the byte, what its hash was made over. */
  holds: boolean;
}

const HASH = /^[0-9a-f]{64}$/;

/**
 * Holds a stored event against its own hash. Nothing is serialised again: the canonical text without the two hashes is
 * the stored text with the two members cut out, and they must have stood where RFC 8785 puts them (ADR 0014).
 */
export function chainLink(stored: Omit<StoredEvent, 'position'>): ChainLink {
  const meta = parsed(stored.metadata);
  const { hash, previousHash } = meta;
  if (typeof hash !== 'string' || !HASH.test(hash) || typeof previousHash !== 'string') return { hash: '', previousHash: '', holds: false };
  const metadataWithoutHashes = stored.metadata.replace(`"hash":"${hash}",`, '').replace(`"previousHash":"${previousHash}",`, '');
  const inPlace = areInOrder(Object.keys(meta)) || stored.metadata === canonicalJson(meta);
  const holds = inPlace && hashEvent(previousHash, { ...stored, metadataWithoutHashes }) === hash;
  return { hash, previousHash, holds };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** False also of names that are whole numbers: objects keep those first, whatever their place in the text. */
const areInOrder = (keys: readonly string[]): boolean => keys.every((key, place) => place === 0 || keys[place - 1]! < key);

/** An event type nobody declared: written by a newer release, or by something else. Read models set its stream aside (ADR 0027). */
export class UnknownEventType extends Error {
  override readonly name = 'UnknownEventType';
}

/** Every kind of event the program knows, by stored name; reads old versions as the newest (upcasting). */
export class EventRegistry {
  private readonly byType = new Map<string, EventDefinition>();

  constructor(definitions: Iterable<EventDefinition>) {
    for (const definition of definitions) {
      if (this.byType.has(definition.type)) throw new Error(`event type ${definition.type} is declared twice`);
      for (let version = 1; version < definition.version; version++)
        if (definition.upcasters?.[version] === undefined)
          throw new Error(`event type ${definition.type} lacks the upcaster from version ${version}`);
      this.byType.set(definition.type, definition);
    }
  }

  get(type: string): EventDefinition {
    const definition = this.byType.get(type);
    if (definition === undefined) throw new UnknownEventType(`event type ${type} is not declared`);
    return definition;
  }

  all(): EventDefinition[] {
    return [...this.byType.values()];
  }

  /** Parses and upcasts; personal fields stay sealed. */
  decode(stored: StoredEvent): RecordedEvent {
    const meta = JSON.parse(stored.metadata) as EventMetadata;
    const definition = this.get(stored.type);
    if (!Number.isInteger(meta.schemaVersion) || meta.schemaVersion < 1)
      throw new UnknownEventType(`event type ${stored.type} of version ${String(meta.schemaVersion)}`);
    let data = JSON.parse(stored.data) as JsonObject;
    for (let version = meta.schemaVersion; version < definition.version; version++) {
      const upcast = definition.upcasters?.[version];
      if (upcast === undefined) throw new UnknownEventType(`event type ${stored.type} has no upcaster from version ${version}`);
      data = upcast(data);
    }
    if (meta.schemaVersion > definition.version)
      throw new UnknownEventType(`event type ${stored.type} version ${meta.schemaVersion} is newer than this release`);
    return { id: stored.id, stream: stored.stream, revision: stored.revision, position: stored.position, type: stored.type, data, meta };
  }
}

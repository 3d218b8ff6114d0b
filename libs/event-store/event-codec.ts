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

/** The library's text. It takes many times as long as `JSON.stringify`, which what is in order already does not need. */
function canonicalText(value: unknown): string | undefined {
  if (isCanonical(value)) return JSON.stringify(value);
  return isPlainObject(value) ? objectOf(membersOf(value)) : serialize(value);
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !('toJSON' in value);

/** True where `JSON.stringify` gives the canonical text: plain values, and members in their order. */
function isCanonical(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isCanonical);
  if (!isPlainObject(value)) return false;
  const names = Object.keys(value);
  return inOrder(names) && names.every((name) => isCanonical(value[name]));
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
  const members = membersOf(event.meta);
  const metadataWithoutHashes = storable(objectOf(members), `the metadata of event ${id}`);
  const hash = hashEvent(previousHash, { id, stream, revision, type, data, metadataWithoutHashes });
  put(members, 'hash', hash);
  put(members, 'previousHash', previousHash);
  return { id, type, data, metadata: objectOf(members), hash };
}

/**
 * Members in the order of RFC 8785, by units of UTF-16, each as text: the metadata is written twice, with its hashes and
 * without, and serialised once.
 */
interface Members {
  names: string[];
  texts: string[];
}

function membersOf(value: object): Members {
  const all = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(all).filter((name) => all[name] !== undefined && typeof all[name] !== 'symbol');
  if (!inOrder(names)) names.sort();
  return { names, texts: names.map((name) => memberOf(name, all[name])) };
}

const memberOf = (name: string, value: unknown): string => `${JSON.stringify(name)}:${canonicalJson(value)}`;

const objectOf = ({ texts }: Members): string => `{${texts.join(',')}}`;

/** Puts one more where it belongs. */
function put({ names, texts }: Members, name: string, value: string): void {
  const after = names.findIndex((each) => each > name);
  const place = after < 0 ? names.length : after;
  names.splice(place, 0, name);
  texts.splice(place, 0, memberOf(name, value));
}

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
  const inPlace = inOrder(Object.keys(meta)) || stored.metadata === canonicalJson(meta);
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
const inOrder = (keys: readonly string[]): boolean => keys.every((key, place) => place === 0 || keys[place - 1]! < key);

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

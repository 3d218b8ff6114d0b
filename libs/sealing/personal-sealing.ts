import type { EventDefinition, Json, JsonObject, RecordedEvent, Subjects } from '@touchline/core';
import { ERASED } from '@touchline/core';
import type { EventRegistry, Sealing } from '@touchline/event-store';
import { storableJson } from '@touchline/event-store';
import { decrypt, encrypt } from './aead.js';
import { NobodyToSealFor, SealBroken } from './errors.js';
import type { KeyOwner, PersonalKey, PersonalKeys } from './personal-keys.js';

/** A sealed field as stored: `v1.<nonce>.<ciphertext and tag>`, both base64url, and whose key opens it. */
interface SealedField extends JsonObject {
  sealed: string;
  of: string;
}

const FORM = /^v1\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)$/;

/** Where nobody is identified yet, what the event hangs on stands in: erasing the person erases that key too. */
const STAND_INS: Readonly<Record<'customer' | 'contact', readonly (keyof Subjects)[]>> = {
  customer: ['customer', 'contact', 'journey', 'complaint'],
  contact: ['contact'],
};

/**
 * Seals the personal fields that an event's definition names, and opens them again (ADR 0008). A field is bound to its event
 * and its name: sealed bytes moved elsewhere do not open, and a personal field keeps its name in every version.
 */
export class PersonalSealing implements Sealing {
  constructor(
    private readonly keys: PersonalKeys,
    private readonly registry: EventRegistry,
  ) {}

  /** What concerns a person who was erased is recorded as erased: nothing personal is kept of them again. */
  async seal(event: { id: string; tenant: string; type: string; data: JsonObject; subjects: Subjects }): Promise<JsonObject> {
    const definition = this.registry.get(event.type);
    const fields = personalFields(definition).filter((field) => event.data[field] !== undefined);
    if (fields.length === 0) return event.data;
    const subject = subjectOf(definition, event.subjects);
    const key = await this.keys.keyFor({ tenant: event.tenant, subject });
    const data = { ...event.data };
    for (const field of fields) data[field] = key === null ? ERASED : sealField(key, event.id, field, event.data[field], subject);
    return data;
  }

  /**
   * The events with their personal fields in clear, or `ERASED`; in at most one query. Takes events as recorded: a
   * correction opens under its own id, so this comes before `applyCorrections`.
   * @throws SealBroken, PersonalKeyMissing, UnknownMasterKey; never a field left out
   */
  async open(events: readonly RecordedEvent[]): Promise<RecordedEvent[]> {
    const sealed = events.map((event) => this.sealedFields(event));
    const owners = new Map(sealed.flat().map(({ owner }) => [`${owner.tenant}/${owner.subject}`, owner]));
    if (owners.size === 0) return [...events];
    const keys = await this.keys.openKeys([...owners.values()]);
    return events.map((event, index) => {
      const fields = sealed[index]!;
      if (fields.length === 0) return event;
      const opened = fields.map(({ field, value, owner }) => [field, openField(keys.require(owner), event.id, field, value)]);
      return { ...event, data: { ...event.data, ...(Object.fromEntries(opened) as JsonObject) } };
    });
  }

  private sealedFields(event: RecordedEvent): { field: string; value: SealedField; owner: KeyOwner }[] {
    return personalFields(this.registry.get(event.type)).flatMap((field) => {
      const value = event.data[field];
      return isSealed(value) ? [{ field, value, owner: { tenant: event.meta.tenant, subject: value.of } }] : [];
    });
  }
}

const personalFields = (definition: EventDefinition): readonly string[] => definition.personal?.fields ?? [];

function subjectOf(definition: EventDefinition, subjects: Subjects): string {
  for (const kind of STAND_INS[definition.personal?.subject ?? 'customer']) {
    const id = subjects[kind];
    if (id !== undefined) return `${kind}:${id}`;
  }
  throw new NobodyToSealFor(definition.type);
}

const context = (eventId: string, field: string): string => `${eventId}/${field}`;

function sealField(key: Buffer, eventId: string, field: string, value: unknown, of: string): SealedField {
  // Once it is sealed the log cannot see what it holds.
  const plain = storableJson(value, field);
  const { nonce, sealed } = encrypt(key, Buffer.from(plain), context(eventId, field));
  return { sealed: `v1.${nonce.toString('base64url')}.${sealed.toString('base64url')}`, of };
}

function openField(key: PersonalKey, eventId: string, field: string, value: SealedField): Json {
  if (key === null) return ERASED;
  const [, nonce, sealed] = FORM.exec(value.sealed) ?? [];
  if (nonce === undefined || sealed === undefined) throw new SealBroken(`${field} of event ${eventId} is not sealed in a form known here`);
  try {
    return JSON.parse(
      decrypt(key, Buffer.from(nonce, 'base64url'), Buffer.from(sealed, 'base64url'), context(eventId, field)).toString(),
    ) as Json;
  } catch (error) {
    throw new SealBroken(`${field} of event ${eventId} does not open: ${(error as Error).message}`, { cause: error });
  }
}

function isSealed(value: unknown): value is SealedField {
  if (typeof value !== 'object' || value === null) return false;
  const { sealed, of } = value as { sealed?: unknown; of?: unknown };
  return typeof sealed === 'string' && typeof of === 'string';
}

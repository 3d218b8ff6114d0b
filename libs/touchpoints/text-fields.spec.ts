import { describe, expect, it } from '@jest/globals';
import { EventRegistry } from '@touchline/event-store';
import type { FieldKind, Fields, Json, JsonObject } from '@touchline/core';
import { fieldRules, shippedPlaybooks } from '@touchline/playbooks';
import { projectionEvents } from '@touchline/subscriptions';
import { recordedEvent } from '@touchline/testing/given-when-then.js';
import { by, march, opened, owned, rules } from '@touchline/testing/journeys.js';
import { storedFields } from '@touchline/testing/stored-shapes.js';
import { declaredDecider } from './declared/declared.decider.js';
import { storedEvents } from './list.js';

// Free text counts as personal (domain §13.1): every text that is stored is sealed, or stands here with the reason why it need not be.

const ID = 'an id, made of nothing personal';
const CODE = 'a word of a list: of the playbook, of the currencies, of the languages';
const DIGEST = 'keyed with a secret';
const OURS = 'of the group itself, its places and its goods';
const STAFF = 'of those who work here, and not of customers';

/** By path, or by type and path where the same name says something else elsewhere. */
const IN_CLEAR: Readonly<Record<string, string>> = {
  ...{ customerId: ID, unitId: ID, eventId: ID, stream: ID, projection: ID, 'sites[]': ID, 'playbook.id': ID },
  ...{ language: CODE, zone: CODE, kind: CODE },
  digest: DIGEST,
  'productLines[]': OURS,
  ...{ word: OURS, zh: OURS, en: OURS, 'aliases[]': OURS },
  'definition.*': OURS,
  ...{ 'site-opened name': OURS, 'site-changed name': OURS, 'unit-registered name': OURS, 'unit-renamed name': OURS },
  ...{ 'site-closed reason': OURS, 'event-skipped reason': OURS },
  ...{ displayName: STAFF, login: STAFF, operator: STAFF, subject: ID, 'user-deactivated reason': STAFF, 'user-reactivated reason': STAFF },
  'fields.*': 'what a playbook declares; that no text is among it is held below',
};
/** Hours and days of a calendar. */
const CALENDAR = /^(weekly\.|closed\[\]|makeUp\[\]\.)/;

type Schema = JsonObject & { properties?: Record<string, Schema>; items?: Schema; enum?: Json[] };
/** Keywords of a text that can name nobody. */
const SAYS_NOTHING = ['enum', 'format', 'words'];
const ANY_TEXT = {
  fields: {
    type: 'object',
    properties: {
      text: { type: 'string', maxLength: 100 },
      list: { type: 'array', items: { type: 'string' } },
      deep: { type: 'array', items: { type: 'object', properties: { year: { type: 'integer' }, name: { type: 'string' } } } },
      model: { type: 'string', words: 'product' },
      on: { type: 'string', format: 'date' },
    },
  },
};

/** Something for every field. */
function filled({ type, properties = {}, items = {}, enum: [choice] = [] }: Schema): Json {
  if (type === 'object') return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, filled(field)]));
  if (type === 'array') return [filled(items)];
  return choice ?? (type === 'string' ? 'x' : 1);
}

/** What is recorded of a touchpoint that says something in every field of the schema. */
function recordedOf(fields: JsonObject): JsonObject {
  const decider = declaredDecider({ ...fieldRules, faults: () => [] });
  const kind = 'test-drive-taken';
  const playbook = { ...rules.playbook, declares: { [kind]: { ...rules.playbook.declares[kind]!, fields } } };
  const journey = [opened, owned].map((event, index) => recordedEvent(event, index)).reduce(decider.fold.evolve, decider.fold.initial);
  const context = { ...rules, playbook, now: march(11), newId: String, eventId: String, recorded: () => undefined };
  const touchpoint = { ...by, kind, fields: filled(fields) as JsonObject };
  const { events } = decider.decide(journey, { journeyId: 'j-1', occurredAt: march(10), touchpoint }, context);
  return events.at(-1)?.data ?? {};
}

/** Every value in it, with the schema it stands under. */
function leavesOf(value: Json | undefined, schema: Schema = {}): { value: Json; schema: Schema }[] {
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(each, schema.items));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([name, field]) => leavesOf(field, schema.properties?.[name]));
  return value === undefined ? [] : [{ value, schema }];
}

/** Kinds of fields whose texts name nobody, as they are declared. */
const CLEAR_KINDS: readonly FieldKind['is'][] = ['instant', 'id', 'user', 'slug'];

/** The kind that a field is declared as, where that alone says that it may stand in clear. */
function clearByKind(fields: Fields, path: string): string | undefined {
  const [name = '', ...rest] = path.replaceAll('[]', '').split('.');
  const kind = fields[name]?.kind;
  if (kind === undefined) return undefined;
  if (kind.is === 'object' || kind.is === 'objects') return clearByKind(kind.form.fields, rest.join('.'));
  return (CLEAR_KINDS.includes(kind.is) && rest.length === 0) || (kind.is === 'money' && rest[0] === 'currency') ? kind.is : undefined;
}

describe('every text of every stored shape', () => {
  const registry = new EventRegistry([...storedEvents, ...projectionEvents]);
  const fields = storedFields();
  const sealedOf = (type: string): readonly string[] => registry.get(type).personal?.fields ?? [];
  const isSealed = (type: string, path: string): boolean => sealedOf(type).includes(path.replace(/[[.].*/, ''));
  const isWord = (type: string, path: string): boolean =>
    Object.keys(registry.get(type).words ?? {}).includes(path.replace(/\[\]|\.\*/, ''));
  const clearAs = (type: string, path: string): string | undefined =>
    clearByKind(registry.get(type).fields ?? {}, path) ??
    [`${type} ${path}`, path].find((key) => key in IN_CLEAR) ??
    (CALENDAR.test(path) ? 'calendar' : undefined);
  const texts = fields.filter(({ text }) => text);

  it('is read from the types of every event there is', () => {
    const shapeless = ['event-skipped', 'customer-erased'];
    expect(new Set([...fields.map(({ type }) => type), ...shapeless])).toEqual(new Set(registry.all().map(({ type }) => type)));
    expect(texts.length).toBeGreaterThan(120);
  });

  it('is sealed, a word of the group, or said to need neither', () => {
    const undecided = texts.filter(({ type, path }) => !isSealed(type, path) && !isWord(type, path) && clearAs(type, path) === undefined);
    expect(undecided.map(({ type, path }) => `${type} ${path}`)).toEqual([]);
  });

  it('of a playbook is a choice, a word of the group, a time or an id by its format; every other stands apart, and is sealed', () => {
    const types = new Set(registry.all().flatMap(({ type, touchpoint }) => (touchpoint ? [type] : [])));
    const declares = shippedPlaybooks(types).flatMap((playbook) => Object.values(playbook.declares));
    const clear = [...declares, ANY_TEXT].flatMap(({ fields }) => leavesOf(recordedOf(fields)['fields'], fields));
    expect(clear.filter(({ value, schema }) => typeof value === 'string' && !SAYS_NOTHING.some((keyword) => keyword in schema))).toEqual(
      [],
    );
    expect(clear.length).toBeGreaterThan(20);
    expect(recordedOf(ANY_TEXT.fields)['textFields']).toEqual({ text: 'x', list: ['x'], deep: [{ year: 1, name: 'x' }] });
    expect(sealedOf('touchpoint-recorded')).toContain('textFields');
  });

  it('is decided once, and nothing is decided of what is not there', () => {
    const used = new Set(texts.flatMap(({ type, path }) => (isSealed(type, path) || isWord(type, path) ? [] : [clearAs(type, path)])));
    expect(Object.keys(IN_CLEAR).filter((key) => !used.has(key))).toEqual([]);
    const declared = registry.all().flatMap(({ type }) => sealedOf(type).map((field) => `${type} ${field}`));
    const there = new Set(fields.map(({ type, path }) => `${type} ${path.replace(/[[.].*/, '')}`));
    // It carries the fields of a call or a visit, beside its own.
    const carried = declared.filter((field) => !there.has(field) && !field.startsWith('contact-recorded '));
    expect(carried).toEqual([]);
  });

  it('is one of the two at most, and is there', () => {
    for (const { type, words = {}, personal } of registry.all())
      for (const field of Object.keys(words)) {
        expect([type, field, personal?.fields.includes(field) ?? false]).toEqual([type, field, false]);
        // It carries the fields of a call or a visit, beside its own.
        if (type !== 'contact-recorded') expect(texts.some((text) => text.type === type && isWord(type, text.path))).toBe(true);
      }
  });

  it('of a call or visit is sealed, or a word, the same where nobody left details', () => {
    const contact = sealedOf('contact-recorded');
    const words = registry.get('contact-recorded').words;
    for (const type of ['call-received', 'visit-received']) expect(words).toMatchObject(registry.get(type).words ?? {});
    for (const type of ['call-received', 'visit-received']) expect(contact).toEqual(expect.arrayContaining([...sealedOf(type)]));
  });
});

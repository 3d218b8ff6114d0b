import { describe, expect, it } from '@jest/globals';
import { EventRegistry } from '@touchline/event-store';
import { projectionEvents } from '@touchline/subscriptions';
import { storedFields } from '@touchline/testing/stored-shapes.js';
import { storedEvents } from './stored-events.js';

// Free text counts as personal (domain §13): every text that is stored is sealed, or stands here with the reason why it need not be.

const ID = 'an id, made of nothing personal';
const INSTANT = 'a point in time';
const CODE = 'a word of a list: of the playbook, of the currencies, of the languages';
const DIGEST = 'keyed with a secret';
const OURS = 'of the group itself, its places and its goods';
const STAFF = 'of those who work here, and not of customers';
const COUNTED = 'counted by the boards; the form says that what names a person belongs into the note';

/** By path, or by type and path where the same name says something else elsewhere. */
const IN_CLEAR: Readonly<Record<string, string>> = {
  ...{ customerId: ID, journeyId: ID, siteId: ID, unitId: ID, ownerId: ID, responsibleId: ID, onBehalfOf: ID, by: ID, eventId: ID },
  ...{ stream: ID, projection: ID, 'sites[]': ID, 'playbook.id': ID },
  ...{ arrivedAt: INSTANT, visitAt: INSTANT, nextCallAt: INSTANT, validUntil: INSTANT, at: INSTANT, previousAt: INSTANT },
  ...{ customerToldAt: INSTANT, 'paymentSchedule[].dueAt': INSTANT },
  ...{
    'price.currency': CODE,
    'discount.currency': CODE,
    'paymentSchedule[].amount.currency': CODE,
    language: CODE,
    zone: CODE,
    kind: CODE,
  },
  ...{ recordedAs: ID, questionId: ID, sharedWith: ID },
  digest: DIGEST,
  ...{ productLine: OURS, 'productLines[]': OURS },
  ...{ word: OURS, zh: OURS, en: OURS, 'aliases[]': OURS },
  'definition.*': OURS,
  ...{ 'site-opened name': OURS, 'site-changed name': OURS, 'unit-registered name': OURS, 'unit-renamed name': OURS },
  ...{ 'site-closed reason': OURS, 'event-skipped reason': OURS },
  ...{ displayName: STAFF, login: STAFF, operator: STAFF, subject: ID, 'user-deactivated reason': STAFF, 'user-reactivated reason': STAFF },
  'attributes.*': COUNTED,
  'fields.*': 'fits the schema of the playbook, which says what may stand there and that nothing personal does',
};
/** Hours and days of a calendar. */
const CALENDAR = /^(weekly\.|closed\[\]|makeUp\[\]\.)/;

describe('every text of every stored shape', () => {
  const registry = new EventRegistry([...storedEvents, ...projectionEvents]);
  const fields = storedFields();
  const sealedOf = (type: string): readonly string[] => registry.get(type).personal?.fields ?? [];
  const isSealed = (type: string, path: string): boolean => sealedOf(type).includes(path.replace(/[[.].*/, ''));
  const isWord = (type: string, path: string): boolean => Object.keys(registry.get(type).words ?? {}).includes(path.replace('[]', ''));
  const clearAs = (type: string, path: string): string | undefined =>
    [`${type} ${path}`, path].find((key) => key in IN_CLEAR) ?? (CALENDAR.test(path) ? 'calendar' : undefined);
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

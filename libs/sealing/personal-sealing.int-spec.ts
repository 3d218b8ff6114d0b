import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { EventDefinition, Json, JsonObject, RecordedEvent, Subjects } from '@touchline/core';
import { ERASED, applyCorrections } from '@touchline/core';
import { EventRegistry, InvalidEventText } from '@touchline/event-store';
import { recordedEvent } from '@touchline/testing/given-when-then.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { NobodyToSealFor, PersonalKeyMissing, SealBroken } from './errors.js';
import { MasterKeys } from './master-keys.js';
import { sealingMigrations } from './migrations.js';
import { PersonalKeys } from './personal-keys.js';
import { PersonalSealing } from './personal-sealing.js';

const database = useDatabase();
const definitions: EventDefinition[] = [
  { type: 'met', version: 1, touchpoint: true, personal: { subject: 'customer', fields: ['note', 'home'] } },
  { type: 'passed', version: 1, touchpoint: true, personal: { subject: 'contact', fields: ['note'] } },
  { type: 'counted', version: 1, touchpoint: false },
];
const masters = new MasterKeys([{ version: 1, key: randomBytes(32) }]);
let keys: PersonalKeys;
let sealing: PersonalSealing;

beforeAll(async () => {
  for (const { sql } of sealingMigrations) await database.pool.query(sql);
  keys = new PersonalKeys(database.pool, masters);
  sealing = new PersonalSealing(keys, new EventRegistry(definitions));
});

const newCustomer = (): Subjects => ({ customer: randomUUID() });

/** The event as it would be recorded: sealed under its id. */
async function recorded(
  type: string,
  data: JsonObject,
  subjects: Subjects,
  more: { id?: string; corrects?: string } = {},
): Promise<RecordedEvent> {
  const id = more.id ?? randomUUID();
  const sealed = await sealing.seal({ id, tenant: 'test', type, data, subjects });
  return recordedEvent({ ...more, id, type, data: sealed, subjects });
}

const opened = async (...events: RecordedEvent[]): Promise<JsonObject[]> => (await sealing.open(events)).map(({ data }) => data);

describe('sealing personal fields', () => {
  it('gives back what was sealed, whatever it was, and shows nothing of it meanwhile', async () => {
    const personal = fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => JSON.parse(JSON.stringify(value)) as Json);
    const fact = fc.record({ note: personal, home: personal, seats: fc.nat() }, { noNullPrototype: true });
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { maxLength: 5 }), async (all) => {
        const events = await Promise.all(all.map((data) => recorded('met', data, newCustomer())));
        for (const [index, { data }] of events.entries()) {
          expect(data).toMatchObject({ seats: all[index]?.seats, note: { sealed: expect.stringMatching(/^v1\./) } });
        }
        expect(await opened(...events)).toStrictEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves no plaintext in the sealed bytes', async () => {
    const note = '王芳，住浦东大道1200号，电话13600004444';
    const { data } = await recorded('met', { note, seats: 2 }, newCustomer());
    const { sealed } = data['note'] as { sealed: string };
    const bytes = Buffer.concat(sealed.split('.').map((part) => Buffer.from(part, 'base64url')));
    for (const piece of [note, '王芳', '13600004444']) {
      expect(JSON.stringify(data)).not.toContain(piece);
      expect(bytes.includes(piece)).toBe(false);
    }
  });

  it('is never the same twice', async () => {
    const event = { id: randomUUID(), tenant: 'test', type: 'met', data: { note: 'a' }, subjects: newCustomer() };
    expect(await sealing.seal(event)).not.toEqual(await sealing.seal(event));
  });

  it('does not open under another event, another field, or altered', async () => {
    const event = await recorded('met', { note: 'here', home: 'there' }, newCustomer());
    const note = event.data['note'] as { sealed: string; of: string };
    await expect(opened({ ...event, id: randomUUID() })).rejects.toThrow(SealBroken);
    await expect(opened({ ...event, data: { home: note } })).rejects.toThrow(`home of event ${event.id} does not open`);
    const at = note.sealed.length - 5;
    const altered = note.sealed.slice(0, at) + (note.sealed[at] === 'A' ? 'B' : 'A') + note.sealed.slice(at + 1);
    await expect(opened({ ...event, data: { note: { ...note, sealed: altered } } })).rejects.toThrow(SealBroken);
    await expect(opened({ ...event, data: { note: { ...note, sealed: note.sealed.replace('v1', 'v9') } } })).rejects.toThrow(SealBroken);
  });

  it('does not open with the key of another person, nor of the same id in another group', async () => {
    const event = await recorded('met', { note: 'a' }, newCustomer());
    const other = await recorded('met', { note: 'b' }, newCustomer());
    const { sealed } = event.data['note'] as { sealed: string };
    const { of } = other.data['note'] as { of: string };
    await expect(opened({ ...event, data: { note: { sealed, of } } })).rejects.toThrow(SealBroken);
    await expect(opened({ ...event, meta: { ...event.meta, tenant: 'other' } })).rejects.toThrow(PersonalKeyMissing);
  });

  it('names the person whose key it is, or what stands in while nobody is identified', async () => {
    const of = async (type: string, subjects: Subjects): Promise<unknown> =>
      ((await recorded(type, { note: 'a' }, subjects)).data['note'] as { of: string }).of;
    expect(await of('met', { customer: 'c', journey: 'j', site: 's' })).toBe('customer:c');
    expect(await of('met', { journey: 'j', site: 's' })).toBe('journey:j');
    expect(await of('passed', { contact: 'k', customer: 'c' })).toBe('contact:k');
    await expect(of('met', { site: 's' })).rejects.toThrow(NobodyToSealFor);
  });

  it('reads as erased once the key is gone, and keeps nothing of that person again', async () => {
    const [gone, stays] = [newCustomer(), newCustomer()];
    const before = [await recorded('met', { note: 'a', seats: 1 }, gone), await recorded('met', { note: 'b', seats: 2 }, stays)];
    await keys.erase('test', [`customer:${gone.customer}`]);
    expect(await opened(...before)).toStrictEqual([
      { note: ERASED, seats: 1 },
      { note: 'b', seats: 2 },
    ]);
    const after = await recorded('met', { note: 'c', seats: 3 }, gone);
    expect(after.data).toStrictEqual({ note: ERASED, seats: 3 });
    expect(await opened(after)).toStrictEqual([{ note: ERASED, seats: 3 }]);
  });

  it('opens a correction under its own id, and then it stands in for what it names', async () => {
    const customer = newCustomer();
    const wrong = await recorded('met', { note: 'wrong' }, customer);
    const right = await recorded('met', { note: 'right' }, customer, { corrects: wrong.id });
    expect(applyCorrections(await sealing.open([wrong, right]))).toMatchObject([{ id: wrong.id, data: { note: 'right' } }]);
  });

  it('opens a whole batch in one query, and what is cached in none', async () => {
    const events = await Promise.all(Array.from({ length: 30 }, (_, n) => recorded('met', { note: `${n}` }, newCustomer())));
    const query = jest.spyOn(database.pool, 'query');
    const fresh = new PersonalSealing(new PersonalKeys(database.pool, masters), new EventRegistry(definitions));
    expect((await fresh.open(events)).map(({ data }) => data['note'])).toEqual(events.map((_, n) => `${n}`));
    expect(query).toHaveBeenCalledTimes(1);
    await fresh.open(events);
    expect(query).toHaveBeenCalledTimes(1);
    query.mockRestore();
  });

  it('leaves alone what has no personal fields', async () => {
    const event = await recorded('counted', { note: 'not personal' }, {});
    expect(event.data).toEqual({ note: 'not personal' });
    expect(await sealing.open([event])).toEqual([event]);
    expect((await recorded('met', { seats: 1 }, {})).data).toEqual({ seats: 1 });
  });

  it.each(['a\0b', 'half \ud83d', ['\udc00']])('refuses text that no read model can hold: %j', async (note) => {
    await expect(recorded('met', { note }, newCustomer())).rejects.toThrow(InvalidEventText);
  });

  it.each(['\\u0000', '😀', '\\\\ud800'])('takes text that only looks like it: %j', async (note) => {
    expect(await opened(await recorded('met', { note }, newCustomer()))).toEqual([{ note }]);
  });
});

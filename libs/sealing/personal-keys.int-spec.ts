import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Notifications } from '@touchline/postgres';
import { eventually } from '@touchline/testing/eventually.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { UnknownMasterKey } from './errors.js';
import { MAX_KEY_AGE_MS } from './key-cache.js';
import type { MasterKeyVersion } from './master-keys.js';
import { MasterKeys } from './master-keys.js';
import { sealingMigrations } from './migrations.js';
import { ERASED_KEYS_CHANNEL, PersonalKeys } from './personal-keys.js';

const database = useDatabase();
const first: MasterKeyVersion = { version: 1, key: randomBytes(32) };
const second: MasterKeyVersion = { version: 2, key: randomBytes(32) };
const time = { now: 0 };

const keysOf = (...masters: MasterKeyVersion[]): PersonalKeys =>
  new PersonalKeys(database.pool, new MasterKeys(masters), { ticks: () => time.now, cacheSize: 100 });
const rows = async () =>
  (
    await database.pool.query<{ subject: string; erased: boolean; master_version: number | null }>(
      'select subject, wrapped_key is null as erased, master_version from touchline.personal_keys order by subject',
    )
  ).rows;

beforeAll(async () => {
  for (const { sql } of sealingMigrations) await database.pool.query(sql);
});
beforeEach(() => database.pool.query('delete from touchline.personal_keys'));

describe('personal keys', () => {
  it('are created once and are the same for everybody', async () => {
    const [here, there] = [keysOf(first), keysOf(first)];
    const made = await here.keysFor('g', ['customer:1', 'customer:2', 'customer:1']);
    expect(made.get('customer:1')).toHaveLength(32);
    expect(made.get('customer:1')).not.toEqual(made.get('customer:2'));
    expect(await there.keysFor('g', ['customer:2', 'customer:1'])).toEqual(new Map([...made].reverse()));
    expect(await rows()).toHaveLength(2);
  });

  it('are each a tenant’s own', async () => {
    const keys = keysOf(first);
    const [one, two] = [await keys.keysFor('g', ['customer:1']), await keys.keysFor('h', ['customer:1'])];
    expect(one.get('customer:1')).not.toEqual(two.get('customer:1'));
  });

  it('end as one key where many processes make it at once, in any order of persons', async () => {
    const subjects = Array.from({ length: 20 }, (_, n) => `customer:${n}`);
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, n) => keysOf(first).keysFor('g', n % 2 === 0 ? subjects : [...subjects].reverse())),
    );
    for (const each of made) for (const subject of subjects) expect(each.get(subject)).toEqual(made[0]?.get(subject));
    expect(await rows()).toHaveLength(20);
  });

  it('are wrapped in the table', async () => {
    const key = (await keysOf(first).keysFor('g', ['customer:1'])).get('customer:1');
    const { rows: stored } = await database.pool.query<{ wrapped_key: Buffer }>('select wrapped_key from touchline.personal_keys');
    expect(key && stored[0]?.wrapped_key.includes(key)).toBe(false);
  });

  it('are read without being created', async () => {
    const keys = keysOf(first);
    await keys.keysFor('g', ['customer:1']);
    const owner = (subject: string) => ({ tenant: 'g', subject });
    const opened = await keysOf(first).openKeys([owner('customer:1'), owner('customer:2')]);
    expect(opened.get(owner('customer:1'))).toHaveLength(32);
    expect(opened.get(owner('customer:2'))).toBeUndefined();
    expect(() => opened.require(owner('customer:2'))).toThrow('no key of customer:2');
    expect(await rows()).toHaveLength(1);
  });

  it('are gone here at once when erased, and elsewhere within the age of a cached one', async () => {
    const [here, there] = [keysOf(first), keysOf(first)];
    await here.keysFor('g', ['customer:1']);
    await there.keysFor('g', ['customer:1']);
    await here.erase('g', ['customer:1']);
    expect((await here.keysFor('g', ['customer:1'])).get('customer:1')).toBeNull();
    time.now += MAX_KEY_AGE_MS;
    expect((await there.keysFor('g', ['customer:1'])).get('customer:1')).toBeNull();
    expect(await rows()).toEqual([{ subject: 'customer:1', erased: true, master_version: null }]);
  });

  it('are gone elsewhere as soon as that is heard', async () => {
    const [here, there] = [keysOf(first), keysOf(first)];
    const listening = new Notifications(database.pool, [ERASED_KEYS_CHANNEL], () => undefined);
    const heard: (string | null)[] = [];
    listening.on(ERASED_KEYS_CHANNEL, (erased) => {
      heard.push(erased);
      there.heard(erased);
    });
    try {
      await eventually(() => heard.includes(null));
      await there.keysFor('g', ['customer:1', 'contact:2']);
      await here.erase('g', ['customer:1', 'contact:2']);
      await eventually(() => heard.length === 3);
      expect([...(await there.keysFor('g', ['customer:1', 'contact:2'])).values()]).toEqual([null, null]);
    } finally {
      await listening.close();
    }
  });

  it('stand where what is to happen with their erasure fails', async () => {
    const keys = keysOf(first);
    const made = await keys.keysFor('g', ['customer:1']);
    await expect(keys.erase('g', ['customer:1'], () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
    expect(await keys.keysFor('g', ['customer:1'])).toEqual(made);
  });

  it('cannot be made any more for somebody who was erased before there was one', async () => {
    await keysOf(first).erase('g', ['customer:1']);
    expect((await keysOf(first).keysFor('g', ['customer:1'])).get('customer:1')).toBeNull();
  });

  it('erasing twice keeps the day of the first', async () => {
    const keys = keysOf(first);
    await keys.erase('g', ['customer:1']);
    const before = await database.pool.query('select erased_at from touchline.personal_keys');
    await keys.erase('g', ['customer:1']);
    expect((await database.pool.query('select erased_at from touchline.personal_keys')).rows).toEqual(before.rows);
  });

  it('move to the newest master key in batches, and the older one may go', async () => {
    const subjects = Array.from({ length: 7 }, (_, n) => `customer:${n}`);
    const made = await keysOf(first).keysFor('g', subjects);
    await keysOf(first).erase('g', ['customer:3']);
    const both = keysOf(first, second);
    expect(await both.rewrap({ batchSize: 2 })).toBe(6);
    expect(await both.rewrap({ batchSize: 2 })).toBe(0);
    expect(await both.byMasterVersion()).toEqual([
      { version: 2, keys: 6 },
      { version: null, keys: 1 },
    ]);
    expect((await rows()).map((row) => row.master_version)).toEqual([2, 2, 2, null, 2, 2, 2]);
    const opened = await keysOf(second).keysFor('g', subjects);
    expect(opened).toEqual(new Map([...made, ['customer:3', null]]));
  });

  it('move in as many runs as it takes', async () => {
    const subjects = Array.from({ length: 7 }, (_, n) => `customer:${n}`);
    await keysOf(first).keysFor('g', subjects);
    const both = keysOf(first, second);
    const stop = new AbortController();
    expect(await both.rewrap({ batchSize: 2, signal: stop.signal, onBatch: () => stop.abort() })).toBe(2);
    expect(await both.byMasterVersion()).toEqual([
      { version: 1, keys: 5 },
      { version: 2, keys: 2 },
    ]);
    expect(await both.rewrap()).toBe(5);
  });

  it('are wrapped anew once where two do it at the same time', async () => {
    await keysOf(first).keysFor(
      'g',
      Array.from({ length: 40 }, (_, n) => `customer:${n}`),
    );
    const counts = await Promise.all([keysOf(first, second).rewrap({ batchSize: 3 }), keysOf(first, second).rewrap({ batchSize: 3 })]);
    expect(counts[0] + counts[1]).toBe(40);
  });

  it('do not open without the master key that wraps them', async () => {
    await keysOf(first, second).keysFor('g', ['customer:1']);
    await expect(keysOf(first).keysFor('g', ['customer:1'])).rejects.toThrow(UnknownMasterKey);
  });
});

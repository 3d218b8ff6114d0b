import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { useDatabase } from '@touchline/testing/postgres.js';
import { WrongSecret } from './errors.js';
import { MasterKeys } from './master-keys.js';
import { sealingMigrations } from './migrations.js';
import { PersonalKeys } from './personal-keys.js';
import { assertSecrets } from './secret-marks.js';

describe('the secrets of the settings', () => {
  const database = useDatabase();
  const first = { version: 1, key: randomBytes(32) };
  const second = { version: 2, key: randomBytes(32) };
  const identityHmacSecret = 'a secret that keys the digests of numbers';
  const check = (more: Partial<Parameters<typeof assertSecrets>[1]>): Promise<void> =>
    assertSecrets(database.pool, { masterKeys: [first], identityHmacSecret, ...more });

  beforeAll(async () => {
    for (const { sql } of sealingMigrations) await database.pool.query(sql);
    await check({});
  });

  it('are taken as long as they are the ones the database was written with, a new master key beside them', async () => {
    await check({});
    await check({ masterKeys: [first, second] });
  });

  it('are refused where one of them is another', async () => {
    await expect(check({ identityHmacSecret: 'another' })).rejects.toThrow(WrongSecret);
    await expect(check({ identityHmacSecret: 'another' })).rejects.toThrow(/^IDENTITY_HMAC_SECRET is not the one/);
    await expect(check({ masterKeys: [{ ...first, key: randomBytes(32) }] })).rejects.toThrow(
      /^MASTER_KEYS is not the one .* \(master-1\)/,
    );
  });

  it('are refused where a master key is missing that wraps the key of a person', async () => {
    await new PersonalKeys(database.pool, new MasterKeys([first])).keysFor('g', ['customer:1']);
    await expect(check({ masterKeys: [second] })).rejects.toThrow('MASTER_KEYS lacks version 1');
  });
});

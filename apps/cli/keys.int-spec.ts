import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadSettings } from '@touchline/config';
import { MasterKeys, PersonalKeys } from '@touchline/sealing';
import { useDatabase } from '@touchline/testing/postgres.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline } from '@touchline/testing/touchline.js';

const PEOPLE = 1_234;

describe('touchline keys', () => {
  const database = useDatabase();
  const [first, second] = [1, 2].map((version) => `${version}:${randomBytes(32).toString('base64')}`) as [string, string];
  let env: Record<string, string>;
  const subjects = Array.from({ length: PEOPLE }, (_, n) => `customer:${n}`);

  const run = (masterKeys: string, ...args: string[]): Promise<Ended> =>
    touchline(['keys', ...args], { env: { ...env, MASTER_KEYS: masterKeys } });
  const keysUnder = (masterKeys: string): PersonalKeys =>
    new PersonalKeys(database.pool, new MasterKeys(loadSettings({ ...env, MASTER_KEYS: masterKeys }).secrets.masterKeys));

  beforeAll(async () => {
    env = { ...newSecrets(), DATABASE_URL: database.url };
  });

  it('moves everybody to the new master key, after which the old one may leave the settings', async () => {
    expect(await run(first, 'status')).toMatchObject({ code: 0, stdout: "master key 1: 0 people's keys, wraps new keys\nerased: 0\n" });
    const made = await keysUnder(first).keysFor('g', subjects);
    await keysUnder(first).erase('g', ['customer:7']);

    const both = `${first},${second}`;
    expect((await run(both, 'status')).stdout).toContain(`master key 1: ${PEOPLE - 1} people's keys, rotate before it leaves`);
    expect(await run(second, 'status')).toMatchObject({
      code: 2,
      stderr: "MASTER_KEYS lacks version 1, which people's keys are wrapped with\n",
    });

    const rotated = await run(both, 'rotate');
    expect(rotated.code).toBe(0);
    expect(rotated.stdout).toContain("master key 1: 0 people's keys, wraps nothing; it may leave the settings");
    expect(rotated.stderr).toContain(`${PEOPLE - 1}/${PEOPLE - 1} keys`);
    expect((await run(both, 'rotate', '--quiet')).stderr).toBe('');

    const status = await run(second, 'status', '--json');
    expect(JSON.parse(status.stdout)).toEqual({
      masterKeys: [{ version: 2, keys: PEOPLE - 1, inSettings: true, state: 'wraps' }],
      erased: 1,
    });
    expect(await keysUnder(second).keysFor('g', subjects)).toEqual(new Map([...made, ['customer:7', null]]));
  });
});

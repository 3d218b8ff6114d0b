import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadSettings } from '@touchline/config';
import { MasterKeys, PersonalKeys } from '@touchline/sealing';
import { useDatabase } from '@touchline/testing/postgres.js';

const MAIN = resolve(import.meta.dirname, '../../dist/apps/cli/main.js');
const PEOPLE = 1_234;

describe('touchline keys', () => {
  const database = useDatabase();
  const [first, second] = [1, 2].map((version) => `${version}:${randomBytes(32).toString('base64')}`) as [string, string];
  let env: Record<string, string>;
  const subjects = Array.from({ length: PEOPLE }, (_, n) => `customer:${n}`);

  async function run(masterKeys: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [MAIN, 'keys', ...args], { env: { ...env, MASTER_KEYS: masterKeys } });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }
  const keysUnder = (masterKeys: string): PersonalKeys =>
    new PersonalKeys(database.pool, new MasterKeys(loadSettings({ ...env, MASTER_KEYS: masterKeys }).secrets.masterKeys));

  beforeAll(async () => {
    env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.url,
      LOG_SIGNING_KEYS: `1:${randomBytes(32).toString('base64')}`,
      IDENTITY_HMAC_SECRET: randomBytes(48).toString('base64'),
      TOKEN_SIGNING_KEY: randomBytes(48).toString('base64'),
    };
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
  }, 60_000);
});

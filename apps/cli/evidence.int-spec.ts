import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import { visited } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { node, touchline as run } from '@touchline/testing/touchline.js';

const SEED = randomBytes(32);

describe('touchline evidence', () => {
  const secrets = { ...newSecrets(), LOG_SIGNING_KEYS: `1:${SEED.toString('base64')}` };
  const api = useApi(secrets);
  const { publicKey } = new SigningKeys([{ version: 1, key: SEED }]).current;
  let folder: string;
  let customer: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-evidence-test-'));
    customer = (await visited(api, await api.as('li'), '138 0000 4811')).customerId!;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const touchline = (...args: string[]): Promise<Ended> =>
    run(args, { cwd: folder, env: { ...secrets, DATABASE_URL: api.platform.settings.store.databaseUrl } });

  it('exports a history that holds, and finds a byte that was changed', async () => {
    const about = ['--tenant', 'dongfang', '--customer', customer];
    expect(await touchline('evidence', 'export', ...about, '--out', 'plain.jsonl')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(publicKey),
    });
    expect(await touchline('evidence', 'verify', 'plain.jsonl', '--key', publicKey)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The evidence holds'),
    });
    expect(await readFile(join(folder, 'plain.jsonl'), 'utf8')).not.toContain('4811');
    // What is there is never written over.
    expect((await touchline('evidence', 'export', ...about, '--out', 'plain.jsonl')).code).not.toBe(0);
    expect(await touchline('evidence', 'export', '--tenant', 'huadong', '--customer', customer, '--out', 'x')).toMatchObject({ code: 2 });

    const before = await api.countEvents();
    expect(await touchline('evidence', 'export', ...about, '--out', 'opened.jsonl', '--opened-for', '仲裁')).toMatchObject({ code: 0 });
    expect(await api.countEvents()).toBe(before + 1);
    const opened = await readFile(join(folder, 'opened.jsonl'), 'utf8');
    expect(opened).toContain('138');
    expect(opened).toContain('仲裁');
    await writeFile(join(folder, 'changed.jsonl'), opened.replace('仲裁', '仲才'));
    expect(await touchline('evidence', 'verify', 'opened.jsonl')).toMatchObject({ code: 0 });
    expect(await touchline('evidence', 'verify', 'changed.jsonl')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('does not hold'),
    });
    expect(await touchline('evidence', 'verify', 'nowhere.jsonl')).toMatchObject({ code: 2 });
  });

  it('is checked by a process that has only Node, the verifier and the file', async () => {
    expect(await touchline('evidence', 'verifier', '--out', 'verify-evidence.mjs')).toMatchObject({ code: 0 });
    const empty = await mkdtemp(join(tmpdir(), 'touchline-empty-'));
    try {
      for (const name of ['verify-evidence.mjs', 'plain.jsonl', 'changed.jsonl']) await copyFile(join(folder, name), join(empty, name));
      expect(await readdir(empty)).toHaveLength(3);
      const verify = (...args: string[]): Promise<Ended> => node(['verify-evidence.mjs', ...args], { cwd: empty, env: {} });
      expect(await verify('plain.jsonl', publicKey)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('HOLDS') });
      expect(await verify('changed.jsonl')).toMatchObject({ code: 3, stdout: expect.stringContaining('DOES NOT HOLD') });
      expect(await verify('plain.jsonl', '00'.repeat(32))).toMatchObject({ code: 3, stdout: expect.stringContaining('another key') });
      expect(await verify('nowhere.jsonl')).toMatchObject({ code: 2 });
    } finally {
      await rm(empty, { recursive: true });
    }
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { unidentifiedJourney } from '@touchline/server/testing/unidentified-journey.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline as run } from '@touchline/testing/touchline.js';

describe('touchline words', () => {
  const secrets = newSecrets();
  const api = useApi(secrets);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-words-test-'));
    for (const media of ['WeChat ads', 'WeChat  Ads', 'WeChat ads', 'tram', 'radio']) await recordedBeforeWords(media);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const touchline = (...args: string[]): Promise<Ended> =>
    run(['words', ...args, '--tenant', 'dongfang'], {
      cwd: folder,
      env: { ...secrets, DATABASE_URL: api.platform.settings.store.databaseUrl },
    });

  /** As it was when any text was taken. */
  async function recordedBeforeWords(media: string): Promise<void> {
    const { services } = api.platform;
    const words = { find: (_tenant: string, _list: string, typed: string) => Promise.resolve({ word: typed }) };
    await unidentifiedJourney({ ...services, deps: { ...services.deps, words } }, api.now, {
      opened: { attributes: { office: `of ${media}` } },
      said: { media },
    });
  }

  it('tells the texts of the log that are no words, in lines that add them once they are looked through', async () => {
    const before = await api.countEvents();
    const found = await touchline('suggest');
    expect(found).toMatchObject({ code: 0, stderr: expect.stringContaining('texts of dongfang are no words') });
    const lines = found.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { list: string; word: string });
    expect(lines).toEqual([
      { list: 'media', word: 'WeChat ads', count: 3, near: ['wechat-ad'] },
      { list: 'media', word: 'tram', count: 1, near: [] },
      { list: 'label', word: 'of WeChat ads', count: 3, near: [] },
      { list: 'label', word: 'of radio', count: 1, near: ['of tram'] },
      { list: 'label', word: 'of tram', count: 1, near: ['of radio'] },
    ]);
    expect(await api.countEvents()).toBe(before);

    const file = join(folder, 'words.jsonl');
    await writeFile(
      file,
      lines.map((line) => `${JSON.stringify({ ...line, zh: line.word === 'tram' ? '电车' : undefined })}\n`).join('\n'),
    );
    expect(await touchline('add', file)).toMatchObject({ code: 0, stderr: '5 words added, 0 there already, 0 refused\n' });
    expect(await touchline('add', file)).toMatchObject({ code: 0, stderr: '0 words added, 5 there already, 0 refused\n' });
    expect(await touchline('suggest')).toMatchObject({ code: 0, stdout: '' });
    const li = await api.as('li');
    const visit = { siteId: 'pudong', occurredAt: api.now, batchSize: 1, first: true, contactTaken: false };
    await li.record('/visits/received', { ...visit, media: '电车' });
  });

  it('adds nothing of a file with a line that is no word, and says which of a good one are another word’s', async () => {
    const file = join(folder, 'bad.jsonl');
    await writeFile(file, '{"list":"media","word":"bus"}\n{"list":"names","word":"王芳"}\nbus\n');
    const refused = await touchline('add', file);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/:2: is no word.*\n.*:3: is no word/) });
    expect(refused.stderr).not.toContain('王芳');
    await writeFile(file, '{"list":"media","word":"bus","aliases":["radio"]}\n');
    expect(await touchline('add', file)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('0 words added, 0 there already, 1 refused'),
    });
    expect(await touchline('add', 'nowhere.jsonl')).toMatchObject({ code: 2 });
  });
});

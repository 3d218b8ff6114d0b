import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WITH_NPM_START } from '@touchline/testing/docs-commands.js';
import { PLATFORM } from '@touchline/core';
import { TENANT } from '@touchline/demo';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { Called } from './testing/givens.js';
import { Givens } from './testing/givens.js';
import { READY, STARTS_IN_MS, signedIn, useProcesses } from './testing/processes.js';
import { Reader } from './testing/reader.js';

const CALLER = '13700001111';
const URL_LOGGED = /"url":"(http[^"]+)"/;

interface Customers {
  total: number;
}

/** Log lines among what a process said: level and message, each once. */
const told = (out: string): string[] => {
  const lines = out.split('\n').filter((line) => line.startsWith('{"level"'));
  const messages = lines.map((line) => JSON.parse(line) as { level: string; msg: string }).map(({ level, msg }) => `${level}: ${msg}`);
  return [...new Set(messages)].sort();
};

/** Runs the commands of the pages that can be, one page after the other, as somebody would who reads them. */
async function followPages(url: string, { password, home, called }: { password: string; home: string; called: Called }): Promise<void> {
  const admin = await signedIn(url, 'admin', password);
  const operator = await signedIn(url, 'ops', password, PLATFORM);
  const about = { CUSTOMER: called.customerId, NUMBER: CALLER, POSITION: called.position };
  const reader = await Reader.begin({ URL: url, PASSWORD: password, TOUCHLINE_HOME: home, TENANT, ...about });
  const givens = new Givens(reader, { manager: await signedIn(url, 'zhou', password), operator }, called);
  const who = {
    operator: { LOGIN: 'ops', TOKEN: operator.token },
    'operator of the platform': { LOGIN: 'ops', TOKEN: operator.token, TENANT: PLATFORM },
    administrator: { LOGIN: 'admin', TOKEN: admin.token },
  };
  for (const run of WITH_NPM_START) {
    const given = run.given === undefined ? {} : await givens.make(run.given);
    await reader.run(run, { ...who[run.as ?? 'operator'], ...given });
    await givens.undo();
  }
  await reader.end();
}

const start = useProcesses();

describe('the standalone platform', () => {
  let home = '';
  beforeAll(async () => {
    // Only its owner may enter this folder, as with root's clone.
    home = await mkdtemp(join(tmpdir(), 'touchline-home-'));
  });
  afterAll(async () => {
    const elsewhere = await readFile(join(home, 'postgres', 'location'), 'utf8').catch(() => null);
    if (elsewhere !== null) await rm(elsewhere.trim(), { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  });

  it(
    'starts on nothing, shows its demonstration, stops without a word, and starts again with what it had',
    async () => {
      const first = await start('standalone', { TOUCHLINE_HOME: home }, READY);
      const [, url = '', password = ''] = first.ready;
      const zhou = await signedIn(url, 'zhou', password);
      const shown = await zhou.get<Customers>('/customers/counts');
      expect(shown.total).toBeGreaterThan(40);
      const called = await zhou.post<Called>('/calls/received', {
        occurredAt: new Date().toISOString(),
        siteId: 'pudong',
        contactTaken: true,
        person: { phone: CALLER },
      });
      expect(first.said().out).toContain('to "platform", which runs it for all groups');
      const operator = await signedIn(url, 'ops', password, 'platform');
      expect(await operator.get<object>('/admin/projections')).toMatchObject({ projections: expect.any(Array) });
      const page = await fetch(`${url}/docs`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
      expect(await page.text()).toContain('swagger-ui-bundle.js');
      expect(await (await fetch(`${url}/docs/swagger-ui-bundle.js`)).text()).toContain('SwaggerUIBundle');
      expect(await first.stop()).toBe(0);
      expect(first.said().errors).toBe('');
      expect(first.said().out).toMatch(/Ctrl-C stops it; the data stays\.\s*$/);

      const second = await start('standalone', { TOUCHLINE_HOME: home }, READY);
      expect(second.ready[2]).toBe(password);
      const again = await signedIn(second.ready[1] ?? '', 'zhou', password);
      expect((await again.get<Customers>('/customers/counts')).total).toBe(shown.total + 1);
      expect(second.said().out).not.toContain('(new');
      await followPages(second.ready[1] ?? '', { password, home, called });
      expect(await second.stop()).toBe(0);
      expect(second.said().errors).toBe('');
      // Read models were rebuilt and switched, a rebuild was refused, and an event could not be worked in: of nothing else was to be told.
      expect(told(second.said().out)).toEqual([expect.stringMatching(/^error: a stream is set aside/), 'error: rebuild']);
    },
    8 * STARTS_IN_MS,
  );
});

describe('the platform on a server of your own', () => {
  const database = useDatabase();
  let home = '';
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'touchline-home-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it(
    'takes DATABASE_URL in place of the embedded one; API and projector go on with the same data as processes of their own',
    async () => {
      const all = await start('standalone', { TOUCHLINE_HOME: home, DATABASE_URL: database.url }, READY);
      const password = all.ready[2] ?? '';
      expect(await all.stop()).toBe(0);
      expect(existsSync(join(home, 'postgres'))).toBe(false);

      const secrets = JSON.parse(await readFile(join(home, 'secrets.json'), 'utf8')) as Record<string, string>;
      const env = { ...secrets, DATABASE_URL: database.url };
      const api = await start('api', env, URL_LOGGED);
      const projector = await start('projector', env, URL_LOGGED);
      const li = await signedIn(api.ready[1] ?? '', 'li', password);
      const { journeyId, position } = await li.post<{ journeyId: string; position: string }>('/calls/received', {
        occurredAt: new Date().toISOString(),
        siteId: 'pudong',
        contactTaken: true,
        person: { name: '王芳', phone: '13700002222' },
      });
      expect(await li.get<object>(`/journeys/${journeyId}?after=${position}`)).toMatchObject({ siteId: 'pudong', touchpoints: 1 });

      const health = projector.ready[1] ?? '';
      expect(await (await fetch(`${health}/health/ready`)).json()).toMatchObject({ status: 'ready' });
      expect(await (await fetch(`${health}/metrics`)).text()).toContain('touchline_projection_running{projection="customer-status"} 1');
      expect(await (await fetch(`${health}/journeys`)).json()).toMatchObject({ code: 'route.unknown' });
      expect([await projector.stop(), await api.stop()]).toEqual([0, 0]);
      expect(projector.said().errors + api.said().errors).toBe('');
      expect(api.said().out + projector.said().out).not.toMatch(/王芳|13700002222|"level":"(warn|error|fatal)"/);
    },
    4 * STARTS_IN_MS,
  );

  it('says in plain words what is missing, all of it, and ends', async () => {
    const nothing = start('api', {}, URL_LOGGED);
    await expect(nothing).rejects.toThrow(
      /the settings are not valid:\n {2}DATABASE_URL is missing.*\n {2}MASTER_KEYS is missing.*\n {2}IDENTITY_HMAC_SECRET is missing.*\n {2}LOG_SIGNING_KEYS is missing.*\n {2}TOKEN_SIGNING_KEY is missing[^]*$/,
    );
    await expect(nothing).rejects.not.toThrow(/ {4}at /);
  });
});

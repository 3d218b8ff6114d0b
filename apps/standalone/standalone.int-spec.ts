import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TENANT } from '@touchline/demo';
import { useDatabase } from '@touchline/testing/postgres.js';
import { PSQL, RUN, stepsOf } from '@touchline/testing/docs-commands.js';

const apps = resolve(import.meta.dirname, '../../dist/apps');
const STARTS_IN_MS = 120_000;
const CALLER = '13700001111';

/** A process of the platform as an operator runs it. */
interface Running {
  said(): { out: string; errors: string };
  /** What SIGTERM leads to: the exit code, null where it had to be killed. */
  stop(): Promise<number | null>;
}

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts an app and waits until it has said `ready`. */
async function start(app: string, env: Record<string, string>, ready: RegExp): Promise<Running & { ready: RegExpExecArray }> {
  const child = spawn(process.execPath, [join(apps, app, 'main.js')], {
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const gone = once(child, 'exit').then(() => children.delete(child));
  let [out, errors] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const said = await new Promise<RegExpExecArray>((resolveReady, reject) => {
    const late = setTimeout(() => reject(new Error(`${app} was not ready in time: ${out}${errors}`)), STARTS_IN_MS);
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      const found = ready.exec(out);
      if (found !== null) resolveReady(found);
    });
    void gone.then(() => {
      clearTimeout(late);
      reject(new Error(`${app} ended: ${out}${errors}`));
    });
  });
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    await gone;
    return child.exitCode;
  };
  return { ready: said, said: () => ({ out, errors }), stop };
}

const READY = /ready at (\S+)[^]*password (\S+) as[^]*Ctrl-C/;
const URL_LOGGED = /"url":"(http[^"]+)"/;

interface Customers {
  total: number;
}

/** A signed-in person's requests. */
async function signedIn(url: string, login: string, password: string, tenant = TENANT) {
  const json = { 'content-type': 'application/json' };
  const send = async <T>(path: string, init: RequestInit): Promise<T> => {
    const response = await fetch(url + path, init);
    const body = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body}`);
    return JSON.parse(body) as T;
  };
  const body = JSON.stringify({ tenant, login, password });
  const { token } = await send<{ token: string }>('/sign-in', { method: 'POST', headers: json, body });
  const headers = { ...json, authorization: `Bearer ${token}` };
  return {
    get: <T>(path: string) => send<T>(path, { headers }),
    post: <T>(path: string, sent: object) =>
      send<T>(path, { method: 'POST', headers: { ...headers, 'idempotency-key': randomUUID() }, body: JSON.stringify(sent) }),
  };
}

/** Runs the first steps of the README as they are printed, and looks at what they show. */
async function followReadme(url: string, password: string): Promise<void> {
  const readme = await readFile(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const steps = /```sh\n(field\(\)[^]+?)```/.exec(readme)?.[1];
  if (steps === undefined) throw new Error('the README has lost its first steps');
  const env = { PATH: process.env['PATH'] ?? '', URL: url, PASSWORD: password };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', steps], { env });
  expect(stdout).toContain('"lifecycle":"potential"');
  expect(stdout).toContain('"type":"call-received"');
  expect(stdout).toContain('"by":"media"');
  expect(stdout).not.toContain('problems/');
}

/** Runs the commands of the pages that can be, one page after the other, as somebody would who reads them. */
async function followPages(url: string, password: string, home: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'touchline-pages-'));
  await symlink(resolve(apps, '..'), join(folder, 'dist'));
  await symlink(resolve(apps, '../../node_modules'), join(folder, 'node_modules'));
  const admin = await signedIn(url, 'admin', password);
  const { items } = await admin.get<{ items: { customerId: string }[] }>(`/customers/search?q=${CALLER}`);
  const given = { URL: url, PASSWORD: password, TOUCHLINE_HOME: home, CUSTOMER: items[0]?.customerId ?? '', NUMBER: CALLER };
  for (const [page, { as }] of Object.entries(RUN)) {
    const who = as === 'operator' ? { LOGIN: 'ops' } : { LOGIN: 'admin' };
    const env = { PATH: process.env['PATH'] ?? '', TENANT, ...given, ...who };
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', `${PSQL}\n${stepsOf(page)}`], { env, cwd: folder });
    expect([page, stdout]).not.toEqual([page, expect.stringContaining('problems/')]);
  }
  await rm(folder, { recursive: true });
}

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
      await zhou.post('/calls/received', {
        occurredAt: new Date().toISOString(),
        siteId: 'pudong',
        contactTaken: true,
        person: { phone: CALLER },
      });
      await followReadme(url, password);
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
      expect((await again.get<Customers>('/customers/counts')).total).toBe(shown.total + 2);
      expect(second.said().out).not.toContain('(new');
      await followPages(second.ready[1] ?? '', password, home);
      expect(await second.stop()).toBe(0);
    },
    5 * STARTS_IN_MS,
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

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { tokensFrom } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { Clock } from '@touchline/core';
import { loadSettings } from '@touchline/config';
import type { RecordedAnswer } from '@touchline/http';
import type { ProblemDocument } from '@touchline/http';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform, startProjector, startRebuilds } from '@touchline/platform';
import type { Rebuilder } from '@touchline/rebuild';
import type { Projector } from '@touchline/subscriptions';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { Served } from '../serve.js';
import { createApi } from '../create-api.js';
import { Contract } from './contract.js';
import type { Tenant } from './group.js';
import { seedGroups } from './group.js';
import { PATIENT } from '@touchline/testing/patience.js';
import { newSecrets } from '@touchline/testing/secrets.js';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** Somebody signed in. Paths begin with a slash. */
export interface Client {
  userId: string;
  token: string;
  get<T>(path: string, headers?: Record<string, string>): Promise<Answer<T>>;
  /** With a fresh Idempotency-Key unless one is given. */
  post<T = RecordedAnswer>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** Posts what must be recorded; fails with the problem where it is not. */
  record(path: string, body: unknown, headers?: Record<string, string>): Promise<RecordedAnswer>;
  /** Asks for what must be there, once the read model shows `after`; fails with the problem where it is not. */
  ask<T>(path: string, after?: RecordedAnswer): Promise<T>;
}

export interface TestApi {
  readonly url: string;
  readonly platform: Platform;
  /** The instant that every part of the API takes for now; ISO 8601 UTC. */
  now: string;
  /** Log lines that somebody should look at: warnings and worse. */
  readonly warnings: readonly string[];
  /** Signs in once per person, and anew on another day of the clock: a token lasts as long. */
  as(login: string, tenant?: Tenant): Promise<Client>;
  /** Of the whole log; what must not grow when something is refused. */
  countEvents(): Promise<number>;
}

/** The whole API over real HTTP with every projection running, on a database of this test file. */
export function useApi(env: Record<string, string> = {}): TestApi {
  const database = useDatabase();
  let url = '';
  let platform: Platform | undefined;
  let api: Served | undefined;
  let projector: Projector | undefined;
  let rebuilds: Rebuilder | undefined;
  let contract: Promise<Contract> | undefined;
  const clients = new Map<string, Promise<Client>>();
  const warnings: string[] = [];
  const world = { now: '2026-06-01T02:00:00.000Z' };
  const clock: Clock = { now: () => Promise.resolve(world.now) };

  beforeAll(async () => {
    const settings = loadSettings({
      NODE_ENV: 'test',
      LOG_LEVEL: 'silent',
      PORT: '0',
      RATE_LIMIT_PER_MINUTE: '1000000',
      ...newSecrets(),
      ...PATIENT,
      TOKEN_TTL_MINUTES: '1440',
      ...env,
      DATABASE_URL: database.url,
    });
    const logger = createLogger({ role: 'test', level: 'warn', destination: { write: (line) => void warnings.push(line) } });
    platform = await openPlatform({ settings, role: 'test', logger, metrics: new Metrics(), clock });
    await seedGroups(platform);
    projector = startProjector(platform);
    rebuilds = startRebuilds(platform);
    // The page's file server needs a package that Jest cannot load; the tests of whole processes see it.
    api = await createApi(platform, { page: false });
    url = await api.listen();
  });
  afterAll(async () => {
    await api?.drain();
    await projector?.drain(10_000);
    await rebuilds?.drain(10_000);
    await platform?.close();
  });

  async function send<T>(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(url + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    contract ??= fetch(`${url}/docs/openapi.json`).then(
      async (told) => new Contract((await told.json()) as ConstructorParameters<typeof Contract>[0]),
    );
    const differs = (await contract).differs({ method, path, status: response.status, headers: response.headers, text });
    if (differs !== null)
      throw new Error(`${method} ${path} does not answer as the OpenAPI document tells: ${differs}\n${text.slice(0, 2_000)}`);
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T };
  }

  const json = { 'content-type': 'application/json' };

  /** A token as signing in gives it, without working out a secret: that is slow, and the tests of signing in do it. */
  async function signIn(tenant: Tenant, login: string): Promise<string> {
    if (platform === undefined) throw new Error('the API runs from beforeAll on');
    const userId = userIdOf(tenant, login);
    const user = await platform.users.userNow(tenant, userId);
    const { local } = tokensFrom(platform.settings, clock);
    if (user?.active !== true || local === null) throw new Error(`${login} of ${tenant} could not sign in`);
    return (await local.issue({ tenant, userId, generation: user.generation })).token;
  }

  function clientOf(tenant: Tenant, login: string, token: string): Client {
    const authorization = `Bearer ${token}`;
    const client: Client = {
      userId: userIdOf(tenant, login),
      token,
      get: (path, headers = {}) => send('GET', path, { authorization, ...headers }),
      post: (path, body = {}, headers = {}) =>
        send('POST', path, { ...json, authorization, 'idempotency-key': randomUUID(), ...headers }, body),
      record: async (path, body, headers = {}) => must(await client.post(path, body, headers), 201, path),
      ask: async <T>(path: string, after?: RecordedAnswer) => {
        const wait = after === undefined || after.position === null ? '' : `${path.includes('?') ? '&' : '?'}after=${after.position}`;
        return must(await client.get<T>(path + wait), 200, path);
      },
    };
    return client;
  }

  return {
    get url() {
      return url;
    },
    get platform() {
      if (platform === undefined) throw new Error('the API runs from beforeAll on');
      return platform;
    },
    warnings,
    get now() {
      return world.now;
    },
    set now(instant: string) {
      world.now = instant;
    },
    as(login, tenant = 'dongfang') {
      const today = `${tenant} ${login} ${world.now.slice(0, 10)}`;
      const known = clients.get(today) ?? signIn(tenant, login).then((token) => clientOf(tenant, login, token));
      clients.set(today, known);
      return known;
    },
    async countEvents() {
      let events = 0;
      for await (const _ of this.platform.store.readAll()) events += 1;
      return events;
    },
  };
}

function must<T>({ status, body }: Answer<T | ProblemDocument>, wanted: number, path: string): T {
  if (status !== wanted) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
  return body as T;
}

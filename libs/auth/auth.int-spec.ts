import type { INestApplication } from '@nestjs/common';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '@touchline/core';
import { Problem } from '@touchline/http';
import { Metrics, createLogger } from '@touchline/observability';
import { runSqlMigrations } from '@touchline/postgres';
import { ProblemFilter } from '@touchline/server/problem.filter.js';
import { validationPipe } from '@touchline/server/validation.js';
import { eventually } from '@touchline/testing/eventually.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { Account } from '@touchline/touchpoints/user/user.fold.js';
import { Allow, CurrentCaller, Public } from './allow.js';
import { AuthGuard, TOKEN_VERIFIER } from './auth.guard.js';
import { LocalCredentials, credentialMigrations } from './credentials.js';
import { UserDirectory } from './directories.js';
import { RouteDeclarationCheck, permissionTable } from './permission-table.js';
import { SignInLimits } from './sign-in-limits.js';
import { LOCAL_TOKENS, SignInController } from './sign-in.controller.js';
import { LocalTokens } from './tokens.js';
import { userIdOf } from '@touchline/commands/user-id.js';

@Controller('things')
class ThingsController {
  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }

  @Get('mine')
  @Allow({ roles: ['consultant', 'manager'], scope: 'site' })
  mine(@CurrentCaller() caller: Caller): Caller {
    return caller;
  }

  @Get('all')
  @Allow({ roles: ['admin'], scope: 'group', why: 'it is about everybody' })
  all(): string {
    return 'all';
  }
}

@Controller('silent')
class SilentController {
  @Get(':id')
  read(): string {
    return 'nobody said who may';
  }
}

const db = useDatabase();
const NOW = '2026-06-01T08:00:00.000Z';
const tokens = new LocalTokens('a signing key that is long enough for HS256', 60, { now: () => Promise.resolve(NOW) });
const PASSWORD = 'a password that fits';

const none = { generation: 0, tokensEndedAt: null };
const li: Account = { login: 'li', displayName: '李娜', roles: ['consultant'], sites: ['pudong'], active: true, ...none };
const people: Record<string, Account> = {
  li,
  gone: { ...li, login: 'gone', active: false },
  boss: { ...li, login: 'boss', roles: ['admin'], sites: 'all' },
  local: { ...li, login: 'local', roles: ['admin'] },
};
/** Stands in for the streams of users; the directory has its own test. */
const user = (tenant: string, userId: string) =>
  Promise.resolve(Object.values(people).find(({ login }) => tenant === 'dongfang' && userIdOf(tenant, login) === userId) ?? null);
const users = { user, userNow: user };

async function start(
  controllers: (typeof ThingsController | typeof SilentController | typeof SignInController)[],
): Promise<INestApplication> {
  @Module({
    controllers,
    providers: [
      RouteDeclarationCheck,
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: TOKEN_VERIFIER, useValue: tokens },
      { provide: LOCAL_TOKENS, useValue: tokens },
      { provide: UserDirectory, useValue: users },
      { provide: LocalCredentials, useValue: new LocalCredentials(db.pool) },
      { provide: SignInLimits, useValue: new SignInLimits(db.pool, { now: () => Promise.resolve(NOW) }) },
    ],
  })
  class TestModule {}
  const testing = await Test.createTestingModule({ imports: [TestModule] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter(createLogger({ level: 'silent', role: 'test' }), new Metrics()));
  await app.listen(0, '127.0.0.1');
  return app;
}

let app: INestApplication;
let url: string;
beforeAll(async () => {
  await runSqlMigrations(db.pool, credentialMigrations);
  const credentials = new LocalCredentials(db.pool);
  for (const login of ['li', 'gone']) await credentials.setPassword('dongfang', userIdOf('dongfang', login), PASSWORD);
  app = await start([ThingsController, SignInController]);
  url = await app.getUrl();
});
afterAll(() => app.close());

const tokenOf = async (login: string, tenant = 'dongfang'): Promise<string> =>
  (await tokens.issue({ tenant, userId: userIdOf(tenant, login) })).token;

async function call(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${path}`, { headers });
  const text = await response.text();
  const code = text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : undefined;
  return { status: response.status, code, challenge: response.headers.get('www-authenticate'), text };
}
const as = async (login: string, tenant?: string) => ({ authorization: `Bearer ${await tokenOf(login, tenant)}` });

describe('the guard', () => {
  it('lets anybody into what is public', async () => {
    expect(await call('/things/open')).toMatchObject({ status: 200, text: 'open' });
  });

  it("gives the route its caller, with roles and sites from the user's stream", async () => {
    const { status, text } = await call('/things/mine', await as('li'));
    expect({ status, caller: JSON.parse(text) as unknown }).toEqual({
      status: 200,
      caller: { tenant: 'dongfang', userId: userIdOf('dongfang', 'li'), displayName: '李娜', roles: ['consultant'], sites: ['pudong'] },
    });
  });

  it('asks for a token where there is none, naming no error', async () => {
    expect(await call('/things/mine')).toMatchObject({ status: 401, code: 'token.missing', challenge: 'Bearer realm="touchline"' });
  });

  it.each(['Basic bGk6cGFzcw==', 'Bearer', 'Bearer a b', 'Bearer not.a.token', 'bearer eyJhbGciOiJub25lIn0.e30.'])(
    'refuses "%s"',
    async (authorization) => {
      const answer = await call('/things/mine', { authorization });
      expect(answer).toMatchObject({ status: 401, code: 'token.invalid' });
      expect(answer.challenge).toMatch(/^Bearer realm="touchline", error="invalid_token", error_description="[^"]+"$/);
    },
  );

  it.each([
    ['somebody of no such login', 'nobody', 'dongfang'],
    ['somebody of another group', 'li', 'huadong'],
    ['somebody who was deactivated', 'gone', 'dongfang'],
  ])('refuses a good token of %s', async (_who, login, tenant) => {
    expect(await call('/things/mine', await as(login, tenant))).toMatchObject({ status: 401, code: 'user.inactive' });
  });

  it('refuses a role that the route does not name', async () => {
    expect(await call('/things/all', await as('li'))).toMatchObject({ status: 403, code: 'role.not-allowed' });
    expect(await call('/things/mine', await as('boss'))).toMatchObject({ status: 403, code: 'role.not-allowed' });
  });

  it('keeps what is for the group from those of single sites', async () => {
    expect(await call('/things/all', await as('boss'))).toMatchObject({ status: 200 });
    expect(await call('/things/all', await as('local'))).toMatchObject({ status: 403, code: 'scope.group-only' });
  });

  it('counts a role taken away with the next request, whatever the token', async () => {
    const headers = await as('li');
    expect((await call('/things/mine', headers)).status).toBe(200);
    people['li'] = { ...li, roles: [] };
    expect(await call('/things/mine', headers)).toMatchObject({ status: 403, code: 'role.not-allowed' });
    people['li'] = li;
  });

  it('takes no token of a generation that has ended, nor one that was issued before the end and does not say', async () => {
    const [before, silent] = [
      await tokens.issue({ tenant: 'dongfang', userId: userIdOf('dongfang', 'li'), generation: 0 }),
      await as('li'),
    ];
    const first = { authorization: `Bearer ${before.token}` };
    expect([(await call('/things/mine', first)).status, (await call('/things/mine', silent)).status]).toEqual([200, 200]);
    people['li'] = { ...li, generation: 1, tokensEndedAt: '2026-06-01T08:00:00.001Z' };
    for (const headers of [first, silent])
      expect(await call('/things/mine', headers)).toMatchObject({ status: 401, code: 'token.expired' });
    const after = await tokens.issue({ tenant: 'dongfang', userId: userIdOf('dongfang', 'li'), generation: 1 });
    expect((await call('/things/mine', { authorization: `Bearer ${after.token}` })).status).toBe(200);
    people['li'] = li;
  });

  it('reads the scheme however it is spelled', async () => {
    const { authorization } = await as('li');
    for (const spelled of [authorization.toUpperCase().slice(0, 6) + authorization.slice(6), `bearer  ${authorization.slice(7)}`])
      expect((await call('/things/mine', { authorization: spelled })).status).toBe(200);
  });
});

describe('a route that does not say who may call it', () => {
  it('keeps the application from starting', async () => {
    await expect(start([ThingsController, SilentController])).rejects.toThrow('GET /silent/:id SilentController.read');
  });

  it('is not there: the table names every route', () => {
    expect(permissionTable(app).map(({ method, path, permission }) => [method, path, permission])).toEqual([
      ['POST', '/sign-in', 'public'],
      ['GET', '/things/all', { roles: ['admin'], scope: 'group', why: 'it is about everybody' }],
      ['GET', '/things/mine', { roles: ['consultant', 'manager'], scope: 'site' }],
      ['GET', '/things/open', 'public'],
    ]);
  });
});

describe('signing in', () => {
  const signIn = async (body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/sign-in`, { method: 'POST', headers, body: JSON.stringify(body) });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const fits = { tenant: 'dongfang', login: 'Li', password: PASSWORD };

  it('gives a token that works', async () => {
    const { status, body } = await signIn(fits);
    expect(status).toBe(200);
    expect(body).toMatchObject({ displayName: '李娜', userId: userIdOf('dongfang', 'li'), expiresAt: '2026-06-01T09:00:00.000Z' });
    expect((await call('/things/mine', { authorization: `Bearer ${String(body['token'])}` })).status).toBe(200);
  });

  it('tells a wrong password, login and group in one and the same way', async () => {
    const answers = [{ password: 'another password' }, { login: 'nobody' }, { tenant: 'huadong' }, { tenant: 'no group.at all' }];
    const bodies = await Promise.all(answers.map(async (wrong) => signIn({ ...fits, ...wrong })));
    for (const { status, body } of bodies) expect({ status, body }).toEqual({ status: 401, body: bodies[0]?.body });
    expect(bodies[0]?.body['code']).toBe('credentials.wrong');
  });

  it('takes as long for somebody unknown', async () => {
    const took = async (login: string) => {
      const started = performance.now();
      await signIn({ ...fits, login, password: 'another password' });
      return performance.now() - started;
    };
    const known = await took('li');
    expect(await took('somebody.unknown')).toBeGreaterThan(known / 4);
  });

  it('is over for somebody deactivated', async () => {
    expect(await signIn({ ...fits, login: 'gone' })).toMatchObject({ status: 401, body: { code: 'user.inactive' } });
  });

  it.each([[{}], [{ ...fits, remember: true }], [{ ...fits, password: 7 }], [{ ...fits, password: 'x'.repeat(201) }]])(
    'refuses the form of %j',
    async (body) => {
      expect(await signIn(body)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    },
  );

  it('is slowed down for an address and a login, which locks nobody out elsewhere', async () => {
    const tries = await Promise.all(Array.from({ length: 11 }, () => signIn({ ...fits, login: 'target', password: 'a guess at it' })));
    const codes = tries.map(({ body }) => body['code']).sort();
    expect(codes).toEqual([...Array<string>(10).fill('credentials.wrong'), 'rate.limited']);
    expect(tries.find(({ status }) => status === 429)?.retryAfter).toMatch(/^\d+$/);
    expect(await signIn({ ...fits, login: 'TARGET ' })).toMatchObject({ status: 429 });
    expect((await signIn(fits)).status).toBe(200);
    const elsewhere = new SignInLimits(db.pool, { now: () => Promise.resolve(NOW) });
    const target = { userId: userIdOf('dongfang', 'target'), address: '2001:db8:1:2::9' };
    expect(await elsewhere.tried(target, () => Promise.resolve(true))).toBe(true);
  });

  it('counts over processes, by the /64 of an address, and nothing of what fits', async () => {
    const [one, two] = [1, 2].map(() => new SignInLimits(db.pool, { now: () => Promise.resolve(NOW) }));
    const from = (last: number) => ({ userId: userIdOf('dongfang', 'li'), address: `2001:db8:9:9::${last}` });
    for (let times = 0; times < 30; times += 1) expect(await one!.tried(from(times), () => Promise.resolve(true))).toBe(true);
    for (let times = 0; times < 10; times += 1)
      expect(await (times % 2 === 0 ? one! : two!).tried(from(times), () => Promise.resolve(false))).toBe(false);
    for (const limits of [one!, two!])
      await expect(limits.tried(from(99), () => Promise.resolve(true))).rejects.toMatchObject({ status: 429, code: 'rate.limited' });
    const later = new SignInLimits(db.pool, { now: () => Promise.resolve('2026-06-01T08:01:00.000Z') });
    expect(await later.tried(from(1), () => Promise.resolve(true))).toBe(true);
  });

  it('works out two secrets at a time, has so many wait, and tells the others to come back', async () => {
    const limits = new SignInLimits(db.pool, { now: () => Promise.resolve(NOW) });
    let [working, most] = [0, 0];
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => (go = resolve));
    const verify = async (): Promise<boolean> => {
      most = Math.max(most, (working += 1));
      await held;
      working -= 1;
      return true;
    };
    const all = Array.from({ length: 100 }, (_, each) =>
      limits.tried({ userId: userIdOf('dongfang', 'li'), address: `192.0.2.${each % 50}` }, verify).then(
        () => 'done',
        (error: unknown) => (error instanceof Problem ? `${error.code} ${error.headers['retry-after']}` : 'failed'),
      ),
    );
    const hasty = Array.from({ length: 40 }, () => limits.tried({ userId: 'x', address: '198.51.100.1' }, verify).catch(() => 'busy'));
    await eventually(() => most === 2);
    go();
    expect((await Promise.all(all)).sort()).toEqual([...Array<string>(66).fill('done'), ...Array<string>(34).fill('sign-in.busy 5')]);
    expect(await Promise.all(hasty)).toEqual(Array(40).fill('busy'));
    expect(most).toBe(2);
  });
});

import type { INestApplication } from '@nestjs/common';
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import rateLimit from '@fastify/rate-limit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Caller } from '@touchline/core';
import { Metrics, createLogger } from '@touchline/observability';
import { runSqlMigrations } from '@touchline/postgres';
import { ProblemFilter } from '@touchline/server/problem.filter.js';
import { validationPipe } from '@touchline/server/validation.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { User } from '@touchline/touchpoints/user/user.events.js';
import { Allow, CurrentCaller, Public } from './allow.js';
import { AuthGuard, TOKEN_VERIFIER } from './auth.guard.js';
import { LocalCredentials, credentialMigrations } from './credentials.js';
import { UserDirectory } from './directories.js';
import { EveryRouteIsDeclared, permissionTable } from './permission-table.js';
import { LOCAL_TOKENS, SignInController } from './sign-in.controller.js';
import { LocalTokens } from './tokens.js';
import { userIdOf } from './user-id.js';

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

const li: User = { login: 'li', displayName: '李娜', roles: ['consultant'], sites: ['pudong'], active: true };
const people: Record<string, User> = {
  li,
  gone: { ...li, login: 'gone', active: false },
  boss: { ...li, login: 'boss', roles: ['admin'], sites: 'all' },
  local: { ...li, login: 'local', roles: ['admin'] },
};
/** Stands in for the streams of users; the directory has its own test. */
const users = {
  user: (tenant: string, userId: string) =>
    Promise.resolve(Object.values(people).find(({ login }) => tenant === 'dongfang' && userIdOf(tenant, login) === userId) ?? null),
};

async function start(
  controllers: (typeof ThingsController | typeof SilentController | typeof SignInController)[],
): Promise<INestApplication> {
  @Module({
    controllers,
    providers: [
      EveryRouteIsDeclared,
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: TOKEN_VERIFIER, useValue: tokens },
      { provide: LOCAL_TOKENS, useValue: tokens },
      { provide: UserDirectory, useValue: users },
      { provide: LocalCredentials, useValue: new LocalCredentials(db.pool) },
    ],
  })
  class TestModule {}
  const testing = await Test.createTestingModule({ imports: [TestModule] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.getHttpAdapter().getInstance().register(rateLimit, { global: false });
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

  it('is slowed down per login, and only that login', async () => {
    const tries = await Promise.all(Array.from({ length: 11 }, () => signIn({ ...fits, login: 'target', password: 'a guess at it' })));
    const codes = tries.map(({ body }) => body['code']).sort();
    expect(codes).toEqual([...Array<string>(10).fill('credentials.wrong'), 'rate.limited']);
    expect(tries.find(({ status }) => status === 429)?.retryAfter).toMatch(/^\d+$/);
    expect(await signIn({ ...fits, login: 'TARGET ' })).toMatchObject({ status: 429 });
    expect((await signIn(fits)).status).toBe(200);
  });
});

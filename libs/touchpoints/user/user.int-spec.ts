import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { LocalCredentials } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import { EventStoreUnavailable } from '@touchline/event-store';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import type { Fate } from '@touchline/server/testing/trouble.js';
import { whileAppends } from '@touchline/server/testing/trouble.js';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';

type UserAnswer = RecordedAnswer & { userId: string };

interface Me {
  displayName: string;
  roles: string[];
  allSites: boolean;
  sites: { siteId: string; name: string }[];
}

describe('users over HTTP', () => {
  const api = useApi();
  let admin: Client;
  beforeAll(async () => {
    admin = await api.as('admin');
  });

  const password = 'a password that fits';
  const wanted = (login: string) => ({ login, displayName: '赵雷', roles: ['consultant'], sites: ['pudong'] });
  async function register(login: string): Promise<string> {
    const { userId } = (await admin.record('/admin/users', wanted(login))) as UserAnswer;
    expect(await admin.post(`/admin/users/${userId}/password`, { password })).toEqual(expect.objectContaining({ status: 200 }));
    return userId;
  }
  async function request(path: string, init: { token?: string; body?: object }) {
    const authorization: Record<string, string> = init.token === undefined ? {} : { authorization: `Bearer ${init.token}` };
    const headers = { ...authorization, ...(init.body && { 'content-type': 'application/json' }) };
    const response = await fetch(api.url + path, { headers, ...(init.body && { method: 'POST', body: JSON.stringify(init.body) }) });
    return { status: response.status, body: (await response.json()) as Me & { token: string; code?: string } };
  }
  const signIn = (login: string, given = password) => request('/sign-in', { body: { tenant: 'dongfang', login, password: given } });
  const me = (token: string) => request('/me', { token });

  it('registers somebody, who signs in with the password they were given', async () => {
    const userId = await register('Zhao.Lei');
    expect(userId).toBe(userIdOf('dongfang', 'zhao.lei'));
    const { status, body } = await signIn('zhao.lei');
    expect(status).toBe(200);
    expect((await me(body.token)).body).toEqual({
      tenant: 'dongfang',
      userId,
      displayName: '赵雷',
      roles: ['consultant'],
      allSites: false,
      sites: [{ siteId: 'pudong', name: '浦东展厅', zone: 'Asia/Shanghai', productLines: ['kaixuan', 'yuanxing'], open: true }],
    });
  });

  it('sets roles and sites, which count with the next request; every token before ends, and the same again ends none', async () => {
    const userId = await register('roles');
    const { token } = (await signIn('roles')).body;
    const grant = { roles: ['manager', 'analyst'], allSites: true, sites: [] };
    await admin.record(`/admin/users/${userId}/roles`, grant);
    expect(await me(token)).toMatchObject({ status: 401, body: { code: 'token.expired' } });
    const second = (await signIn('roles')).body.token;
    await admin.record(`/admin/users/${userId}/roles`, { ...grant, roles: [...grant.roles].reverse() });
    expect((await me(second)).body).toMatchObject({ roles: ['analyst', 'manager'], allSites: true, sites: [] });
    await admin.record(`/admin/users/${userId}/roles`, { roles: [], sites: [] });
    expect(await me((await signIn('roles')).body.token)).toMatchObject({ status: 403, body: { code: 'role.not-allowed' } });
  });

  it('deactivates somebody at once, and reactivates them with what they had, but for their tokens', async () => {
    const userId = await register('leaving');
    const { token } = (await signIn('leaving')).body;
    await admin.record(`/admin/users/${userId}/deactivation`, { reason: '离职' });
    expect(await me(token)).toMatchObject({ status: 401, body: { code: 'user.inactive' } });
    expect(await signIn('leaving')).toMatchObject({ status: 401 });
    expect(await admin.post(`/admin/users/${userId}/deactivation`)).toMatchObject({ status: 409, body: { code: 'user.deactivated' } });
    await admin.record(`/admin/users/${userId}/reactivation`, {});
    expect(await admin.post(`/admin/users/${userId}/reactivation`)).toMatchObject({ status: 409, body: { code: 'user.active' } });
    expect(await me(token)).toMatchObject({ status: 401, body: { code: 'token.expired' } });
    expect((await me((await signIn('leaving')).body.token)).body).toMatchObject({ roles: ['consultant'] });
  });

  it('replaces a password, which ends every token, and keeps it in no event', async () => {
    const userId = await register('changing');
    const { token } = (await signIn('changing')).body;
    await admin.post(`/admin/users/${userId}/password`, { password: 'another one that fits' });
    expect(await me(token)).toMatchObject({ status: 401, body: { code: 'token.expired' } });
    expect((await signIn('changing')).status).toBe(401);
    expect((await signIn('changing', 'another one that fits')).status).toBe(200);
    const events = [];
    for await (const { type, data } of api.platform.store.readStream(`user-dongfang.${userId}`)) events.push([type, data]);
    expect(events.slice(-1)).toEqual([['user-password-set', '{"by":"other"}']]);
  });

  it('lets everybody change their own password, who knows the one so far', async () => {
    await register('own');
    const { token } = (await signIn('own')).body;
    const change = (current: string, next: string) => request('/me/password', { token, body: { current, password: next } });
    expect(await change('not the password', 'a new one that fits')).toMatchObject({ status: 422, body: { code: 'password.wrong' } });
    expect(await change(password, 'short')).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    const changed = await change(password, 'a  new one that fits ');
    expect(changed.status).toBe(200);
    expect([(await me(token)).status, (await me(changed.body.token)).status]).toEqual([401, 200]);
    expect([(await signIn('own')).status, (await signIn('own', 'a  new one that fits ')).status]).toEqual([401, 200]);
    const again = await request('/me/password', {
      token: changed.body.token,
      body: { current: 'a  new one that fits ', password: 'a third one that fits' },
    });
    expect(again.status).toBe(200);
  });

  describe('a password that is being changed', () => {
    const next = 'another one that fits';
    const changing = async (login: string): Promise<{ userId: string; token: string; change: () => ReturnType<typeof request> }> => {
      const userId = await register(login);
      const { token } = (await signIn(login)).body;
      return { userId, token, change: () => request('/me/password', { token, body: { current: password, password: next } }) };
    };

    it('stays as it was where the change cannot be recorded, and so do the tokens', async () => {
      const { token, change } = await changing('unrecorded');
      const away: Fate = () => Promise.reject(new EventStoreUnavailable('away'));
      expect((await whileAppends(api.platform.store, away, change)).status).toBe(503);
      expect([(await me(token)).status, (await signIn('unrecorded')).status, (await signIn('unrecorded', next)).status]).toEqual([
        200, 200, 401,
      ]);
      expect((await change()).status).toBe(200);
    });

    it('gives nobody a token once the change is recorded', async () => {
      const { userId, change } = await changing('meanwhile');
      const kept = new AbortController();
      const recorded: Fate = async (append, ...order) => {
        const result = await append(...order);
        if (!kept.signal.aborted) await once(kept.signal, 'abort');
        return result;
      };
      const waiting = async (): Promise<boolean> =>
        (
          await api.platform.pool.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%local_credentials%'`,
          )
        ).rowCount === 1;
      const told = async (): Promise<number> => {
        let times = 0;
        for await (const { type } of api.platform.store.readStream(`user-dongfang.${userId}`)) if (type === 'user-password-set') times++;
        return times;
      };
      await whileAppends(api.platform.store, recorded, async () => {
        const changed = change();
        let signedIn: ReturnType<typeof signIn>;
        try {
          await eventually(async () => (await told()) === 2);
          signedIn = signIn('meanwhile');
          await eventually(waiting);
        } finally {
          kept.abort();
        }
        expect([(await changed).status, (await signedIn).status]).toEqual([200, 401]);
      });
    });

    it('is worked out in the line of those who sign in, whoever sets it', async () => {
      const userId = await register('in-line');
      const verify = jest.spyOn(LocalCredentials.prototype, 'verify');
      const kept = new AbortController();
      verify.mockImplementation(async () => {
        if (!kept.signal.aborted) await once(kept.signal, 'abort');
        return false;
      });
      try {
        const line = Array.from({ length: 36 }, () => signIn('in-line'));
        // Two more than one address may have: once the first is sent away, the line is full.
        await Promise.any(line.map(async (each) => expect((await each).status).toBe(503)));
        const answer = await admin.post<ProblemDocument>(`/admin/users/${userId}/password`, { password: next });
        expect(answer).toMatchObject({ status: 503, body: { code: 'sign-in.busy' } });
        kept.abort();
        await Promise.all(line);
      } finally {
        verify.mockRestore();
      }
    });
  });

  it('keeps the last administrator of a group, whoever asks, and lets any other go', async () => {
    const boss = await api.as('admin', 'huadong');
    const own = `/admin/users/${boss.userId}`;
    const last = { status: 409, body: { code: 'user.last-administrator' } };
    expect(await boss.post(`${own}/deactivation`)).toMatchObject(last);
    expect(await boss.post(`${own}/roles`, { roles: ['analyst'], sites: 'all' })).toMatchObject(last);
    expect(await boss.post(`${own}/roles`, { roles: ['admin'], sites: ['beijing'] })).toMatchObject(last);
    const { userId: second, ...recorded } = (await boss.record('/admin/users', {
      ...wanted('second'),
      roles: ['admin'],
      sites: 'all',
    })) as UserAnswer;
    await boss.ask('/admin/users', recorded);
    await boss.post(`/admin/users/${second}/password`, { password });
    const { token } = (await request('/sign-in', { body: { tenant: 'huadong', login: 'second', password } })).body;
    // Both at once: one of them stays.
    const other = { authorization: `Bearer ${token}` };
    const [mine, theirs] = await Promise.all([
      boss.post<ProblemDocument>(`/admin/users/${second}/deactivation`),
      boss.post<ProblemDocument>(`${own}/deactivation`, {}, other),
    ]);
    expect([mine.status, theirs.status].filter((status) => status === 201)).toHaveLength(1);
  });

  it('answers a repeated key alike, and records it once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await admin.record('/admin/users', wanted('repeated'), headers);
    const before = await api.countEvents();
    expect(await admin.record('/admin/users', wanted('repeated'), headers)).toEqual(first);
    expect(await api.countEvents()).toBe(before);
  });

  const nobody = '/admin/users/3f0e3c2a-52b1-4d0a-9c55-0d1e2f3a4b5c';
  const otherGroups = `/admin/users/${userIdOf('huadong', 'wang')}`;
  it.each([
    ['/admin/users', { ...wanted('LI') }, 409, 'user.login-taken'],
    ['/admin/users', { ...wanted('new.one'), sites: ['pudong', 'beijing'] }, 422, 'user.site-unknown'],
    ['/admin/users', { ...wanted('new.one'), sites: 'some' }, 400, 'request.invalid'],
    ['/admin/users', { ...wanted('new.one'), roles: ['admin', 'admin'] }, 400, 'request.invalid'],
    ['/admin/users', { ...wanted('new.one'), roles: ['owner'] }, 400, 'request.invalid'],
    ['/admin/users', { ...wanted('new.one'), roles: ['operator'] }, 400, 'request.invalid'],
    ['/admin/users', { ...wanted('white space') }, 400, 'request.invalid'],
    [`${nobody}/roles`, { roles: [], sites: [] }, 404, 'user.not-registered'],
    [`${nobody}/deactivation`, {}, 404, 'user.not-registered'],
    [`${nobody}/password`, { password }, 404, 'user.not-registered'],
    [`${otherGroups}/roles`, { roles: ['admin'], sites: 'all' }, 404, 'user.not-registered'],
    [`${otherGroups}/password`, { password }, 404, 'user.not-registered'],
    [`${nobody}/password`, { password: 'short' }, 400, 'request.invalid'],
    ['/admin/users/not-an-id/roles', { roles: [], sites: [] }, 400, 'request.invalid'],
  ])('refuses %s %j, and records nothing', async (path, body, status, code) => {
    const before = await api.countEvents();
    expect(await admin.post<ProblemDocument>(path, body)).toMatchObject({ status, body: { code } });
    expect(await api.countEvents()).toBe(before);
  });
});

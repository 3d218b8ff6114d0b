import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execute } from '@touchline/commands';
import type { CommandMetadata, Input } from '@touchline/commands';
import { AppendOutcomeUnknown } from '@touchline/event-store';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform, startLogHeads } from '@touchline/platform';
import { pause } from '@touchline/subscriptions';
import { eventually } from '@touchline/testing/eventually.js';
import { createApi } from './create-api.js';
import type { Served } from './serve.js';
import { eventsOf, refused, visited } from './testing/look.js';
import { PASSWORD } from './testing/group.js';
import type { Answer, Client } from './testing/use-api.js';
import { useApi } from './testing/use-api.js';

describe('two processes that record on the same streams', () => {
  const api = useApi();
  let li: Client;
  let other: Platform;
  beforeAll(async () => {
    li = await api.as('li');
    const { settings } = api.platform;
    const logger = createLogger({ role: 'test', level: 'silent' });
    other = await openPlatform({ settings, role: 'test', logger, metrics: new Metrics(), clock: { now: () => Promise.resolve(api.now) } });
  });
  afterAll(() => other.close());

  let phones = 0;
  const received = (): ReturnType<typeof visited> => visited(api, li, `137${33_000_000 + (phones += 1)}`);
  const call = (journeyId: string, note: string) => ({ occurredAt: api.now, journeyId, reached: true, note });
  const fromElsewhere = (): CommandMetadata => {
    const id = randomUUID();
    return {
      ...{ tenant: 'dongfang', sites: 'all', roles: ['manager'], actor: { kind: 'user', id: li.userId }, commandId: id },
      ...{ requestHash: id, correlationId: id, causationId: id },
    };
  };
  const elsewhere = async (command: string, input: Input): Promise<void> => {
    const outcome = await execute(other.services, command, input, fromElsewhere());
    expect(outcome.kind).toBe('recorded');
  };

  it('refuse and take what the other has made of a journey, whatever they hold of it', async () => {
    const { journeyId } = await received();
    await li.record('/calls/made', call(journeyId, '一'));
    await elsewhere('journey-lost', { journeyId, occurredAt: api.now, kind: 'gave-up' });
    await refused(api, li, 'journey.not-open', '/calls/made', call(journeyId, '二'));
    await elsewhere('journey-reactivated', { journeyId, occurredAt: api.now, cause: 'manager' });
    await li.record('/calls/made', call(journeyId, '三'));
    const revisions = (await eventsOf(api, 'journey', journeyId)).map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, place) => place));
  });

  it('sign the log at their start where the last head is older than the interval, once for all of them', async () => {
    const heads = (): ReturnType<typeof api.platform.logHeads.list> => api.platform.logHeads.list(10);
    const restarted = async (): Promise<number> => {
      const running = [api.platform, other, api.platform].map((platform) => startLogHeads(platform));
      await Promise.all(running.map((each) => each.drain(10_000)));
      return (await heads()).length;
    };
    expect(await restarted()).toBe(1);
    await received();
    api.now = '2026-06-01T02:14:59.000Z';
    expect(await restarted()).toBe(1);
    api.now = '2026-06-01T02:15:00.000Z';
    expect(await restarted()).toBe(2);
    expect((await heads())[0]).toMatchObject({ signedAt: api.now });
  });

  it('keep nothing of a person whom the other erased', async () => {
    const { customerId, journeyId } = await received();
    await li.record('/calls/made', call(journeyId, '赵小敏一'));
    await li.record(`/customers/${customerId}/details`, { name: '赵小敏' });
    await li.record('/calls/made', call(journeyId, '赵小敏二'));
    await elsewhere('customer-erased', { customerId, askedBy: 'person', reason: 'asked' });
    await refused(api, li, 'customer.erased', `/customers/${customerId}/details`, { name: '赵小敏' });
    const owner = { tenant: 'dongfang', subject: `customer:${customerId}` };
    const isKnown = async (): Promise<boolean> => (await api.platform.keys.openKeys([owner])).get(owner) !== null;
    for (const until = performance.now() + 10_000; performance.now() < until && (await isKnown());) await pause(20);
    await li.record('/calls/made', call(journeyId, '赵小敏三'));
    const journey = await eventsOf(api, 'journey', journeyId);
    expect(journey.at(-1)?.data['note']).toEqual({ erased: true });
    expect(JSON.stringify(await api.platform.sealing.open(journey))).not.toContain('赵');
  });

  describe('take a key for one request of one caller, over the whole group', () => {
    const key = (): { 'idempotency-key': string } => ({ 'idempotency-key': randomUUID() });
    let second: Served;
    let elsewhereUrl: string;
    beforeAll(async () => {
      second = await createApi(other, { page: false });
      elsewhereUrl = await second.listen();
    });
    afterAll(() => second.drain());

    /** Posts to the other process. */
    async function postElsewhere(
      path: string,
      body: object,
      headers: { [name: string]: string },
    ): Promise<Answer<RecordedAnswer & ProblemDocument>> {
      const sent = { 'content-type': 'application/json', authorization: `Bearer ${li.token}`, ...headers };
      const response = await fetch(elsewhereUrl + path, { method: 'POST', headers: sent, body: JSON.stringify(body) });
      return { status: response.status, headers: response.headers, body: (await response.json()) as RecordedAnswer & ProblemDocument };
    }

    it('hears of a user whom the other deactivated, long before what it holds is too old, and takes the token that came after', async () => {
      const admin = await api.as('admin');
      const he = await api.as('he');
      const meElsewhere = async (token: string): Promise<number> =>
        (await fetch(`${elsewhereUrl}/me`, { headers: { authorization: `Bearer ${token}` } })).status;
      expect(await meElsewhere(he.token)).toBe(200);
      // Time stands still, so that what is held never becomes too old.
      const standing = performance.now();
      const stopped = jest.spyOn(performance, 'now').mockImplementation(() => standing);
      await admin.record(`/admin/users/${he.userId}/deactivation`, {});
      await eventually(async () => (await meElsewhere(he.token)) === 401).finally(() => stopped.mockRestore());
      await admin.record(`/admin/users/${he.userId}/reactivation`, {});
      const body = JSON.stringify({ tenant: 'dongfang', login: 'he', password: PASSWORD });
      const signedIn = await fetch(`${api.url}/sign-in`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const { token } = (await signedIn.json()) as { token: string };
      expect([await meElsewhere(token), await meElsewhere(he.token)]).toEqual([200, 401]);
    });

    it('counts the requests of a caller to the other, within a second', async () => {
      const zhou = await api.as('zhou');
      const left = async (url: string): Promise<number> => {
        const { headers } = await fetch(`${url}/me`, { headers: { authorization: `Bearer ${zhou.token}` } });
        return Number(headers.get('x-ratelimit-remaining'));
      };
      const before = await left(elsewhereUrl);
      for (let times = 0; times < 30; times += 1) await left(api.url);
      await eventually(async () => (await left(elsewhereUrl)) < before - 30);
    });

    it('refuses it with another stream, address, person or body, and answers the same request as before', async () => {
      const [one, another] = [await received(), await received()];
      const headers = key();
      const first = await li.record('/calls/made', call(one.journeyId, '一'), headers);
      const reused = (client: Client, path: string, body: object): Promise<ProblemDocument> =>
        refused(api, client, 'idempotency.key-reused', path, body, headers);
      expect((await reused(li, '/calls/made', call(another.journeyId, '一'))).status).toBe(422);
      await reused(li, '/calls/received', { occurredAt: api.now, journeyId: one.journeyId, rings: 2, ringSeconds: 8 });
      await reused(await api.as('chen'), '/calls/made', call(one.journeyId, '一'));
      await reused(li, '/calls/made', call(one.journeyId, '二'));
      expect((await postElsewhere('/calls/made', call(another.journeyId, '一'), headers)).body.code).toBe('idempotency.key-reused');
      expect(await li.record('/calls/made', call(one.journeyId, '一'), headers)).toEqual(first);
      expect((await postElsewhere('/calls/made', call(one.journeyId, '一'), headers)).body).toEqual(first);
    });

    it('lets one of several requests under one key win, sent to both at once', async () => {
      const journeys = await Promise.all(Array.from({ length: 8 }, received));
      const headers = key();
      const answers = await Promise.all(
        journeys.map(({ journeyId }, index) =>
          index % 2 === 0
            ? li.post<RecordedAnswer & ProblemDocument>('/calls/made', call(journeyId, '一'), headers)
            : postElsewhere('/calls/made', call(journeyId, '一'), headers),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422, 422, 422, 422, 422]);
    });

    it('remembers nothing of a refused request: its key may come with a corrected body, or to the other process', async () => {
      const { journeyId } = await received();
      const headers = key();
      for (const wrong of [
        { ...call(journeyId, '一'), occurredAt: 'soon' },
        { ...call(randomUUID(), '一') },
        { ...call(randomUUID(), '二') },
      ])
        expect((await li.post('/calls/made', wrong, headers)).status).toBeGreaterThanOrEqual(400);
      expect((await postElsewhere('/calls/made', call(journeyId, '一'), headers)).status).toBe(201);
      await refused(api, li, 'idempotency.key-reused', '/calls/made', call(journeyId, '二'), headers);
    });

    it('keeps it for a request of which nobody knows what became: the very same goes through, another does not', async () => {
      const { journeyId } = await received();
      const headers = key();
      const { store } = api.platform;
      const append = store.append.bind(store);
      // As after a crash: claimed, and never heard of again.
      store.append = () => Promise.reject(new AppendOutcomeUnknown('no answer'));
      try {
        expect((await li.post('/calls/made', call(journeyId, '一'), headers)).status).toBe(503);
      } finally {
        store.append = append;
      }
      await refused(api, li, 'idempotency.key-reused', '/calls/made', call(journeyId, '二'), headers);
      expect((await postElsewhere('/calls/made', call(journeyId, '二'), headers)).status).toBe(422);
      expect((await postElsewhere('/calls/made', call(journeyId, '一'), headers)).status).toBe(201);
    });

    it('keeps no claim for longer than it is to', async () => {
      const { journeyId } = await received();
      const headers = key();
      await li.record('/calls/made', call(journeyId, '一'), headers);
      const today = api.now;
      try {
        api.now = new Date(Date.parse(today) + 31 * 24 * 3_600_000).toISOString();
        await (await api.as('li')).record('/calls/made', call(journeyId, '二'), key());
        const { rows } = await api.platform.pool.query<{ old: number }>(
          'select count(*)::int as old from touchline.request_claims where claimed_at <= $1',
          [today],
        );
        expect(rows[0]?.old).toBe(0);
      } finally {
        api.now = today;
      }
    });
  });
});

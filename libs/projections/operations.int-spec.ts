import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Pool } from 'pg';
import type { Recorded } from '@touchline/auth';
import { BestEffort, asPosition } from '@touchline/core';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { requestSignal } from '@touchline/http';
import { Metrics } from '@touchline/observability';
import { startProjector } from '@touchline/platform';
import { observeStanding } from '@touchline/platform/standing-metrics.js';
import { RelayStatus } from '@touchline/relay/status.js';
import { Replay } from '@touchline/replay';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';
import { projections } from './index.js';
import type { ProjectionStands } from './operations.js';
import type { SetAsideShown } from './set-aside.js';
import { Teller } from './testing/tell.js';

const at = '2026-05-01T02:00:00.000Z';

describe('running the projections over HTTP', () => {
  const api = useApi();
  const li = new Teller(api);
  let operator: Client;
  let came: RecordedAnswer;
  beforeAll(async () => {
    operator = await api.as('ops', 'platform');
    came = await li.came(at, { siteId: 'pudong', phone: '13800000001' });
    // The table refuses what this one projection makes of a call: a fault of that event, and of nothing else.
    await api.platform.pool.query(
      `alter table customer_timeline_v1_1.customer_timeline add constraint no_calls check (type <> 'call-made')`,
    );
  });

  const all = async (): Promise<ProjectionStands[]> =>
    (await operator.ask<{ projections: ProjectionStands[] }>('/admin/projections')).projections;
  const timeline = async (): Promise<ProjectionStands | undefined> => (await all()).find(({ name }) => name === 'customer-timeline');
  const itemsAt = async (path: string, as: Client): Promise<SetAsideShown[]> => (await as.ask<{ items: SetAsideShown[] }>(path)).items;
  const aside = () => itemsAt('/admin/projections/customer-timeline/set-aside', operator);
  const ready = () => operator.get<{ status: string; shortcomings: string[] }>('/health/ready');
  const operate = (act: string, body = {}, as = operator, headers = {}) =>
    as.post<ProjectionStands & ProblemDocument>(`/admin/projections/customer-timeline/${act}`, body, headers);

  it('shows each with its version, place, lag and state', async () => {
    await eventually(async () => (await all()).every(({ lag }) => lag.events === 0));
    for (const projection of await all())
      expect(projection).toMatchObject({
        version: projections.find(({ name }) => name === projection.name)?.projection.version,
        state: 'running',
        position: projection.head,
        lag: { events: 0, more: false, seconds: 0 },
        failure: null,
      });
    expect((await all()).map(({ name }) => name)).toEqual(projections.map(({ name }) => name));
  });

  it('pauses one and lets it go on, while the others run', async () => {
    expect(await operate('pause')).toMatchObject({ status: 200, body: { state: 'paused' } });
    expect(await operate('pause')).toMatchObject({ status: 200, body: { state: 'paused' } });
    const later = await li.quoted(at, came.journeyId ?? '');
    await (await api.as('li')).ask(`/journeys/${came.journeyId}`, later);
    expect(await operate('retry')).toMatchObject({ status: 409, body: { code: 'projection.not-stopped', state: 'paused' } });
    expect(await operate('resume')).toMatchObject({ status: 200, body: { state: 'running' } });
    await (await api.as('li')).ask(`/journeys/${came.journeyId}/timeline`, later);
  });

  it('shows what is set aside, and all else goes on; a retry fails again; a skip with a reason lets the stream go on', async () => {
    const bad = await li.called(at, came.journeyId ?? '');
    const mine = await api.as('li');
    expect((await mine.ask<{ touchpoints: number }>(`/journeys/${came.journeyId}`, bad)).touchpoints).toBe(3);
    const timelineAfter = async (after: RecordedAnswer) =>
      mine.get<ProblemDocument & { items?: unknown[] }>(`/journeys/${came.journeyId}/timeline?after=${after.position}`);
    const missing = await timelineAfter(bad);
    expect(missing).toMatchObject({ status: 503, body: { code: 'read-model.set-aside', view: 'customer-timeline' } });
    expect(Number(missing.headers.get('retry-after'))).toBeGreaterThan(0);
    // What is in the rows is answered for, and so are other records.
    expect(await timelineAfter(came)).toMatchObject({ status: 200 });
    expect(await timelineAfter(await li.came(at, { siteId: 'pudong', phone: '13800000009' }))).toMatchObject({ status: 200 });
    const [first] = await aside();
    const about = { projection: 'customer-timeline', tenant: 'dongfang', stream: `journey-dongfang.${came.journeyId}`, rebuild: false };
    expect(first).toMatchObject({ ...about, attempts: 1, waiting: 1 });
    expect(first?.event).toMatchObject({ id: bad.eventId, type: 'call-made', position: bad.position });
    expect(first?.error).toContain('no_calls');
    expect(first?.stack).toContain('at ');
    expect(await timeline()).toMatchObject({ state: 'running', failure: null, setAside: { streams: 1, since: first?.since } });
    expect((await ready()).body).toMatchObject({
      status: 'degraded',
      shortcomings: [expect.stringMatching(/^customer-timeline: 1 stream is set aside, the oldest since 20/)],
    });

    const metrics = await api.platform.metrics.text();
    expect(metrics).toContain('touchline_projection_set_aside_streams{projection="customer-timeline"} 1');
    expect(metrics).toMatch(/touchline_projection_lag_events\{projection="customer-status"\} \d+\n/);
    expect(metrics).toMatch(/touchline_standing_read 1\n/);

    expect(await operate('retry')).toMatchObject({ status: 200, body: { state: 'running' } });
    await eventually(async () => (await aside())[0]?.attempts === 2);

    const before = await api.countEvents();
    expect(await operate('skip', { eventId: randomUUID(), reason: 'not this one' })).toMatchObject({
      status: 409,
      body: { code: 'projection.not-failed' },
    });
    expect(await operate('skip', { eventId: bad.eventId })).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(await api.countEvents()).toBe(before);

    const key = { 'idempotency-key': randomUUID() };
    const skip = { eventId: bad.eventId, reason: 'a call the table does not take' };
    expect(await operate('skip', skip, operator, key)).toMatchObject({ status: 200 });
    expect(await operate('skip', skip, operator, key)).toMatchObject({ status: 200 });
    // The order, and the skip itself with the group of the event.
    expect(await api.countEvents()).toBe(before + 2);
    await eventually(async () => (await aside()).length === 0);
    const next = await li.quoteWithdrawn(at, came.journeyId ?? '');
    const { items } = await mine.ask<{ items: { type: string }[] }>(`/journeys/${came.journeyId}/timeline?order=asc`, next);
    expect(items.map(({ type }) => type)).toEqual(['visit-received', 'quote-issued', 'quote-withdrawn']);
    const skips = [];
    for await (const event of api.platform.store.readStream('projection-dongfang.customer-timeline')) skips.push(JSON.parse(event.data));
    expect(skips).toEqual([expect.objectContaining({ eventId: bad.eventId, reason: skip.reason, projection: 'customer-timeline' })]);
    expect((await ready()).body).toMatchObject({ status: 'ready', shortcomings: [] });
  });

  it('keeps a skip with the group of the event, under the name of the operator', async () => {
    const wang = new Teller(api, 'wang', 'huadong');
    const theirs = await wang.came(at, { siteId: 'beijing', phone: '13800000001' });
    const bad = await wang.called(at, theirs.journeyId ?? '');
    const [one] = await eventually(async () => ((found) => found.length === 1 && found)(await aside()));
    expect(one?.event).toMatchObject({ id: bad.eventId, stream: `journey-huadong.${theirs.journeyId}` });
    expect(await operate('skip', { eventId: bad.eventId, reason: 'agreed with the group' })).toMatchObject({ status: 200 });
    const kept = [];
    for await (const { metadata } of api.platform.store.readStream('projection-huadong.customer-timeline')) kept.push(JSON.parse(metadata));
    expect(kept).toEqual([expect.objectContaining({ tenant: 'huadong', actor: { kind: 'user', id: operator.userId } })]);
    await eventually(async () => (await aside()).length === 0);
  });

  it('records what is ordered, and by whom, and nothing of what is refused or stands so already', async () => {
    const { operations } = await operator.ask<{ operations: Recorded[] }>('/admin/operations?limit=3');
    const by = { operator: '值班 方圆', by: operator.userId, orderedAt: api.now, subject: 'customer-timeline' };
    expect(operations[0]).toMatchObject({ ...by, operation: 'projection.skip', stream: expect.stringContaining('journey-huadong.') });
    const all = (await operator.ask<{ operations: Recorded[] }>('/admin/operations')).operations.map(({ operation }) => operation);
    expect(all.slice(2).reverse()).toEqual(['projection.pause', 'projection.resume', 'projection.retry']);
  });

  it("lets a group's administrator see and settle what is the group's, and tells nothing of another's", async () => {
    const [ours, theirs] = [await api.as('admin'), await api.as('admin', 'huadong')];
    const bad = await li.called(at, (await li.came(at, { siteId: 'pudong', phone: '13800000007' })).journeyId ?? '');
    await eventually(async () => (await itemsAt('/admin/set-aside', ours)).length === 1);
    expect(await itemsAt('/admin/set-aside', theirs)).toEqual([]);
    const settle = (act: string, as: Client, body = {}, headers = {}) =>
      as.post<{ streams: number } & ProblemDocument>(`/admin/set-aside/customer-timeline/${act}`, body, headers);
    expect(await settle('retry', theirs)).toMatchObject({ status: 200, body: { streams: 0 } });
    const skip = { eventId: bad.eventId, reason: 'told twice' };
    const unknown = { eventId: randomUUID(), reason: 'told twice' };
    const [refused, none] = [await settle('skip', theirs, skip), await settle('skip', theirs, unknown)];
    expect(refused).toMatchObject({ status: 409, body: { code: 'projection.not-failed', detail: none.body.detail } });

    expect(await settle('retry', ours)).toMatchObject({ status: 200, body: { streams: 1 } });
    await eventually(async () => (await itemsAt('/admin/set-aside', ours))[0]?.attempts === 2);
    const before = await api.countEvents();
    expect(await settle('skip', ours, skip)).toMatchObject({ status: 200, body: { streams: 1 } });
    await eventually(async () => (await itemsAt('/admin/set-aside', ours)).length === 0);
    expect(await settle('skip', ours, skip)).toMatchObject({ status: 200, body: { streams: 0 } });
    expect(await api.countEvents()).toBe(before + 1);
    for (const login of ['li', 'zhou', 'audit', 'fin'])
      expect(await (await api.as(login)).get('/admin/set-aside')).toMatchObject({ status: 403 });
  });

  it('is told in metrics, read at each look: how far each reader is behind, the log heads, erasures and the pool', async () => {
    const { platform } = api;
    const metrics = new Metrics();
    const { settings, pool, logHeads, erasing } = platform;
    const counting = (connections: Pool, totalCount: number, idleCount: number, waitingCount: number): Pool =>
      Object.create(connections, {
        totalCount: { value: totalCount },
        idleCount: { value: idleCount },
        waitingCount: { value: waitingCount },
      }) as Pool;
    observeStanding({
      ...{ ...platform, metrics, settings: { ...settings, topics: { ...settings.topics, brokers: ['nowhere:9092'] } } },
      queries: counting(platform.queries, 4_000, 3_000, 200),
      untimed: counting(platform.untimed, 400, 300, 20),
    });
    const look = async () => {
      const values = new Map((await metrics.text()).split('\n').map((line) => line.split(' ') as [string, string]));
      return (name: string): number => Number(values.get(`touchline_${name}`));
    };
    await eventually(async () => (await all()).every(({ lag }) => lag.events === 0));
    await operate('pause');
    await logHeads.write();
    await li.quoted(at, came.journeyId ?? '');
    await eventually(async () => (await all()).every(({ name, lag }) => name === 'customer-timeline' || lag.events === 0));
    const [events, before] = [await api.countEvents(), api.now];
    api.now = new Date(Date.parse(api.now) + 90_000).toISOString();
    const behind = await look();
    const position = asPosition((await timeline())?.position ?? '');
    let [waiting, eventId] = [0, ''];
    for await (const { id } of platform.store.readAll({ after: position })) [waiting, eventId] = [waiting + 1, id];
    const lag = (of: string, projection: string): number => behind(`projection_lag_${of}{projection="${projection}"}`);
    expect([lag('events', 'customer-timeline'), lag('seconds', 'customer-timeline')]).toEqual([waiting, 90]);
    expect([lag('events', 'customer-status'), lag('seconds', 'customer-status')]).toEqual([0, 0]);
    // No relay has told anything.
    expect([behind('relay_lag_events'), behind('relay_lag_seconds') >= 90]).toEqual([events, true]);
    expect([behind('log_head_age_seconds'), behind('erasures_under_way')]).toEqual([90, 0]);
    const busy = await pool.connect();
    try {
      await erasing.erasures.begin('dongfang', 'somebody', [], {} as Parameters<typeof erasing.erasures.begin>[3]);
      await logHeads.write();
      const status = new RelayStatus(pool, settings.topics.prefix);
      await status.troubled(null);
      const noting = new BestEffort((error) => {
        throw error;
      });
      status.moved({ logId: await platform.store.logId(), position, eventId, holder: 'test' }, noting);
      await status.settled();
      const now = await look();
      expect([now('relay_lag_events'), now('relay_lag_seconds'), now('log_head_age_seconds')]).toEqual([waiting, 90, 0]);
      expect(now('erasures_under_way')).toBe(1);
      expect([now('timers_open{kind="erasure-unfinished"}'), now('timers_late'), now('timers_standing_shards')]).toEqual([0, 0, 0]);
      // Of all three sets of connections: what those of this one do now is little beside what the other two are said to do.
      const [mine, waits] = [now('database_pool_connections{state="busy"}') - 1_100, now('database_pool_waiting')];
      expect([mine >= 1 && mine < 100, Math.floor(now('database_pool_connections{state="idle"}') / 100)]).toEqual([true, 33]);
      expect(Math.floor(waits / 10)).toBe(22);
    } finally {
      busy.release();
      await erasing.erasures.complete((await erasing.erasures.of('dongfang', 'somebody'))!);
      await operate('resume');
      api.now = before;
    }
  });

  it('has a query end with its request: what nobody waits for any more is cancelled in the database', async () => {
    const { pool } = api.platform;
    const holding = await pool.connect();
    const waiting = async (): Promise<number> =>
      (
        await pool.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%journey_stages%'`,
        )
      ).rowCount ?? 0;
    try {
      await holding.query('begin; lock table journey_stages_v2_1.journey_stages in access exclusive mode');
      const gone = new AbortController();
      const { token } = await api.as('li');
      const asked = fetch(`${api.url}/journeys`, { headers: { authorization: `Bearer ${token}` }, signal: gone.signal });
      asked.catch(() => undefined);
      await eventually(async () => (await waiting()) === 1);
      gone.abort();
      await eventually(async () => (await waiting()) === 0);
    } finally {
      await holding.query('rollback').finally(() => holding.release());
    }
    expect(await (await api.as('li')).get('/journeys')).toMatchObject({ status: 200 });
  });

  it('is told in the metrics of each process by what it does: running, paused, or standing by where another runs it', async () => {
    const [here, there] = [api.platform.metrics, new Metrics()];
    const states = async ({ registry }: Metrics): Promise<Map<string, string>> => {
      const text = await registry.getSingleMetricAsString('touchline_projection_state');
      const told = [...text.matchAll(/\{projection="([\w-]+)",state="(\w+)"\} 1$/gm)];
      return new Map(told.map(([, name = '', state = '']) => [name, state]));
    };
    const between = async (): Promise<string[]> => {
      const both = await Promise.all([here, there].map(states));
      return projections.map(({ name }) => [name, ...both.map((each) => each.get(name)).sort()].join(' '));
    };
    const other = startProjector({ ...api.platform, holder: 'another process', metrics: there });
    try {
      const wanted = (of: (name: string) => string) => projections.map(({ name }) => `${name} ${of(name)} standby`).join();
      await eventually(async () => (await between()).join() === wanted(() => 'running'));
      await operate('pause');
      await eventually(async () => (await between()).join() === wanted((name) => (name === 'customer-timeline' ? 'paused' : 'running')));
    } finally {
      await other.drain(10_000);
      await operate('resume');
    }
  });

  describe('a replay ends with its request', () => {
    beforeAll(async () => {
      let later = came;
      for (let day = 1; day <= 8; day++) {
        await li.came(at, { siteId: 'pudong', phone: `1380000010${day}` });
        later = await li.complained(at, came.journeyId ?? '');
      }
      await (await api.as('li')).ask(`/customers/${came.customerId}/status?knownBy=${later.position}`, later);
      await (await api.as('li')).ask('/funnel?knownBy=2026-01-01T00:00:00Z', later);
    });
    const count = async (where: string): Promise<number> =>
      (await api.platform.pool.query(`select from pg_stat_activity where datname = current_database() and ${where}`)).rowCount ?? 0;
    const funnelThen = async (signal: AbortSignal): Promise<void> => {
      const { token } = await api.as('li');
      const path = `/funnel?knownBy=${await api.platform.store.head()}`;
      void fetch(api.url + path, { headers: { authorization: `Bearer ${token}` }, signal }).catch(() => null);
    };

    it('whatever it waits for: its statement is cancelled, its turn is for others', async () => {
      const holding = await api.platform.pool.connect();
      const waiting = () => count(`wait_event_type = 'Lock' and query like '%read_model.customer_streams%'`);
      try {
        const { schema } = (await api.platform.builds.live('customer-streams'))!;
        await holding.query(`begin; lock table ${schema}.customer_streams in access exclusive mode`);
        const gone = new AbortController();
        for (const _ of [1, 2, 3]) await funnelThen(gone.signal);
        await eventually(async () => (await waiting()) === 2);
        gone.abort();
        await eventually(async () => (await waiting()) === 0);
      } finally {
        await holding.query('rollback').finally(() => holding.release());
      }
    });

    it.each([
      ['the funnel of then', () => '/funnel?'],
      ['a status of then', () => `/customers/${came.customerId}/status?`],
      ['a timeline of then', () => `/customers/${came.customerId}/timeline?`],
      ['what of a status differs', () => `/customers/${came.customerId}/status/diff?from=2026-01-01T00:00:00Z&`],
    ])('and reads no stream any more: %s', async (_, path) => {
      const { store } = api.platform;
      const stored = store.readStream.bind(store);
      const read = jest.spyOn(store, 'readStream');
      const replays = [jest.spyOn(Replay.prototype, 'of'), jest.spyOn(Replay.prototype, 'histories')];
      const holding = new AbortController();
      let under: AbortSignal | undefined;
      try {
        const { token } = await api.as('li');
        read.mockImplementation(async function* (...asked) {
          under ??= requestSignal();
          await once(holding.signal, 'abort');
          yield* stored(...asked);
        });
        const gone = new AbortController();
        const url = `${api.url}${path()}knownBy=${await store.head()}`;
        void fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: gone.signal }).catch(() => null);
        await eventually(() => under !== undefined);
        gone.abort();
        await eventually(() => under?.aborted);
        const begun = read.mock.calls.length;
        holding.abort();
        await Promise.allSettled(replays.flatMap(({ mock }) => mock.results.map(({ value }) => value)));
        expect(read).toHaveBeenCalledTimes(begun);
      } finally {
        for (const spy of [read, ...replays]) spy.mockRestore();
      }
    });
  });

  it.each(['li', 'zhou', 'audit', 'fin', 'admin'])('is not for %s', async (login) => {
    const somebody = await api.as(login);
    expect(await somebody.get('/admin/projections')).toMatchObject({ status: 403 });
    expect(await operate('pause', {}, somebody)).toMatchObject({ status: 403, body: { code: 'role.not-allowed' } });
  });

  it('knows no projection but those in the list', async () => {
    expect(await operator.post('/admin/projections/funnel/pause')).toMatchObject({ status: 404, body: { code: 'projection.unknown' } });
    expect(await operator.post('/admin/projections/funnel/skip', { eventId: randomUUID(), reason: 'none' })).toMatchObject({ status: 404 });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, ProblemDocument, RecordedAnswer } from '@touchline/http';
import { startRowChecks } from '@touchline/platform';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';
import { projections } from './index.js';
import type { ProjectionStands } from './operations.js';
import type { KeyDiffers } from './operations.dto.js';
import type { BuildStands } from './rebuilds.js';
import { rebuilt } from './testing/rebuilt.js';
import { Teller } from './testing/tell.js';

const at = '2026-05-01T02:00:00.000Z';
const VIEW = '/admin/projections/customer-status';

describe('rebuilding the read models over HTTP', () => {
  const api = useApi();
  const told: RecordedAnswer[] = [];
  let operator: Client;
  beforeAll(async () => {
    operator = await api.as('ops', 'platform');
    const li = new Teller(api);
    for (let each = 0; each < 8; each += 1) {
      const came = await li.came(at, { siteId: 'pudong', phone: `138000000${10 + each}` });
      await li.quoted(at, came.journeyId ?? '');
      told.push(came);
    }
    told.push(await new Teller(api, 'wang', 'huadong').came(at, { siteId: 'beijing', phone: '13800000001' }));
  });

  const statusOf = async (name = 'customer-status'): Promise<ProjectionStands> =>
    (await (await api.as('ops', 'platform')).ask<{ projections: ProjectionStands[] }>('/admin/projections')).projections.find(
      (each) => each.name === name,
    )!;
  const newest = async (): Promise<BuildStands> => (await operator.ask<{ builds: BuildStands[] }>(`${VIEW}/builds`)).builds[0]!;
  const once = (state: BuildStands['state']): Promise<BuildStands> =>
    eventually(async () => {
      const build = await newest();
      return build.state === state && build;
    });
  const differences = () => operator.ask<Page<KeyDiffers>>(`${VIEW}/differences`);

  it('shows its readers the same figures at every moment, and no error, while every view is rebuilt and switched', async () => {
    const li = await api.as('li');
    const { journeyId, customerId } = told[0]!;
    const questions = [
      '/customers/counts',
      '/customers?limit=200',
      `/customers/${customerId}/status`,
      `/customers/${customerId}/timeline`,
      `/journeys/${journeyId}`,
      '/funnel?by=siteId',
      `/funnel?by=siteId&happenedBy=${at}&events=0`,
      '/customers/search?q=13800000010',
    ];
    const ask = async (path: string): Promise<string> => {
      const { status, body } = await li.get<object>(path);
      const { asOf: _, ...figures } = body as { asOf?: object };
      return `${status} ${JSON.stringify(figures)}`;
    };
    const head = await api.platform.store.head();
    for (const path of ['/customers/counts', '/journeys', '/funnel', `/customers/${customerId}/timeline`])
      await li.ask(`${path}${path.includes('?') ? '&' : '?'}after=${head}`);
    const wanted = new Map<string, string>();
    for (const path of questions) wanted.set(path, await ask(path));
    expect([...wanted.values()].filter((answer) => !answer.startsWith('200 '))).toEqual([]);

    const over = new AbortController();
    const surprises = new Set<string>();
    let answers = 0;
    const readers = questions.flatMap((path) =>
      [1, 2].map(async () => {
        for (; !over.signal.aborted; answers += 1) {
          const answer = await ask(path);
          if (answer !== wanted.get(path)) surprises.add(`${path}: ${answer}`);
        }
      }),
    );
    const outcomes: unknown[] = [];
    try {
      for (let times = 0; times < 3; times += 1)
        outcomes.push(...(await rebuilt(api.platform)).map(({ state, report }) => [state, report?.outcome]));
    } finally {
      over.abort();
      await Promise.all(readers);
    }
    expect(outcomes).toEqual(outcomes.map(() => ['live', 'equal']));
    expect(outcomes).toHaveLength(3 * projections.length);
    expect([...surprises]).toEqual([]);
    expect(answers).toBeGreaterThan(100);
  });

  it('warns of nothing where an event comes in at the very moment of the switch', async () => {
    const { pool } = api.platform;
    const waits = (statement: string): Promise<boolean> =>
      eventually(async () => {
        const { rowCount } = await pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
          [statement],
        );
        return rowCount !== 0;
      });
    const reader = await pool.connect();
    let came: RecordedAnswer;
    try {
      // Whoever reads the rows keeps the switch from its end; what is recorded then waits for the checkpoint that the switch holds.
      await reader.query('begin; select from read_model.customer_status limit 1');
      expect(await operator.post<BuildStands>(`${VIEW}/rebuild`, {})).toMatchObject({ status: 200 });
      await waits('create or replace view read_model.customer_status%');
      came = await new Teller(api).came(at, { siteId: 'pudong', phone: '13800000010' });
      await waits('%touchline.checkpoints%');
    } finally {
      await reader.query('commit');
      reader.release();
    }
    await once('live');
    await (await api.as('li')).ask('/customers/counts', came);
    expect(api.warnings).toEqual([]);
  });

  it('keeps no rows of persons but those that follow the log', async () => {
    const { rows } = await api.platform.pool.query<{ schema: string }>(
      `select schemaname as schema from pg_tables where tablename = 'person_directory'`,
    );
    expect(rows).toEqual([{ schema: (await api.platform.builds.live('person-directory'))?.schema }]);
  });

  it('refuses to switch where rows differ, and names those of every group; until they are accepted, and the old are dropped', async () => {
    const { live } = await statusOf();
    const [mine, theirs] = [told[0]?.journeyId, told.at(-1)?.journeyId];
    await api.platform.pool.query(`update ${live?.schema}.customer_status set lifecycle = 'hand-made' where id = any($1)`, [
      [mine, theirs],
    ]);
    expect(await operator.post<BuildStands>(`${VIEW}/rebuild`, {})).toMatchObject({ status: 200, body: { state: 'building', version: 2 } });
    const refused = await once('refused');
    expect(refused.report?.compared).toMatchObject({ equal: false, differing: { changed: 2, missing: 0, added: 0 } });
    expect(await statusOf()).toMatchObject({
      state: 'running',
      live: { build: live?.build },
      next: { build: refused.build, state: 'refused' },
    });
    const differ = (tenant: string, key?: string) => ({
      ...{ key, tenant, difference: 'changed', columns: ['lifecycle'] },
      event: expect.objectContaining({ type: expect.any(String) }),
    });
    const both = [differ('dongfang', mine), differ('huadong', theirs)];
    expect((await differences()).items).toEqual(both.sort((a, b) => (a.key! < b.key! ? -1 : 1)));

    await operator.post(`${VIEW}/rebuild`, { acceptDifferences: true });
    const accepted = await once('live');
    expect(accepted.report).toMatchObject({ outcome: 'accepted' });
    const { lifecycle } = await (await api.as('admin')).ask<{ lifecycle: string }>(`/customers/${told[0]?.customerId}/status`);
    expect(lifecycle).toBe('intending');
    const dropped = await operator.post<{ builds: BuildStands[] }>(`${VIEW}/builds/drop`);
    expect(dropped.body.builds.map(({ schema }) => schema)).toContain(live?.schema);
    expect(await operator.post(`${VIEW}/builds/drop`)).toMatchObject({ status: 200, body: { builds: [] } });
  });

  it('cancels and resumes, and refuses what makes no sense', async () => {
    for (const act of ['cancel', 'resume'])
      expect(await operator.post<ProblemDocument>(`${VIEW}/rebuild/${act}`)).toMatchObject({ status: 409, body: { code: 'rebuild.none' } });
    // Begun and cancelled while another has it, so that nobody takes it up.
    const { leases } = api.platform;
    const held = await leases.acquire(`customer-status/${(await newest()).build + 1}`, 'another');
    try {
      expect(await operator.post(`${VIEW}/rebuild`, {})).toMatchObject({ status: 200 });
      expect(await operator.post<ProblemDocument>(`${VIEW}/rebuild`, {})).toMatchObject({
        status: 409,
        body: { code: 'rebuild.under-way' },
      });
      for (let times = 0; times < 2; times += 1)
        expect(await operator.post(`${VIEW}/rebuild/cancel`)).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    } finally {
      if (held !== null) await leases.release(held);
    }
    expect((await statusOf()).next).toMatchObject({ state: 'cancelled' });
    expect(await operator.post(`${VIEW}/rebuild/resume`)).toMatchObject({ status: 200 });
    expect((await once('live')).report).toMatchObject({ outcome: 'equal' });
    expect(await operator.post('/admin/projections/nothing/rebuild', {})).toMatchObject({ status: 404 });
  });

  it('is ready only when the rows of its own version are live, and says what to do', async () => {
    const { pool } = api.platform;
    const ready = () => operator.get<ProblemDocument & { down: string[] }>('/health/ready');
    expect((await ready()).status).toBe(200);
    const change = (version: number) =>
      pool.query(`update touchline.builds set version = $1 where projection = 'customer-status' and state = 'live'`, [version]);
    await change(9);
    const other = await ready();
    expect(other).toMatchObject({ status: 503, body: { code: 'not.ready', down: ['read-models'] } });
    expect(other.body.detail).toBe(
      'read-models: customer-status is of version 9, read is 2: a newer release has taken over: stop this one',
    );
    expect((await statusOf()).advice).toContain('a newer release');
    await change(2);
    expect((await ready()).status).toBe(200);
  });

  it('holds rows against the log at the hour set, by the clock of the platform, once for each', async () => {
    expect((await statusOf()).checked).toBeNull();
    api.now = '2026-06-01T19:00:00.000Z';
    const checks = [startRowChecks(api.platform, 20), startRowChecks(api.platform, 20)];
    try {
      const first = await eventually(async () => (await statusOf('person-directory')).checked);
      expect(first).toMatchObject({ checkedAt: '2026-06-01T19:00:00.000Z', rows: 9, differing: 0, named: [], error: null });
      const { live } = await statusOf();
      await api.platform.pool.query(`update ${live?.schema}.customer_status set site_id = 'nowhere' where id = $1`, [told[0]?.journeyId]);
      api.now = '2026-06-02T18:59:59.000Z';
      await eventually(async () => (await statusOf()).checked?.differing === 0);
      api.now = '2026-06-02T19:00:00.000Z';
      const next = await eventually(async () => {
        const { checked } = await statusOf();
        return checked?.checkedAt === '2026-06-02T19:00:00.000Z' && checked;
      });
      expect(next).toMatchObject({ differing: 1, named: [{ key: told[0]?.journeyId, columns: ['siteId'] }] });
      expect(await (await fetch(`${api.url}/metrics`)).text()).toContain('touchline_row_check_differing{projection="customer-status"} 1');
    } finally {
      await Promise.all(checks.map((each) => each.drain(10_000)));
    }
  });
});

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import type { WireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import { startWireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import type { ProblemDocument } from '@touchline/http';
import { createPool, ensureDatabase, withDatabase } from '@touchline/postgres';
import { projections } from '@touchline/projections';
import { followsProbe } from '@touchline/server/follows-probe.js';
import { eventually } from '@touchline/testing/eventually.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { makeBackup } from './backup/make-backup.js';
import { restoreBackup } from './backup/restore-backup.js';
import type { Running, Servers } from './testing/running.js';
import { newEnv, startRunning } from './testing/running.js';

interface Stands {
  name: string;
  state: string;
  failure: { code: string } | null;
  lag: { events: number };
}
const NAMES = projections.map(({ name }) => name).sort();

describe('an older log under newer checkpoints', () => {
  const database = useDatabase();
  const env = newEnv();
  let folder: string;
  const made: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-older-'));
  });
  afterAll(async () => {
    await administer(async (query) => {
      for (const name of made) await query(`drop database if exists ${name} with (force)`);
    });
    await rm(folder, { recursive: true, force: true });
  });

  async function administer(work: (query: (text: string) => Promise<unknown>) => Promise<unknown>): Promise<void> {
    const pool = createPool({ url: withDatabase(database.url, 'postgres'), applicationName: 'test', max: 1 });
    await work((text) => pool.query(text)).finally(() => pool.end());
  }
  function newDatabase(): string {
    const name = `older_${randomBytes(5).toString('hex')}`;
    made.push(name);
    return withDatabase(database.url, name);
  }
  const nameOf = (url: string): string => new URL(url).pathname.slice(1);

  const start = (servers: Servers): Promise<Running> => startRunning({ ...env, ...servers });
  async function untilCaughtUp({ platform }: Running): Promise<void> {
    const head = await platform.store.head();
    await eventually(async () => (await platform.checkpoints.list()).filter(({ position }) => position === head).length === NAMES.length);
  }
  const projectionsOf = async (running: Running): Promise<Stands[]> =>
    (await running.get<{ projections: Stands[] }>('/admin/projections')).body.projections;

  /** All of them stand still, say why, and no query takes rows of the newer log for an answer. */
  async function expectReadersToStop(running: Running, customerId: string, newest: string): Promise<void> {
    const stopped = await eventually(async () => {
      const all = await projectionsOf(running);
      return all.every(({ state }) => state === 'stopped') && all;
    });
    expect(stopped.map(({ name, failure }) => [name, failure?.code]).sort()).toEqual(
      NAMES.map((name) => [name, 'checkpoint.log-mismatch']),
    );

    const since = /^\S+ stands still since 20\S+Z: checkpoint.log-mismatch, the log is not the one its rows were folded from; /;
    const ready = await running.get<{ status: string; checks: object; shortcomings: string[] }>('/health/ready');
    expect(ready).toMatchObject({ status: 200, body: { status: 'degraded', checks: { 'read-models': 'degraded', 'event-log': 'up' } } });
    expect(ready.body.shortcomings).toEqual(NAMES.map((name) => expect.stringMatching(new RegExp(`^${name} `))));
    for (const each of ready.body.shortcomings) expect(each).toMatch(since);
    await expect(followsProbe(running.platform).check()).rejects.toThrow(/customer-status stands still .*; person-directory stands still/);

    const before = await running.platform.checkpoints.list();
    const { position } = await running.receive('恢复之后');
    const behind = await running.get<ProblemDocument>(`/customers/${customerId}/status?after=${position}`);
    expect(behind).toMatchObject({ status: 504, body: { code: 'read-model.behind', state: 'stopped' } });
    // A position that only the newer copy had given out.
    expect(await running.get<ProblemDocument>(`/customers/${customerId}/status?after=${newest}`)).toMatchObject({
      status: 400,
      body: { code: 'position.malformed' },
    });
    // A retry finds the same, and not a row has moved.
    const response = await Promise.all(
      (await projectionsOf(running)).map(({ name }) => running.platform.checkpoints.control(name, ['stopped'], 'running')),
    );
    expect(response).toEqual(NAMES.map(() => true));
    await eventually(async () =>
      (await projectionsOf(running)).every(({ state, failure }) => state === 'stopped' && failure?.code === 'checkpoint.log-mismatch'),
    );
    expect((await running.platform.checkpoints.list()).map(({ name, position: at }) => [name, at])).toEqual(
      before.map(({ name, position: at }) => [name, at]),
    );
  }

  it('on Postgres: every reader stops and says so', async () => {
    const [live, older] = [newDatabase(), newDatabase()];
    let running = await start({ DATABASE_URL: live });
    const { customerId = '' } = await running.receive('备份之前');
    await untilCaughtUp(running);
    const { settings } = running.platform;
    const keys = new SigningKeys(settings.secrets.logSigningKeys);
    await makeBackup({ pool: running.platform.pool, folder: join(folder, 'older'), keys, madeAt: new Date().toISOString() });
    let newest = '';
    for (let more = 0; more < 5; more += 1) newest = (await running.receive('备份之后')).position ?? '';
    await untilCaughtUp(running);
    const { rows: checkpoints } = await running.platform.pool.query<{ name: string; position: string; event_id: string }>(
      'select name, position, event_id from touchline.checkpoints',
    );
    await running.stop();

    await ensureDatabase(older);
    const pool = createPool({ url: older, applicationName: 'test' });
    async function* nobody() {
      // Nobody was erased since.
    }
    await restoreBackup({ pool, folder: join(folder, 'older'), keys, secrets: settings.secrets, erasures: nobody() });
    await pool.query('delete from touchline.checkpoints');
    for (const { name, position, event_id } of checkpoints)
      await pool.query(
        `insert into touchline.checkpoints (name, version, log_id, position, event_id, fence, build)
         select $1, version, (select id::text from event_log.log), $2, $3, 1, build from touchline.builds where projection = $1`,
        [name, position, event_id],
      );
    await pool.end();
    running = await start({ DATABASE_URL: older });
    await expectReadersToStop(running, customerId, newest).finally(() => running.stop());
  });

  it('on EventStoreDB, its files put back: every reader stops and says so', async () => {
    const [live, files, older] = [newDatabase(), newDatabase(), newDatabase()];
    let server = await serverOn(files);
    const servers = { DATABASE_URL: live, EVENTSTORE_URL: server.wire.connectionString };
    let running = await start(servers);
    const { customerId = '' } = await running.receive('备份之前');
    await untilCaughtUp(running);
    await running.stop();
    const { port } = server.wire;
    await server.stop();
    await administer((query) => query(`create database ${nameOf(older)} template ${nameOf(files)}`));

    server = await serverOn(files, port);
    running = await start(servers);
    let newest = '';
    for (let more = 0; more < 5; more += 1) newest = (await running.receive('备份之后')).position ?? '';
    await untilCaughtUp(running);
    await running.stop();
    await server.stop();

    server = await serverOn(older, port);
    running = await start(servers);
    await expectReadersToStop(running, customerId, newest).finally(() => running.stop());
    await server.stop();
  });

  /** The server of the log on what stands for its files. */
  async function serverOn(files: string, port = 0): Promise<{ wire: WireServer; stop(): Promise<void> }> {
    await ensureDatabase(files);
    const behind = await PostgresEventStore.open({ url: files });
    const wire = await startWireServer({ store: behind, port });
    return { wire, stop: () => wire.close().then(() => behind.close()) };
  }
});

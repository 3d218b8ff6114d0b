import { randomBytes, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SigningKeys } from '@touchline/audit/heads/head.js';
import { verifyLog } from '@touchline/audit/verify-log.js';
import type { Platform } from '@touchline/platform';
import { createPool, ensureDatabase, withDatabase } from '@touchline/postgres';
import { projections } from '@touchline/projections';
import { READ_MODEL_SCHEMA } from '@touchline/subscriptions';
import type { ErasureEntry } from '@touchline/sealing';
import { erasureLedger } from '@touchline/sealing';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { findings } from '@touchline/testing/crash/dump.js';
import { eventually } from '@touchline/testing/eventually.js';
import type { Pool } from 'pg';
import { definitionsOf, ownSchemas } from './catalog.js';
import { makeBackup } from './make-backup.js';
import type { Manifest } from './manifest.js';
import { restoreBackup } from './restore-backup.js';
import { forgetRows, openedOn, rowsOf, untilCaughtUp } from '../testing/restored.js';

const NAMES = Array.from({ length: 12 }, (_, index) => `备份客户${index}甲乙`);

describe('a backup', () => {
  const api = useApi();
  let folder: string;
  let li: Client;
  let backup: string;
  let manifest: Manifest;
  /** What the platform's log held when the backup was begun and when it was done. */
  let [before, after] = [0, 0];
  let customers: string[];
  const opened: { url: string; pool: Pool }[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'touchline-backup-'));
    backup = join(folder, 'backup');
    li = await api.as('li');
    customers = await Promise.all(NAMES.slice(0, 8).map((name) => receive(name)));
    // Another name at one number, which is asked about.
    await receive(NAMES[1]!, NAMES[2]);
    await api.platform.logHeads.write();
    await erase(customers[0]!);
    before = await api.countEvents();
    // Somebody records all the while.
    const meanwhile = NAMES.slice(8).map((name) => receive(name));
    manifest = await make(backup);
    await Promise.all(meanwhile);
    after = await api.countEvents();
  });
  afterAll(async () => {
    for (const { pool, url } of opened) {
      await pool.end();
      const admin = createPool({ url: withDatabase(url, 'postgres'), applicationName: 'test', max: 1 });
      await admin.query(`drop database if exists ${new URL(url).pathname.slice(1)} with (force)`);
      await admin.end();
    }
    await rm(folder, { recursive: true, force: true });
  });

  async function receive(name: string, stated = name): Promise<string> {
    const phone = `136${String(10_000_000 + NAMES.indexOf(name))}`;
    const { customerId = '' } = await li.record('/visits/received', {
      ...{ occurredAt: api.now, siteId: 'pudong', person: { phone, name: stated } },
      ...{ batchSize: 1, first: true, contactTaken: true, note: `${name}的备注` },
    });
    return customerId;
  }
  const erase = async (customerId: string): Promise<void> => {
    const admin = await api.as('admin');
    await admin.record(`/customers/${customerId}/erasure`, { askedBy: 'person', reason: 'asked' });
  };
  const signing = (): SigningKeys => new SigningKeys(api.platform.settings.secrets.logSigningKeys);
  const make = (to: string): Promise<Manifest> => makeBackup({ pool: api.platform.pool, folder: to, keys: signing(), madeAt: api.now });
  async function* nobody(): AsyncGenerator<ErasureEntry> {
    // Nobody was erased since.
  }

  async function emptyDatabase(): Promise<{ url: string; pool: Pool }> {
    const url = withDatabase(api.platform.settings.store.databaseUrl, `restored_${randomBytes(5).toString('hex')}`);
    await ensureDatabase(url);
    const database = { url, pool: createPool({ url, applicationName: 'test' }) };
    opened.push(database);
    return database;
  }
  const restore = (pool: Pool, options: Partial<Parameters<typeof restoreBackup>[0]> = {}) =>
    restoreBackup({ pool, folder: backup, keys: signing(), secrets: api.platform.settings.secrets, erasures: nobody(), ...options });

  const opening = <T>(url: string, work: (platform: Platform) => Promise<T>): Promise<T> =>
    openedOn({ url, settings: api.platform.settings, clock: api.platform.clock }, work);

  it('is of one moment, while others write', () => {
    expect(before).toBeLessThan(after);
    const events = manifest.tables.find(({ table }) => table === 'event_log.events');
    expect(events?.rows).toBeGreaterThanOrEqual(before);
    expect(Number.parseInt(manifest.log.head ?? '', 16)).toBe(events?.rows);
    expect(manifest.foldedAnew).toEqual(['person-directory']);
  });

  it('holds nobody in clear', async () => {
    const texts = new Map<string, string>();
    for (const file of await readdir(backup, { recursive: true }))
      if (file.endsWith('.gz')) texts.set(file, gunzipSync(await readFile(join(backup, file))).toString('utf8'));
    expect(texts.size).toBe(manifest.tables.length + 2);
    expect(findings(texts, [...NAMES, '13610000003', '+8613610000003'])).toEqual([]);
    expect(findings(texts, ['customer_status'])).not.toEqual([]);
  });

  it('comes back whole: the same tables, the log, and rows that go on from their checkpoints', async () => {
    const { url, pool } = await emptyDatabase();
    const [head] = await api.platform.logHeads.list(1);
    expect((await restore(pool)).erased).toEqual({ keys: 0, told: 0 });
    expect(await catalogOf(pool)).toEqual(await catalogOf(api.platform.pool));
    const { rows: restored } = await pool.query<{ name: string; position: string }>('select name, position from touchline.checkpoints');
    expect(restored.map(({ name }) => name).sort()).toEqual(
      projections
        .map(({ name }) => name)
        .filter((name) => name !== 'person-directory')
        .sort(),
    );

    await opening(url, async (platform) => {
      const { logHeads, store } = platform;
      const verdict = await verifyLog(store, {
        heads: logHeads.known(head === undefined ? [] : [head]),
        witness: await logHeads.witness(),
      });
      expect(verdict).toMatchObject({ holds: true, heads: { checked: 1, agree: 1 } });
      const live = await rowsOf(platform.pool);
      expect(live.get('person-directory')?.length).toBeGreaterThanOrEqual(8);
      // Every erasure has come to its end.
      expect([...live].flatMap(([name, rows]) => (rows.length > 0 ? [] : [name]))).toEqual(['timers']);
    });
    const there = await rowsOf(pool);
    await forgetRows(pool);
    await opening(url, async (platform) => expect(await rowsOf(platform.pool)).toEqual(there));
  });

  it('does not bring back who was erased since: a ledger says so, or a newer backup', async () => {
    const gone = customers[3]!;
    await erase(gone);
    const { url, pool } = await emptyDatabase();
    const { erased } = await restore(pool, { erasures: erasureLedger(api.platform.pool) });
    expect(erased.keys).toBeGreaterThanOrEqual(2);
    expect(erased.told).toBe(1);
    const { rows } = await pool.query('select 1 from touchline.personal_keys where subject = $1 and wrapped_key is not null', [
      `customer:${gone}`,
    ]);
    expect(rows).toEqual([]);
    await opening(url, async (platform) => {
      await eventually(async () => (await platform.erasing.erasures.underWay()).length === 0);
      await untilCaughtUp(platform);
      const told = [];
      for await (const event of platform.store.readAll()) if (event.type === 'customer-erased') told.push(event.stream);
      expect(told).toEqual([`customer-dongfang.${customers[0]}`, `customer-dongfang.${gone}`]);
      const directory = await platform.pool.query(`select name, erased from ${READ_MODEL_SCHEMA}.person_directory where customer_id = $1`, [
        gone,
      ]);
      expect(directory.rows).toEqual([{ name: null, erased: true }]);
    });
  });

  it('of before somebody was met, erased since, leaves nothing to do for them', async () => {
    const late = await receive('备份客户11甲乙').then(() => randomUUID());
    const { url, pool } = await emptyDatabase();
    async function* ledger(): AsyncGenerator<ErasureEntry> {
      const { request } = (await api.platform.erasing.erasures.of('dongfang', customers[0]!))!;
      yield { kind: 'key', tenant: 'dongfang', subject: `customer:${late}`, erasedAt: api.now };
      yield { kind: 'erasure', tenant: 'dongfang', customerId: late, request, begunAt: api.now };
    }
    expect((await restore(pool, { erasures: ledger() })).erased).toEqual({ keys: 1, told: 1 });
    await opening(url, (platform) => eventually(async () => (await platform.erasing.erasures.underWay()).length === 0));
  });

  it.each<[string, (at: string) => Promise<void>, RegExp]>([
    ['cut short', (at) => truncate(join(at, 'tables/event_log.events.copy.gz'), 500), /events\.copy\.gz is cut short/],
    ['changed by one byte', (at) => flip(join(at, 'tables/touchline.personal_keys.copy.gz')), /personal_keys\.copy\.gz was changed/],
    ['lacking a table', (at) => rm(join(at, 'tables/touchline.erasures.copy.gz')), /erasures\.copy\.gz is missing/],
    ['lacking its manifest', (at) => rm(join(at, 'manifest.json')), /holds no manifest/],
    ['with a manifest that was changed', (at) => edit(join(at, 'manifest.json'), '"rows": ', '"rows": 1'), /the manifest was changed/],
    ['of a later format', (at) => edit(join(at, 'manifest.json'), 'touchline-backup/1', 'touchline-backup/2'), /not of format/],
  ])('is refused, %s', async (_, harm, refusal) => {
    const harmed = join(folder, randomUUID());
    await cp(backup, harmed, { recursive: true });
    await harm(harmed);
    const { pool } = await emptyDatabase();
    await expect(restore(pool, { folder: harmed })).rejects.toThrow(refusal);
    expect(await schemasOf(pool)).toEqual([]);
  });

  it('is refused with other secrets, in words, and leaves nothing', async () => {
    const { pool } = await emptyDatabase();
    const { secrets } = api.platform.settings;
    const other = { ...secrets, masterKeys: [{ version: 1, key: randomBytes(32) }] };
    await expect(restore(pool, { secrets: other })).rejects.toThrow(/MASTER_KEYS is not the one/);
    await expect(restore(pool, { secrets: { ...secrets, identityHmacSecret: 'x'.repeat(48) } })).rejects.toThrow(/IDENTITY_HMAC_SECRET/);
    const strangers = new SigningKeys([{ version: 1, key: randomBytes(32) }]);
    await expect(restore(pool, { keys: strangers })).rejects.toThrow(/LOG_SIGNING_KEYS lacks/);
    expect(await schemasOf(pool)).toEqual([]);
    await restore(pool, { keys: strangers, anySignature: true });
  });

  it('goes into an empty database only, unless it is to replace what is there and nobody uses that', async () => {
    const { url, pool } = await emptyDatabase();
    await restore(pool);
    await pool.query('delete from touchline.checkpoints');
    await expect(restore(pool)).rejects.toThrow(/the database is not empty: it has .*event_log/);
    const running = createPool({ url, applicationName: 'touchline-projector', max: 1 });
    await running.query('select 1');
    await expect(restore(pool, { replace: true })).rejects.toThrow(/touchline-projector runs/);
    await running.end();
    // The server takes a moment to see that a connection is gone.
    await eventually(() => restore(pool, { replace: true }).catch(() => null));
    expect((await pool.query('select 1 from touchline.checkpoints')).rowCount).toBe(projections.length - 1);
  });

  it('is not begun where its folder is there, nor of a database with what it could not make again', async () => {
    await expect(make(backup)).rejects.toThrow(/is there already/);
    await api.platform.pool.query(`create type touchline.odd as enum ('a')`);
    await expect(make(join(folder, 'odd'))).rejects.toThrow(/cannot hold type touchline\.odd/);
    await api.platform.pool.query('drop type touchline.odd');
    expect(await readdir(folder)).not.toContain('odd');
  });
});

const flip = async (file: string): Promise<void> => {
  const bytes = await readFile(file);
  bytes[40] = 255 - (bytes[40] ?? 0);
  await writeFile(file, bytes);
};
const edit = async (file: string, from: string, to: string): Promise<void> =>
  writeFile(file, (await readFile(file, 'utf8')).replace(from, to));

const schemasOf = async (pool: Pool): Promise<string[]> => {
  const { rows } = await pool.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname not like 'pg\\_%' and nspname not in ('information_schema', 'public')`,
  );
  return rows.map(({ name }) => name);
};

/** How everything is made, and, by the server's standard views, of which columns. */
async function catalogOf(pool: Pool): Promise<unknown> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const schemas = await ownSchemas(client);
    const { before, after } = await definitionsOf(client, schemas);
    const columns = await client.query<{ line: string }>(
      `select concat_ws(' ', table_schema, table_name, ordinal_position, column_name, udt_name, is_nullable, column_default, collation_name, is_generated) as line
       from information_schema.columns where table_schema = any($1) order by 1`,
      [schemas],
    );
    const lines = after.filter((line) => !line.startsWith('select setval'));
    return { before, after: lines, columns: columns.rows.map(({ line }) => line) };
  } finally {
    client.release(true);
  }
}

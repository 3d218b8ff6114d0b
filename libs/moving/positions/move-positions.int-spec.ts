import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Recorder, headsOf, newKeys } from '@touchline/audit/testing/recorded-log.js';
import { verifyLog } from '@touchline/audit/verify-log.js';
import { asPosition } from '@touchline/core';
import type { EventStore, StoredEvent } from '@touchline/event-store';
import { createPool, runSqlMigrations } from '@touchline/postgres';
import { machineryMigrations } from '@touchline/platform';
import { Checkpoints, Leases } from '@touchline/subscriptions';
import { eventually } from '@touchline/testing/eventually.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { Copies } from '../copy/copies.js';
import { copyLog } from '../copy/copy-log.js';
import type { TestLog } from '../testing/logs.js';
import { newLog } from '../testing/logs.js';
import type { Move } from './move-positions.js';
import { movePositions } from './move-positions.js';

describe('moving what names positions to the copy of a log', () => {
  const database = useDatabase();
  const keys = newKeys();
  let [source, target]: [TestLog, TestLog] = [] as never;
  let recorder: Recorder;
  let events: StoredEvent[];

  beforeEach(async () => {
    await runSqlMigrations(database.pool, machineryMigrations);
    [source, target] = [await newLog('Postgres', database.url), await newLog('EventStoreDB', database.url)];
    recorder = new Recorder(source.store);
    await recorder.rounds(['journey-dongfang.a', 'journey-dongfang.b'], 20);
    events = await all(source.store);
    await (await headsOf(database.pool, source.store, keys)).write();
    await copy();
    await database.pool.query(`
      create schema trails_v1_1;
      create table trails_v1_1.trails (id text primary key, note text, first_position text collate "C", folded_position text collate "C" not null);
      insert into touchline.builds (projection, build, version, schema, state) values ('trails', 1, 1, 'trails_v1_1', 'live')`);
    await database.pool.query('insert into trails_v1_1.trails values ($1, $2, $3, $4), ($5, $6, null, $4)', [
      ...['a', 'position', events[0]!.position, events[38]!.position],
      ...['b', events[0]!.position],
    ]);
    await database.pool.query(
      `insert into touchline.topic_people (topic, person, key, subject, erased_at) values ('t', 'p', 'k', 's', $1), ('t', 'q', 'k', 's', null)`,
      [events[9]!.position],
    );
    await database.pool.query(`insert into touchline.relay (name, log_id, position, event_id) values ('touchline', $1, $2, $3)`, [
      await source.store.logId(),
      ...[events[38]!.position, events[38]!.id],
    ]);
    await stand('trails', 38);
  });
  afterEach(async () => {
    await source.close();
    await target.close();
    await database.pool.query(
      'drop schema trails_v1_1 cascade; truncate touchline.topic_people, touchline.relay, touchline.builds, touchline.row_checks, touchline.checkpoints, touchline.set_aside, touchline.leases',
    );
    await database.pool.query('truncate touchline.log_trees, touchline.log_tiles, touchline.log_streams, touchline.log_heads');
  });

  const all = async (store: EventStore): Promise<StoredEvent[]> => {
    const found = [];
    for await (const event of store.readAll()) found.push(event);
    return found;
  };
  const pairOf = async () => ({
    source: source.store,
    target: target.store,
    copy: { from: await source.store.logId(), to: await target.store.logId() },
  });
  const copy = async () => copyLog({ ...(await pairOf()), copies: new Copies(database.pool) });
  const move = async (apply = true): Promise<Move> => movePositions({ pool: database.pool, ...(await pairOf()) }, { apply });
  const stands = async (): Promise<unknown> =>
    (await database.pool.query('select name, log_id, position, event_id, state, failure from touchline.checkpoints order by name')).rows;
  const rows = async (): Promise<unknown> => (await database.pool.query('select * from trails_v1_1.trails order by id')).rows;

  /** As a projector leaves it that ended in good order. */
  async function stand(name: string, at: number, logId?: string): Promise<void> {
    const leases = new Leases(database.pool, 10_000);
    const lease = await leases.acquire(name, 'test');
    if (lease === null) throw new Error('the lease is free');
    const checkpoint = await new Checkpoints(database.pool).claim(lease, { version: 1, logId: logId ?? (await source.store.logId()) });
    if (checkpoint === null) throw new Error('the checkpoint is claimed');
    const event = events[at]!;
    await database.pool.query('update touchline.checkpoints set position = $2, event_id = $3 where name = $1', [
      name,
      event.position,
      event.id,
    ]);
    await leases.release(lease);
  }

  it('moves checkpoints, rows and the witness of the log, all in one, and is done once', async () => {
    const newPositions = (await all(target.store)).map(({ position }) => position);
    const before = [await stands(), await rows()];
    const said = await move(false);
    expect(said).toMatchObject({
      done: false,
      applied: false,
      checkpoints: [{ name: 'trails', from: events[38]!.position, to: newPositions[38] }],
    });
    expect(said.planned).toEqual([
      { what: 'checkpoints', count: 1 },
      { what: 'rows of trails_v1_1.trails (first_position, folded_position)', count: 2 },
      { what: 'trees of signed heads', count: 1 },
      { what: 'erasures told on topics', count: 1 },
    ]);
    expect([await stands(), await rows()]).toEqual(before);

    expect(await move()).toEqual({ ...said, applied: true });
    const to = await target.store.logId();
    expect(await stands()).toMatchObject([
      { name: 'trails', log_id: to, position: newPositions[38], event_id: events[38]!.id, state: 'running' },
    ]);
    expect(await rows()).toEqual([
      { id: 'a', note: 'position', first_position: newPositions[0], folded_position: newPositions[38] },
      { id: 'b', note: events[0]!.position, first_position: null, folded_position: newPositions[38] },
    ]);
    const people = await database.pool.query('select person, erased_at from touchline.topic_people order by person');
    expect(people.rows).toEqual([
      { person: 'p', erased_at: newPositions[9] },
      { person: 'q', erased_at: null },
    ]);
    expect((await database.pool.query('select log_id, position from touchline.relay')).rows).toEqual([
      { log_id: to, position: newPositions[38] },
    ]);
    const heads = await headsOf(database.pool, target.store, keys);
    const witness = await heads.witness();
    expect(witness?.size).toBe(40);
    expect(await verifyLog(target.store, { heads: await heads.all(), witness })).toMatchObject({
      holds: true,
      heads: { checked: 1, agree: 1 },
    });
    expect(await heads.write()).toMatchObject({ treeSize: 40, logId: to });

    expect(await move()).toMatchObject({ done: true, applied: false });
    const copies = new Copies(database.pool);
    expect(await copies.movedTo(await source.store.logId())).toBe(to);
    expect(await copies.movedTo(to)).toBeNull();
    expect(await copies.positionNow(to, events[7]!.position)).toBe(newPositions[7]);
    expect(await copies.positionNow(to, asPosition('ffffffffffffffff'))).toBeNull();
    expect(await copies.follow(await source.store.logId(), events[7]!.position, to)).toBe(newPositions[7]);
    expect(await copies.follow(to, newPositions[7]!, await source.store.logId())).toBeNull();
  });

  it('knows of every column of the platform that holds a position', async () => {
    const { rows: columns } = await database.pool.query<{ column: string }>(
      `select table_name || '.' || column_name as column from information_schema.columns
       where table_schema = 'touchline' and (column_name like '%position' or column_name like '%positions') order by 1`,
    );
    expect(columns.map(({ column }) => column)).toEqual([
      'checkpoints.position',
      ...['log_copies.new_position', 'log_copies.old_position'],
      // As it was signed: a head is of the log it names, and holds by number (ADR 0014).
      'log_heads.position',
      ...['log_positions.new_positions', 'log_positions.old_positions'],
      'log_trees.position',
      'relay.position',
      'row_checks.position',
      'set_aside.after_position',
    ]);
  });

  it('moves what operators were told, and leaves what names another log', async () => {
    const [old, gone] = [events[4]!.position, 'ffffffffffffffff'];
    await database.pool.query(
      `insert into touchline.row_checks (projection, due_at, checked_at, position, rows, differing, named)
       values ('trails', now(), now(), $1, 1, 0, '[]'), ('other', now(), now(), $2, 1, 0, '[]')`,
      [old, gone],
    );
    await database.pool.query('update touchline.builds set report = $1', [{ outcome: 'same', position: old }]);
    await move();
    const position = (await all(target.store))[4]!.position;
    const checks = await database.pool.query('select projection, position from touchline.row_checks order by projection');
    expect(checks.rows).toEqual([
      { projection: 'other', position: gone },
      { projection: 'trails', position },
    ]);
    expect((await database.pool.query('select report from touchline.builds')).rows).toEqual([{ report: { outcome: 'same', position } }]);
  });

  it('moves what is set aside along with the rows it is missing from', async () => {
    const put = `insert into touchline.set_aside (reader, stream, after_position, event, error, stack, attempts, waiting, since, failed_at, retry_at)
                 values ('trails', $1, $2, $3, '', '', 1, 1, now(), now(), now())`;
    await database.pool.query(put, ['a', events[3]!.position, { position: events[4]!.position }]);
    await database.pool.query(put, ['b', null, { position: events[0]!.position }]);
    await move();
    const now = (await all(target.store)).map(({ position }) => position);
    expect((await database.pool.query('select stream, after_position, event from touchline.set_aside order by stream')).rows).toEqual([
      { stream: 'a', after_position: now[3], event: { position: now[4] } },
      { stream: 'b', after_position: null, event: { position: now[0] } },
    ]);
  });

  it('moves back again, with what has come since', async () => {
    await move();
    const there = new Recorder(target.store);
    await there.record('journey-dongfang.c');
    const back = { source: target.store, target: source.store, copy: { from: await target.store.logId(), to: await source.store.logId() } };
    expect(await copyLog({ ...back, copies: new Copies(database.pool) })).toMatchObject({ copied: 1, equal: 41, difference: null });
    expect(await movePositions({ pool: database.pool, ...back }, { apply: true })).toMatchObject({ applied: true });
    expect(await stands()).toMatchObject([{ log_id: back.copy.to, position: events[38]!.position }]);
    const copies = new Copies(database.pool);
    expect([await copies.movedTo(back.copy.from), await copies.movedTo(back.copy.to)]).toEqual([back.copy.to, null]);
    // And there once more: that it was moved there before does not count.
    expect(await copy()).toMatchObject({ copied: 0, equal: 41, difference: null });
    expect(await move()).toMatchObject({ done: false, applied: true });
  });

  it('is refused while somebody holds a lease or a process runs', async () => {
    const leases = new Leases(database.pool, 60_000);
    const lease = await leases.acquire('trails', 'projector-7');
    await expect(move()).rejects.toThrow(/projector-7 holds the lease of trails/);
    if (lease !== null) await leases.release(lease);
    const api = createPool({ url: database.url, applicationName: 'touchline-api', max: 1 });
    await api.query('select 1');
    await expect(move(false)).rejects.toThrow(/touchline-api runs/);
    await api.end();
    // The server takes a moment to see that a connection is gone.
    expect(await eventually(() => move(false).catch(() => null))).toMatchObject({ done: false });
  });

  it('is refused where the copy is behind, or was written to', async () => {
    await recorder.record('journey-dongfang.a');
    await expect(move()).rejects.toThrow(/the log has gone on after the 40 events/);
    await copy();
    await new Recorder(target.store).record('journey-dongfang.z');
    await expect(move()).rejects.toThrow(/the copy was written to/);
    expect(await stands()).toMatchObject([{ position: events[38]!.position }]);
  });

  it('is refused, and moves nothing, where something stands at a position that was not copied', async () => {
    await stand('other', 3, 'another log');
    await expect(move()).rejects.toThrow(/the checkpoint of other stands at .* of log another log/);
    await database.pool.query(`delete from touchline.checkpoints where name = 'other'`);
    await database.pool.query(`update trails_v1_1.trails set first_position = 'ffffffffffffffff' where id = 'a'`);
    await expect(move()).rejects.toThrow(/1 rows of trails_v1_1.trails stand at a first_position/);
    expect(await stands()).toMatchObject([{ position: events[38]!.position }]);
  });

  it('lets go on what stopped because it found itself on the new log', async () => {
    await database.pool.query(
      `update touchline.checkpoints set state = 'stopped', failure = '{"code":"checkpoint.log-mismatch","event":null}'`,
    );
    await stand('failed', 5);
    await database.pool.query(
      `update touchline.checkpoints set state = 'stopped', failure = jsonb_build_object('code', 'event.failed', 'event', jsonb_build_object('position', $1::text))
       where name = 'failed'`,
      [events[6]!.position],
    );
    await move();
    const position = (await all(target.store))[6]!.position;
    expect(await stands()).toMatchObject([
      { name: 'failed', state: 'stopped', failure: { code: 'event.failed', event: { position } } },
      { name: 'trails', state: 'running', failure: null },
    ]);
  });
});

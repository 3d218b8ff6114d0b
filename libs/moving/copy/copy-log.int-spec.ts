import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Recorder } from '@touchline/audit/testing/recorded-log.js';
import { Tamperer } from '@touchline/audit/testing/tamper.js';
import { verifyLog } from '@touchline/audit/verify-log.js';
import type { OrderedLog, StoredEvent } from '@touchline/event-store';
import { AppendOutcomeUnknown } from '@touchline/event-store';
import { runSqlMigrations } from '@touchline/postgres';
import { useDatabase } from '@touchline/testing/postgres.js';
import { movingMigrations } from '../migrations.js';
import type { Driver, TestLog } from '../testing/logs.js';
import { contentsOf, newLog } from '../testing/logs.js';
import { Copies } from './copies.js';
import type { CopyOptions, CopyVerdict } from './copy-log.js';
import { copyLog } from './copy-log.js';

const STREAMS = ['journey-dongfang.a', 'journey-dongfang.b', 'customer-dongfang.c'];
const WAYS: [Driver, Driver][] = [
  ['Postgres', 'EventStoreDB'],
  ['EventStoreDB', 'Postgres'],
  ['Postgres', 'Postgres'],
];

describe.each(WAYS)('a copy of a log from %s to %s', (from, to) => {
  const database = useDatabase();
  let [source, target]: [TestLog, TestLog] = [] as never;
  let recorder: Recorder;
  let copies: Copies;

  beforeEach(async () => {
    await runSqlMigrations(database.pool, movingMigrations);
    copies = new Copies(database.pool);
    [source, target] = [await newLog(from, database.url), await newLog(to, database.url)];
    recorder = new Recorder(source.store);
    await recorder.rounds(STREAMS, 40);
  });
  afterEach(async () => {
    await source.close();
    await target.close();
  });

  const ids = async () => ({ from: await source.store.logId(), to: await target.store.logId() });
  const run = async (options: CopyOptions = {}, into: OrderedLog = target.store): Promise<CopyVerdict> =>
    copyLog({ source: source.store, target: into, copies, copy: await ids() }, options);

  it('holds the same events in the same order, to the byte, and says which position became which', async () => {
    const verdict = await run();
    expect(verdict).toMatchObject({ copied: 120, equal: 120, difference: null, behind: false, interrupted: false });
    expect(await contentsOf(target.store)).toEqual(await contentsOf(source.store));
    const checked = await verifyLog(target.store);
    expect(checked).toMatchObject({ holds: true, root: verdict.root });
    expect(verdict.last).toEqual({ old: await source.store.head(), new: await target.store.head() });
    expect(await pairs()).toEqual(
      (await positionsOf(source.store)).map((old, index) => expect.objectContaining({ old, index }) as unknown),
    );
    for (const pair of await pairs()) expect((await target.store.eventAt(pair.new))?.id).toBe((await source.store.eventAt(pair.old))?.id);
  });

  it('goes on with what came since, and compares that only', async () => {
    await run();
    await recorder.rounds(STREAMS, 3);
    const compared: string[] = [];
    const verdict = await run({ onEvent: (phase, old) => phase === 'comparing' && compared.push(old) });
    expect([verdict.copied, verdict.equal, compared.length]).toEqual([9, 129, 9]);
    expect((await verifyLog(target.store)).root).toBe(verdict.root);
    expect(await run()).toMatchObject({ copied: 0, equal: 129, difference: null });
  });

  it('goes on where the writing was cut short, whatever became of what was sent', async () => {
    let calls = 0;
    const failing = withAppends(target.store, async (append, appends) => {
      calls += 1;
      const half = appends.slice(0, Math.ceil(appends.length / 2));
      if (calls === 1) await append(half);
      if (calls === 2) await append(appends);
      if (calls <= 2) throw new AppendOutcomeUnknown('cut');
      return append(appends);
    });
    expect(await run({}, failing)).toMatchObject({ equal: 120, difference: null });
    expect(await contentsOf(target.store)).toEqual(await contentsOf(source.store));
  });

  it('ends between two batches when told to, and goes on', async () => {
    await recorder.rounds(STREAMS, 330);
    const stop = new AbortController();
    const verdict = await run({ signal: stop.signal, onEvent: (phase) => phase === 'copying' && stop.abort() });
    expect(verdict).toMatchObject({ interrupted: true, difference: null });
    expect(verdict.copied).toBeLessThan(1_110);
    expect(await run()).toMatchObject({ equal: 1_110, difference: null, behind: false });
    expect(await contentsOf(target.store)).toEqual(await contentsOf(source.store));
  });

  it('says that somebody still writes', async () => {
    // The last thing asked is where the log stands by then.
    const inUse = Object.assign(Object.create(source.store) as OrderedLog, {
      head: () => recorder.record('journey-dongfang.a').then(() => source.store.head()),
    });
    const pair = { source: inUse, target: target.store, copies, copy: await ids() };
    expect(await copyLog(pair)).toMatchObject({ equal: 120, difference: null, behind: true });
    expect(await run()).toMatchObject({ equal: 121, difference: null, behind: false });
  });

  it('is not begun in a log that holds something else', async () => {
    await new Recorder(target.store).record('journey-dongfang.z');
    const verdict = await run();
    expect(verdict).toMatchObject({ copied: 0, equal: 0, difference: { kind: 'event-foreign', index: 0, stream: 'journey-dongfang.z' } });
    expect(await contentsOf(target.store)).toHaveLength(1);
  });

  it('is found out where somebody wrote to it, or changed a byte of it', async () => {
    await run();
    await new Recorder(target.store).record('journey-dongfang.z');
    expect(await run()).toMatchObject({ copied: 0, equal: 120, difference: { kind: 'event-foreign', index: 120 } });
  });

  async function positionsOf(store: OrderedLog): Promise<StoredEvent['position'][]> {
    const positions = [];
    for await (const { position } of store.readAll()) positions.push(position);
    return positions;
  }
  async function pairs() {
    const { rows } = await database.pool.query<{ index: number; old: StoredEvent['position']; new: StoredEvent['position'] }>(
      `select (first_index + place - 1)::integer as index, old, new from touchline.log_positions,
         unnest(old_positions, new_positions) with ordinality as pair(old, new, place)
       where from_log = $1 and to_log = $2 order by 1`,
      [(await ids()).from, (await ids()).to],
    );
    return rows;
  }
});

describe('a copy on Postgres', () => {
  const database = useDatabase();

  it('is found out where one byte of it was changed', async () => {
    await runSqlMigrations(database.pool, movingMigrations);
    const [source, target] = [await newLog('Postgres', database.url), await newLog('Postgres', database.url)];
    await new Recorder(source.store).rounds(STREAMS, 10);
    const pair = { source: source.store, target: target.store, copies: new Copies(database.pool) };
    const copy = { from: await source.store.logId(), to: await target.store.logId() };
    await copyLog({ ...pair, copy });
    await new Tamperer(target.pool).changeOneByte(STREAMS[1]!, 3);
    await pair.copies.forget(copy);
    expect(await copyLog({ ...pair, copy })).toMatchObject({
      equal: 10,
      difference: { kind: 'event-differs', index: 10, stream: STREAMS[1], revision: 3, detail: expect.stringContaining('data') as unknown },
    });
    await source.close();
    await target.close();
  });
});

type Appends = Parameters<OrderedLog['appendInOrder']>[0];

const withAppends = (
  store: OrderedLog,
  work: (append: (appends: Appends) => Promise<void>, appends: Appends) => Promise<void>,
): OrderedLog =>
  Object.assign(Object.create(store) as OrderedLog, {
    appendInOrder: (appends: Appends) => work((each) => store.appendInOrder(each), appends),
  });

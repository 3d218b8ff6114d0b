import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@touchline/event-store';
import { EventStoreDbEventStore } from '@touchline/event-store/eventstoredb/eventstoredb-event-store.js';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import { startWireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import type { Pool } from 'pg';
import type { LogHeads } from './heads/log-heads.js';
import { Recorder, headsOf, newKeys } from './testing/recorded-log.js';
import { Tamperer } from './testing/tamper.js';
import type { LogVerdict, VerifyOptions } from './verify-log.js';
import { verifyLog } from './verify-log.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';

const STREAMS = ['journey-dongfang.a', 'journey-dongfang.b', 'customer-dongfang.c', 'complaint-dongfang.d'] as const;
const [A, B, C] = STREAMS;

/** A log that a head was signed over, and what a look at it says, each time as a process that has just started. */
interface SignedLog {
  tamper: Tamperer;
  keys: ReturnType<typeof newKeys>;
  /** As the platform's own check does it. */
  verify(): Promise<LogVerdict>;
  /** With nothing but these. */
  verifyWith(options: VerifyOptions): Promise<LogVerdict>;
  heads<T>(work: (heads: LogHeads) => Promise<T>): Promise<T>;
  record(work: (recorder: Recorder) => Promise<void>): Promise<void>;
}

interface Opened {
  store: EventStore;
  close: () => Promise<void>;
}

const drivers: Record<string, (behind: PostgresEventStore) => Promise<Opened>> = {
  Postgres: (behind) => Promise.resolve({ store: behind, close: () => Promise.resolve() }),
  // A server of its own each time: it lays the events out when it starts, as one does whose files were tampered with.
  EventStoreDB: async (behind) => {
    const server = await startWireServer({ store: behind });
    const store = await EventStoreDbEventStore.open({ connectionString: server.connectionString, deadlineMs: PATIENCE_MS });
    const close = async (): Promise<void> => {
      await store.close();
      await server.close();
    };
    return { store, close };
  },
};

describe.each(Object.entries(drivers))('a log on %s', (_driver, open) => {
  const database = useDatabase();
  let log: SignedLog;
  let behind: PostgresEventStore;

  beforeEach(async () => {
    behind = await PostgresEventStore.open({ url: database.url });
    log = await signedLog(database.pool, behind, open);
  });
  afterEach(async () => {
    await behind.close();
    await log.tamper.run('delete from event_log.events');
    await database.pool.query('truncate touchline.log_trees, touchline.log_tiles, touchline.log_streams, touchline.log_heads');
  });

  it('holds as it was recorded, also where it has gone on since', async () => {
    expect(await log.verify()).toMatchObject({ holds: true, events: 20, streams: 4, heads: { checked: 1, agree: 1 }, fault: null });
    await log.record((recorder) => recorder.record('journey-dongfang.e'));
    expect(await log.verify()).toMatchObject({ holds: true, events: 21, streams: 5, fault: null });
    await log.heads((heads) => heads.write());
    expect(await log.verify()).toMatchObject({ holds: true, heads: { checked: 2, agree: 2 } });
  });

  it('names the event of which one byte was changed', async () => {
    await log.tamper.changeOneByte(B, 3);
    const fault = { kind: 'event-altered', stream: B, revision: 3, index: 13 };
    expect(await log.verify()).toMatchObject({ holds: false, fault });
    expect(await log.verifyWith({})).toMatchObject({ holds: false, fault });
  });

  it.each(['"tenant"', '"actor"', '"previousHash"', '"hash":"', '"occurredAt"'])(
    'names an event whose metadata was changed at %s',
    async (member) => {
      await log.tamper.run(
        `update event_log.events set metadata = replace(metadata, '${member}', ' ${member}') where stream = '${A}' and revision = 2`,
      );
      expect(await log.verifyWith({})).toMatchObject({ fault: { kind: 'event-altered', stream: A, revision: 2 } });
    },
  );

  it('sees that the hash was moved within the metadata', async () => {
    await log.tamper.run(
      `update event_log.events set metadata = '{' || substring(metadata from '"hash":"[0-9a-f]*",') || regexp_replace(substr(metadata, 2), '"hash":"[0-9a-f]*",', '')
       where stream = '${A}' and revision = 2`,
    );
    expect(await log.verifyWith({})).toMatchObject({ fault: { kind: 'event-altered', stream: A, revision: 2 } });
  });

  it('names the stream whose tail was cut, which its chain alone does not show', async () => {
    await log.tamper.cutTail(B, 3);
    expect(await log.verifyWith({})).toMatchObject({ holds: true });
    expect(await log.verify()).toMatchObject({ holds: false, fault: { kind: 'stream-cut', stream: B, revision: 3, index: 13 } });
  });

  it('names the stream that was dropped', async () => {
    await log.tamper.drop(C);
    expect(await log.verifyWith({})).toMatchObject({ holds: true });
    expect(await log.verify()).toMatchObject({ holds: false, fault: { kind: 'stream-missing', stream: C, index: 2 } });
  });

  it('names the first event that is missing in the middle of a stream', async () => {
    await log.tamper.run(`delete from event_log.events where stream = '${A}' and revision = 2`);
    expect(await log.verifyWith({})).toMatchObject({ fault: { kind: 'event-missing', stream: A, revision: 3 } });
    expect(await log.verify()).toMatchObject({ fault: { kind: 'event-missing', index: 8 } });
  });

  it('names two events of different streams that were swapped', async () => {
    await log.tamper.swapPlaces([A, 1], [C, 2]);
    expect(await log.verifyWith({})).toMatchObject({ holds: false });
    expect(await log.verify()).toMatchObject({ holds: false, fault: { kind: 'event-out-of-order', index: 4, stream: C, revision: 2 } });
  });

  it('names two events side by side that were swapped, though both chains hold', async () => {
    await log.tamper.swapPlaces([A, 1], [B, 1]);
    expect(await log.verifyWith({})).toMatchObject({ holds: true });
    expect(await log.verify()).toMatchObject({ fault: { kind: 'event-out-of-order', index: 4, stream: B, revision: 1 } });
  });

  it('names two events of one stream that were swapped', async () => {
    await log.tamper.swapPlaces([A, 1], [A, 2]);
    const fault = { kind: 'event-out-of-order', stream: A, revision: 2, index: 4 };
    expect(await log.verifyWith({})).toMatchObject({ fault });
    expect(await log.verify()).toMatchObject({ fault });
  });

  it('names two events that changed their contents', async () => {
    await log.tamper.swapContents([A, 1], [A, 3]);
    expect(await log.verifyWith({})).toMatchObject({ fault: { kind: 'event-altered', stream: A, revision: 1 } });
    expect(await log.verify()).toMatchObject({ fault: { kind: 'event-out-of-order', stream: A, revision: 1, index: 4 } });
  });

  it('names the first event of a stream that was written anew with fresh hashes', async () => {
    await log.tamper.rewrite(A, 2);
    expect(await log.verifyWith({})).toMatchObject({ holds: true });
    expect(await log.verify()).toMatchObject({ holds: false, fault: { kind: 'event-rewritten', stream: A, revision: 2, index: 8 } });
  });

  it('says that the log was cut, and names a stream of it', async () => {
    const last = "select position from event_log.events where stream <> 'touchline-log' order by position desc limit 4";
    await log.tamper.run(`delete from event_log.events where position in (${last})`);
    expect(await log.verify()).toMatchObject({ holds: false, fault: { kind: 'stream-cut', revision: 4, index: 16 } });
    await expect(log.heads((heads) => heads.write())).rejects.toMatchObject({ name: 'LogBroken', fault: { kind: 'log-cut' } });
  });

  it('is found out when it was emptied and begun anew, even where its id is another then', async () => {
    await log.tamper.run('delete from event_log.events', 'update event_log.log set id = gen_random_uuid()');
    await log.record((recorder) => recorder.begin('journey-dongfang.z'));
    expect(await log.verify()).toMatchObject({ holds: false, fault: { kind: 'log-cut', index: 1 } });
  });

  it('is found out by an exported head, though everything in the database was changed along', async () => {
    const [head] = await log.heads((heads) => heads.list(1));
    await log.tamper.rewrite(A, 2);
    await database.pool.query('truncate touchline.log_trees, touchline.log_tiles, touchline.log_streams, touchline.log_heads');
    await log.heads((heads) => heads.write());
    expect(await log.verify()).toMatchObject({ holds: true });
    expect(await log.verifyWith({ heads: [{ head: head!, isSigned: true }] })).toMatchObject({ fault: { kind: 'head-differs' } });
  });

  it('is never signed again in contradiction to an earlier head', async () => {
    await log.tamper.rewrite(A, 2);
    await database.pool.query('truncate touchline.log_trees, touchline.log_tiles, touchline.log_streams');
    await expect(log.heads((heads) => heads.write())).rejects.toMatchObject({ fault: { kind: 'head-differs' } });
  });

  it('tells a changed witness and a forged head from a changed log', async () => {
    await database.pool.query(`update touchline.log_tiles set hashes = set_byte(hashes, 100, 255 - get_byte(hashes, 100)) where level = 0`);
    expect(await log.verify()).toMatchObject({ holds: false, heads: { agree: 1 }, fault: { kind: 'witness-differs', index: 3 } });
    await database.pool.query(`update touchline.log_heads set root = repeat('0', 64)`);
    expect((await log.verify()).also).toContainEqual(expect.objectContaining({ kind: 'head-forged' }));
  });
});

async function signedLog(
  pool: Pool,
  behind: PostgresEventStore,
  open: (behind: PostgresEventStore) => Promise<Opened>,
): Promise<SignedLog> {
  const keys = newKeys();
  async function on<T>(work: (store: EventStore) => Promise<T>): Promise<T> {
    const { store, close } = await open(behind);
    return work(store).finally(close);
  }
  const recorder = new Recorder(behind);
  await recorder.rounds(STREAMS, 5);
  const log: SignedLog = {
    tamper: new Tamperer(pool),
    keys,
    verify: () =>
      on(async (store) => {
        const heads = await headsOf(pool, store, keys);
        return verifyLog(store, { heads: await heads.all(), witness: await heads.witness() });
      }),
    verifyWith: (options) => on((store) => verifyLog(store, options)),
    heads: (work) => on(async (store) => work(await headsOf(pool, store, keys))),
    record: (work) => work(recorder),
  };
  await log.heads((heads) => heads.write());
  return log;
}

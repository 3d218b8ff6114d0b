import { expect, it } from '@jest/globals';
import { Copies, copyLog, movePositions } from '@touchline/moving';
import { newLog } from '@touchline/moving/testing/logs.js';
import type { Running } from '@touchline/moving/testing/running.js';
import { newEnv, startRunning } from '@touchline/moving/testing/running.js';
import type { Platform } from '@touchline/platform';
import { openLogAt } from '@touchline/platform';
import { withDatabase } from '@touchline/postgres';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { topics } from '@touchline/topics';
import { RelayStatus } from './status.js';
import { consumeAll } from './testing/consumer.js';
import { untilTold, whileRelaying, withTopics } from './testing/relay-on.js';

describeWithKafka('the relay, when its log moves to another server', (kafka) => {
  const database = useDatabase();

  it('goes on where it was: nothing is told twice, and nothing left out', async () => {
    const env = newEnv();
    const other = await newLog('EventStoreDB', database.url);
    const [onPostgres, onEventStoreDb] = [{ DATABASE_URL: database.url }, { DATABASE_URL: database.url, EVENTSTORE_URL: other.address }];
    let running = await startRunning({ ...env, ...onPostgres });
    const relaying = ({ platform }: Running): Platform => withTopics(platform, kafka, { relayBatchSize: 2 });
    const told = async (count: number): Promise<string[]> =>
      (await consumeAll(kafka.brokers, `${kafka.prefix}.touchpoints`, count))
        .sort((a, b) => Number(a.headers['ce_ordinal']) - Number(b.headers['ce_ordinal']))
        .map(({ headers }) => String(headers['ce_id']));
    const touchpoints = async ({ platform: { store, registry } }: Running): Promise<string[]> => {
      const ids: string[] = [];
      for await (const { id, type } of store.readAll()) if (registry.get(type).touchpoint) ids.push(id);
      return ids;
    };
    try {
      await running.receive('搬迁之前');
      await whileRelaying(relaying(running), () => untilTold(relaying(running)));
      const before = await touchpoints(running);
      expect(await told(before.length)).toEqual(before);
      // Not told yet when the log moves.
      await running.receive('搬迁之际');
      await running.stop();
      await move(other);

      running = await startRunning({ ...env, ...onEventStoreDb });
      await running.receive('搬迁之后');
      await whileRelaying(relaying(running), () => untilTold(relaying(running)));
      await running.receive('再后');
      await whileRelaying(relaying(running), () => untilTold(relaying(running)));
      const wanted = await touchpoints(running);
      expect(wanted).toHaveLength(4);
      expect(await told(wanted.length)).toEqual(wanted);
      for (const { name } of topics) {
        const messages = await consumeAll(kafka.brokers, `${kafka.prefix}.${name}`);
        expect(new Set(messages.map(({ headers }) => headers['ce_ordinal'])).size).toBe(messages.length);
      }
    } finally {
      await running.stop();
      await other.close();
    }
  });

  it('stops on a log that nothing was moved to', async () => {
    const stranger = await newLog('EventStoreDB', database.url);
    const env = newEnv();
    const at = withDatabase(database.url, `stranger_${kafka.prefix.replaceAll('-', '_')}`);
    let running = await startRunning({ ...env, DATABASE_URL: at });
    const relaying = (): Platform => withTopics(running.platform, { ...kafka, brokers: kafka.brokers, prefix: `${kafka.prefix}.stranger` });
    await running.receive('甲');
    await whileRelaying(relaying(), () => untilTold(relaying()));
    await running.stop();
    running = await startRunning({ ...env, DATABASE_URL: at, EVENTSTORE_URL: stranger.address });
    const status = new RelayStatus(running.platform.pool, relaying().settings.topics.prefix);
    await whileRelaying(relaying(), () => eventually(async () => (await status.get())?.code === 'checkpoint.log-mismatch', 60_000));
    await running.stop();
    await stranger.close();
    await database.pool.query(`drop database ${new URL(at).pathname.slice(1)} with (force)`);
  });

  async function move(other: Awaited<ReturnType<typeof newLog>>): Promise<void> {
    const log = await openLogAt(database.url, {});
    const copy = { from: await log.logId(), to: await other.store.logId() };
    const pair = { source: log, target: other.store, copy };
    expect(await copyLog({ ...pair, copies: new Copies(database.pool) })).toMatchObject({ difference: null, behind: false });
    // The relay's status is written in passing; its lease was given back.
    await eventually(async () => (await new RelayStatus(database.pool, kafka.prefix).get()) !== null);
    expect(await movePositions({ pool: database.pool, ...pair }, { apply: true })).toMatchObject({ applied: true });
    await log.close();
  }
});

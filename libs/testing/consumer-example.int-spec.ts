import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { consumeAll } from '@touchline/relay/testing/consumer.js';
import { untilTold, whileRelaying, withTopics } from '@touchline/relay/testing/relay-on.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { effort } from './effort.js';
import { eventually } from './eventually.js';
import { describeWithKafka } from './kafka.js';
import { useDatabase } from './postgres.js';

const folder = resolve(import.meta.dirname, '../../docs/examples/consumer');
const CUSTOMERS = 6;
const KILLS = effort(5, 3);
const CALLS = KILLS + 3;

describeWithKafka('docs/examples/consumer', (kafka) => {
  const api = useApi();
  const database = useDatabase();
  const running: ChildProcess[] = [];

  function start(): ChildProcess {
    const env = {
      ...{ PATH: process.env['PATH'] ?? '', DATABASE_URL: database.url, KAFKA_BROKERS: kafka.brokers },
      ...{ TOPIC: `${kafka.prefix}.touchpoints`, GROUP: `${kafka.prefix}.example` },
    };
    const child = spawn(process.execPath, [join(folder, 'consumer.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    return child;
  }
  async function kill(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  afterAll(async () => {
    await Promise.all(running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map(kill));
  });

  it('keeps every touchpoint once, as the topic has it, though it is killed again and again', async () => {
    const platform = withTopics(api.platform, kafka);
    const li = await api.as('li');
    const record = async (round: number): Promise<void> => {
      for (let customer = 0; customer < CUSTOMERS; customer++) {
        const call = { occurredAt: '2026-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, rings: round };
        await li.record('/calls/received', { ...call, person: { phone: `138000074${String(customer).padStart(2, '0')}` } });
      }
    };
    await whileRelaying(platform, async () => {
      await record(0);
      let child = start();
      for (let round = 1; round < CALLS; round++) {
        await record(round);
        if (round > KILLS) continue;
        // As soon as it works, or before that.
        if (round % 2 === 0 && child.stdout !== null) await Promise.race([once(child.stdout, 'data'), once(child, 'exit'), delay(10_000)]);
        await kill(child);
        child = start();
      }
      await untilTold(platform);
      const told = await consumeAll(kafka.brokers, `${kafka.prefix}.touchpoints`, CUSTOMERS * CALLS);
      expect(told).toHaveLength(CUSTOMERS * CALLS);
      const kept = async (): Promise<string[]> =>
        (await database.pool.query<{ event_id: string }>('select event_id from touchpoints')).rows.map((row) => row.event_id);
      await eventually(async () => (await kept()).length >= told.length, 60_000);
      expect((await kept()).sort()).toEqual(told.map(({ headers }) => headers['ce_id']).sort());
      const counted = await database.pool.query<{ sequence: string }>('select sequence from sequences');
      expect(counted.rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: CUSTOMERS }, () => String(CALLS)));
      const rows = await database.pool.query('select type, journey_id, details from touchpoints limit 1');
      expect(rows.rows[0]).toMatchObject({
        type: 'dev.touchline.touchpoint.call-received',
        details: { contactTaken: true, channel: 'phone' },
      });
      // Told to stop it ends in good order.
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    });
  }, 200_000);
});

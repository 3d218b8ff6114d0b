import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { createPool, ensureDatabase, withDatabase } from '@touchline/postgres';
import { useApi } from '@touchline/server/testing/use-api.js';
import { chanceFrom } from '@touchline/testing/crash/chance.js';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { topics } from '@touchline/topics';
import { untilTold, whileRelaying, withTopics } from './testing/relay-on.js';

const example = resolve(import.meta.dirname, '../../docs/examples/consumer/count-touchpoints.js');
const KILLS = 6;

describeWithKafka('the service in docs/examples', (kafka) => {
  const api = useApi();
  const seed = Number(process.env['TOUCHLINE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

  it(`counts every touchpoint once, killed ${KILLS} times`, async () => {
    process.stdout.write(`\nconsumer: seed ${seed} (give it again as TOUCHLINE_SEED)\n`);
    const chance = chanceFrom(seed);
    const platform = withTopics(api.platform, kafka, { relayBatchSize: 3 });
    const { databaseUrl } = platform.settings.store;
    const own = withDatabase(databaseUrl, `${new URL(databaseUrl).pathname.slice(1)}_consumer`);
    await ensureDatabase(own);
    const pool = createPool({ url: own, applicationName: 'test' });
    const env = {
      PATH: process.env['PATH'] ?? '',
      KAFKA_BROKERS: kafka.brokers,
      DATABASE_URL: own,
      TOPIC: `${kafka.prefix}.touchpoints`,
      GROUP: kafka.prefix,
    };
    const begin = (): ChildProcess => spawn(process.execPath, [example], { env, stdio: 'ignore' });
    let service = begin();
    const stop = async (): Promise<void> => {
      const gone = once(service, 'exit');
      if (service.exitCode === null && service.kill('SIGKILL')) await gone;
    };
    try {
      const li = await api.as('li');
      await whileRelaying(platform, async () => {
        for (let kills = 0; kills <= KILLS; kills += 1) {
          const person = { name: '王芳', phone: `1380000${String(3000 + kills)}` };
          const { journeyId } = await li.record('/calls/received', {
            occurredAt: '2026-05-01T02:00:00Z',
            siteId: 'pudong',
            contactTaken: true,
            person,
          });
          for (let calls = 0; calls < 10; calls += 1)
            await li.record('/calls/made', { journeyId, occurredAt: '2026-05-02T02:00:00Z', reached: calls % 2 === 0 });
          await delay(chance.below(1_500));
          await stop();
          service = begin();
        }
        await untilTold(platform);
      });
      const wanted = await counted();
      await eventually(async () => {
        const { rows } = await pool
          .query<{ sum: string | null }>('select sum(touchpoints) from touchpoint_counts')
          .catch(() => ({ rows: [] }));
        return Number(rows[0]?.sum ?? 0) >= [...wanted.values()].reduce((a, b) => a + b, 0);
      }, 60_000);
      const { rows } = await pool.query<{ customer: string; touchpoints: string }>('select customer, touchpoints from touchpoint_counts');
      expect(new Map(rows.map(({ customer, touchpoints }) => [customer, Number(touchpoints)]))).toEqual(wanted);
    } finally {
      await stop();
      await pool.end();
      await platform.pool.query(`drop database if exists ${new URL(own).pathname.slice(1)} with (force)`);
    }
  }, 240_000);

  /** What the log says of it. */
  async function counted(): Promise<Map<string, number>> {
    const topic = topics.find(({ name }) => name === 'touchpoints');
    const counts = new Map<string, number>();
    for await (const stored of api.platform.store.readAll()) {
      const event = api.platform.registry.decode(stored);
      const message = topic?.kind === 'facts' ? topic.messageOf(event) : null;
      if (message === null) continue;
      const customer = `${event.meta.tenant}.${message.orderedBy}`;
      counts.set(customer, (counts.get(customer) ?? 0) + 1);
    }
    return counts;
  }
});

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { useApi } from '@touchline/server/testing/use-api.js';
import { certified } from '@touchline/testing/certificate/certified.js';
import { eventually } from '@touchline/testing/eventually.js';
import type { OwnKafka } from '@touchline/testing/kafka.js';
import { describeWithKafka, startOwnKafka } from '@touchline/testing/kafka.js';
import type { RelayShown } from './operations.js';
import { RelayStatus } from './status.js';
import { consumeAll } from './testing/consumer.js';
import { untilTold, whileRelaying, withTopics } from './testing/relay-on.js';

describeWithKafka(
  'a broker that is away',
  () => {
    const points = certified({
      ...{ name: 'broker away', rulesOut: ['lost', 'doubled', 'out of order'] },
      does: 'kill -9 of the Kafka broker, before the relay starts and while it works; commands go on',
      checks: 'the topic holds what was recorded meanwhile once, numbered in its order; no command waits',
    });
    const api = useApi();
    let kafka: OwnKafka;
    beforeAll(async () => {
      kafka = await startOwnKafka();
    });
    afterAll(() => kafka.destroy());

    let calls = 0;
    const call = async (): Promise<string | null> => {
      calls += 1;
      const person = { name: '王芳', phone: `1380000${String(2000 + calls)}` };
      const li = await api.as('li');
      const started = performance.now();
      const { eventId } = await li.record('/calls/received', {
        occurredAt: '2026-05-01T02:00:00Z',
        siteId: 'pudong',
        contactTaken: true,
        person,
      });
      // Of a bound wide enough for any machine: a broker's time-outs are longer.
      expect(performance.now() - started).toBeLessThan(5_000);
      return eventId;
    };

    it('delays what is told, loses and doubles nothing, and nobody else notices', async () => {
      const platform = withTopics(api.platform, { brokers: kafka.brokers, prefix: 'away' });
      const trouble = async () => (await new RelayStatus(platform.pool, 'away').get())?.trouble ?? null;
      const ids = [await call()];
      await kafka.kill();
      points.killed('broker');
      await whileRelaying(platform, async (relay) => {
        // Started without a broker, it waits for one.
        await eventually(trouble, 60_000);
        await relay.check();
        ids.push(await call(), await call());
        await kafka.start();
        await untilTold(platform, 120_000);
        expect(await trouble()).toBeNull();
        // Away in the middle.
        await kafka.kill();
        points.killed('broker');
        for (let times = 0; times < 5; times += 1) ids.push(await call());
        await eventually(trouble, 60_000);
        ids.push(await call());
        await kafka.start();
        await untilTold(platform, 120_000);
      });
      const told = await consumeAll(kafka.brokers, 'away.touchpoints', ids.length);
      const inOrder = told.sort((a, b) => Number(a.headers['ce_ordinal']) - Number(b.headers['ce_ordinal']));
      expect(inOrder.map(({ headers }) => headers['ce_id'])).toEqual(ids);
      // Whoever asks the API hears of the relay it is set to run, not of this one.
      expect(await (await api.as('ops', 'platform')).ask<RelayShown>('/admin/relay')).toMatchObject({ state: 'resting' });
    }, 400_000);
  },
  { own: true },
);

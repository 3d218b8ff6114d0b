import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import { EventStoreUnavailable, load } from '@touchline/event-store';
import { ensureTopics, kafkaClient } from '@touchline/kafka';
import type { Platform } from '@touchline/platform';
import { withTopics } from '@touchline/relay/testing/relay-on.js';
import { whileAppends } from '@touchline/server/testing/trouble.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import type { JsonObject } from '@touchline/core';
import { REJECT_HEADERS } from '@touchline/topics/contract.js';
import { rejectedMessage } from '@touchline/topics/intake.js';
import { faultsOf } from '@touchline/topics/testing/strict.js';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { messageOf } from './reject.js';
import { startIntake } from './start-intake.js';
import { post, rejectsOf, untilTaken, whileTaking } from './testing/intake-on.js';
import type { Sending } from './testing/messages.js';
import { FIN, binary, structured } from './testing/messages.js';
import { intakeTopicSpecs, intakeTopics } from './topics.js';

describeWithKafka('the intake', (kafka) => {
  const api = useApi();
  const { intake: topic, rejected: rejectedTopic } = intakeTopics(kafka.prefix);
  let platform: Platform;
  beforeAll(async () => {
    platform = withTopics(api.platform, kafka);
    await ensureTopics(kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }), intakeTopicSpecs(kafka.prefix));
  }, 60_000);

  let next = 0;
  const reference = (): string => `pbx-${++next}`;
  const person = { name: '王芳', phone: '138 0000 7101' };
  const call = (more: object = {}): Sending => ({
    type: 'call-received',
    reference: reference(),
    data: { occurredAt: '2026-05-30T02:00:00Z', siteId: 'pudong', contactTaken: true, person, ...more },
  });
  /** With one key all stand in one partition, one behind the other. */
  const one = (message: ReturnType<typeof binary>) => ({ key: 'one', message });

  it('takes good ones, and each other one to the rejects, sealed, without holding up what follows', async () => {
    const good = call();
    const journey = await journeyOf('138 0000 7102');
    const cancel: Sending = {
      type: 'contract-cancelled',
      reference: reference(),
      data: { journeyId: journey, occurredAt: '2026-05-30T03:00:00Z', reason: 'loan refused' },
    };
    const sign: Sending = {
      type: 'contract-signed',
      reference: reference(),
      data: { journeyId: journey, occurredAt: '2026-05-30T02:30:00Z', price: { amount: 22_980_000, currency: 'CNY' } },
    };
    const odd = binary(call());
    const before = await api.countEvents();
    await post(kafka.brokers, topic, [
      one(binary(good)),
      one(binary(call({ rings: 'two', note: '王芳的备注' }))),
      one(structured(good)),
      one(binary(cancel)),
      one(binary(sign)),
      one(binary(call({ note: 'x'.repeat(300_000) }))),
      one({ ...odd, value: Buffer.from('王芳 13800007101') }),
      one({ headers: {}, value: Buffer.from([0xff, 0x00]) }),
      one(binary({ ...good, data: { ...good.data, rings: 4 } })),
      one(binary({ ...call(), source: '/dongfang/nobody' })),
      one(binary(call({ occurredAt: '2027-01-01T00:00:00Z' }))),
      one(binary(call({ contactTaken: false, person: undefined }))),
    ]);
    await whileTaking(platform, async (intake) => {
      await untilTaken(kafka.brokers, kafka.prefix);
      await intake.check();
    });
    const rejects = await rejectsOf(kafka.brokers, kafka.prefix);
    const inOrder = rejects.map(({ reject }) => reject).sort((a, b) => Number(a.from.offset) - Number(b.from.offset));
    expect(inOrder.map(({ from, problem, tries }) => [Number(from.offset), problem.status, problem.code, from.reference, tries])).toEqual([
      [1, 400, 'request.invalid', 'pbx-5', 1],
      [3, 409, 'contract.none-stands', cancel.reference, 1],
      [5, 413, 'body.too-large', 'pbx-6', 1],
      [6, 400, 'body.malformed', 'pbx-4', 1],
      [7, 400, 'body.malformed', undefined, 1],
      [8, 422, 'idempotency.key-reused', good.reference, 1],
      [9, 401, 'source.unknown', 'pbx-7', 1],
      [10, 422, 'occurred-at.in-future', 'pbx-8', 1],
    ]);
    for (const { headers, value } of rejects) {
      expect(faultsOf(rejectedMessage.schema, JSON.parse(value ?? '') as JsonObject)).toBe('');
      expect(faultsOf(REJECT_HEADERS, headers)).toBe('');
    }
    expect(inOrder[0]).toMatchObject({
      from: { topic, partition: inOrder[0]?.from.partition, type: 'dev.touchline.intake.call-received', source: FIN },
      problem: {
        type: 'https://touchline.dev/problems/request.invalid',
        errors: expect.arrayContaining([expect.objectContaining({ field: 'rings', rule: 'isInt' })]) as unknown,
      },
      rejectedAt: api.now,
    });
    // The customer and the journey of the good one, the contract, and the unidentified call.
    expect(await api.countEvents()).toBeGreaterThan(before + 3);
    expect((await load(api.platform.services.deps, streamName('journey', 'dongfang', journey))).map(({ type }) => type)).toContain(
      'contract-signed',
    );
    // Nothing of what they hold stands there in clear, and all of it for whoever has the key.
    expect(JSON.stringify(rejects)).not.toMatch(/王芳|13800007101|138 0000 7101|备注/);
    const opened = await messageOf(platform.keys, inOrder[3]!);
    expect([opened.value?.toString(), opened.headers['ce_source']?.toString()]).toEqual(['王芳 13800007101', FIN]);
    expect((await messageOf(platform.keys, inOrder[4]!)).value).toEqual(Buffer.from([0xff, 0x00]));
    expect((await messageOf(platform.keys, inOrder[2]!)).value?.length).toBeGreaterThan(300_000);
  });

  it('stands at a fault of ours, tells of it, and goes on in order when it is over', async () => {
    const journey = await journeyOf('138 0000 7103');
    const made = (): Sending => ({
      type: 'call-made',
      reference: reference(),
      data: { journeyId: journey, occurredAt: '2026-05-30T04:00:00Z', reached: true },
    });
    const sent = [made(), made(), made()];
    await whileTaking(platform, async (intake) => {
      const away = () => Promise.reject(new EventStoreUnavailable('away'));
      await whileAppends(api.platform.store, away, async () => {
        await post(kafka.brokers, topic, sent.map(binary).map(one));
        await eventually(
          () =>
            intake.check().then(
              () => false,
              () => true,
            ),
          30_000,
        );
        expect(await platform.metrics.registry.getSingleMetricAsString('touchline_intake_blocked_partitions')).toMatch(/ 1$/);
      });
      await untilTaken(kafka.brokers, kafka.prefix);
      await intake.check();
    });
    const told = await load(api.platform.services.deps, streamName('journey', 'dongfang', journey));
    expect(told.flatMap(({ meta }) => (meta.source === undefined ? [] : [meta.source.reference]))).toEqual(
      sent.map((each) => each.reference),
    );
  });

  it('may be stopped at any moment, and the next goes on at once', async () => {
    const before = await api.countEvents();
    for (let wait = 0; wait < 250; wait += 50) {
      const intake = startIntake(platform);
      await delay(wait);
      await intake.drain(20_000);
    }
    await post(kafka.brokers, topic, [one(binary(call({ contactTaken: false, person: undefined })))]);
    // Less than it takes until a member is missed that went without a word.
    await whileTaking(platform, () => untilTaken(kafka.brokers, kafka.prefix, 8_000));
    expect(await api.countEvents()).toBe(before + 1);
  });

  it('says what became of messages in its metrics', async () => {
    const text = await platform.metrics.registry.getSingleMetricAsString('touchline_intake_messages_total');
    expect(text).toMatch(/outcome="recorded"} [1-9]/);
    expect(text).toMatch(/outcome="repeated"} 1/);
    expect(text).toMatch(/outcome="refused"} 8/);
  });

  async function journeyOf(phone: string): Promise<string> {
    const li = await api.as('li');
    const data = { occurredAt: '2026-05-29T02:00:00Z', siteId: 'pudong', contactTaken: true, person: { phone } };
    return (await li.record('/calls/received', data)).journeyId ?? '';
  }

  it('seals nothing it could not keep: both topics are kept for a week', () => {
    expect(intakeTopicSpecs('x').map(({ config }) => Number(config['retention.ms']) / 86_400_000)).toEqual([7, 7]);
    expect(rejectedTopic).toBe(`${kafka.prefix}.intake.rejected`);
  });
});

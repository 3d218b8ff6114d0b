import { beforeAll, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import { load } from '@touchline/event-store';
import { post, rejectsOf, untilTaken, whileTaking } from '@touchline/intake/testing/intake-on.js';
import { FIN, binary } from '@touchline/intake/testing/messages.js';
import { intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import { ensureTopics, kafkaClient } from '@touchline/kafka';
import { withTopics } from '@touchline/relay/testing/relay-on.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline } from '@touchline/testing/touchline.js';

describeWithKafka('touchline intake', (kafka) => {
  const secrets = newSecrets();
  const api = useApi(secrets);

  const run = (...args: string[]): Promise<Ended> =>
    touchline(['intake', ...args], {
      env: {
        ...{ ...secrets, DATABASE_URL: api.platform.settings.store.databaseUrl },
        ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_TOPIC_PREFIX: kafka.prefix },
      },
    });

  let journeyId = '';
  beforeAll(async () => {
    await ensureTopics(kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }), intakeTopicSpecs(kafka.prefix));
    const li = await api.as('li');
    const call = { occurredAt: '2025-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, person: { phone: '138 0000 7301' } };
    journeyId = (await li.record('/calls/received', call)).journeyId ?? '';
    const at = { journeyId, occurredAt: '2025-05-02T02:00:00Z' };
    await post(
      kafka.brokers,
      intakeTopics(kafka.prefix).intake,
      [
        binary({ type: 'contract-cancelled', reference: 'dms-2', data: { ...at, reason: 'loan refused' } }),
        binary({ type: 'call-made', reference: 'dms-3', data: { ...at, note: '致电王芳' } }),
        binary({ type: 'contract-signed', reference: 'dms-1', data: { ...at, price: { amount: 100_00, currency: 'CNY' } } }),
      ].map((message) => ({ key: journeyId, message })),
    );
    await whileTaking(withTopics(api.platform, kafka), () => untilTaken(kafka.brokers, kafka.prefix));
  });

  it('lists what was not taken, in the order in which it came, and nothing of what it holds', async () => {
    const { code, stdout } = await run('rejected');
    expect([code, stdout.split('\n').slice(0, -1)]).toEqual([
      0,
      [
        expect.stringMatching(
          /^partition \d offset 0 · .* · \/dongfang\/fin dms-2 dev\.touchline\.intake\.contract-cancelled · contract\.none-stands, .* · tried 1$/,
        ),
        expect.stringMatching(/offset 1 · .* dms-3 .* · request\.invalid, .* \(reached\) · tried 1$/),
        '2 stand',
      ],
    ]);
    const json = (await run('rejected', '--json', '--source', FIN, '--code', 'request.invalid')).stdout;
    expect(JSON.parse(json)).toMatchObject({ from: { reference: 'dms-3' }, problem: { code: 'request.invalid' }, tries: 1 });
    expect(stdout + json).not.toMatch(/王芳|sealed/);
  });

  it('tells how many wait, and passes over nothing but what a partition stands at', async () => {
    expect(await run('status')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^unattended\n(partition \d at \d of \d · 0 waiting\n){6}0 waiting · 0 taking\n$/),
    });
    expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ state: 'unattended', waiting: 0, members: 0 });
    const at = JSON.parse((await run('rejected', '--json', '--code', 'request.invalid')).stdout) as { from: { partition: number } };
    const skipped = await run('skip', '--partition', String(at.from.partition), '--offset', '1', '--reason', 'a test');
    expect(skipped).toMatchObject({ code: 3, stderr: `nothing was done: partition ${at.from.partition} is at offset 3\n` });
  });

  it('tries them again: what is recorded is settled, what is refused still stands, and doing so twice adds nothing', async () => {
    expect(await run('retry')).toMatchObject({ code: 2, stderr: expect.stringContaining('say which') });
    const { code, stdout } = await run('retry', '--all');
    expect([code, stdout.split('\n').slice(0, -1)]).toEqual([
      3,
      [
        expect.stringMatching(/offset 0 recorded$/),
        expect.stringMatching(/offset 1 refused still: request\.invalid, .* \(reached\)$/),
        '1 of 2 settled',
      ],
    ]);
    expect((await run('rejected')).stdout).toMatch(/dms-3 .* tried 2\n1 stand\n$/);
    expect(await run('retry', '--offset', '0')).toMatchObject({ code: 0, stdout: '0 of 0 settled\n' });
    const told = await load(api.platform.services.deps, streamName('journey', 'dongfang', journeyId));
    expect(told.flatMap(({ meta }) => (meta.source === undefined ? [] : [meta.source.reference]))).toEqual(['dms-1', 'dms-2']);
    expect((await rejectsOf(kafka.brokers, kafka.prefix)).map(({ reject }) => reject.tries).sort()).toEqual([1, 1, 2]);
  });
});

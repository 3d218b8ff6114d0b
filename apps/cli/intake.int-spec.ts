import { beforeAll, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { streamName } from '@touchline/core';
import { post, rejectsOf, untilTaken, whileTaking } from '@touchline/intake/testing/intake-on.js';
import { FIN, binary } from '@touchline/intake/testing/messages.js';
import type { IntakeShown } from '@touchline/intake-state/operations.js';
import { intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import { ensureTopics, kafkaClient } from '@touchline/kafka';
import { plainKafka } from '@touchline/relay/testing/consumer.js';
import { withTopics } from '@touchline/relay/testing/relay-on.js';
import { createApi } from '@touchline/server/create-api.js';
import type { Fate } from '@touchline/server/testing/trouble.js';
import { whileAppends } from '@touchline/server/testing/trouble.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';
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
    const told = await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', journeyId));
    expect(told.flatMap(({ meta }) => (meta.source === undefined ? [] : [meta.source.reference]))).toEqual(['dms-1', 'dms-2']);
    expect((await rejectsOf(kafka.brokers, kafka.prefix)).map(({ reject }) => reject.tries).sort()).toEqual([1, 1, 2]);
  });

  const made = (reference: string) =>
    binary({ type: 'call-made', reference, data: { journeyId, occurredAt: '2025-05-02T03:00:00Z', reached: true } });
  const referencesOf = async (): Promise<string[]> =>
    (await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', journeyId))).flatMap(({ meta }) =>
      meta.source === undefined ? [] : [meta.source.reference],
    );
  const skips = async () => {
    const sql = 'select reason, kept, done_at is not null as done from touchline.intake_skips order by asked_at';
    return (await api.platform.pool.query<{ reason: string; kept: boolean; done: boolean }>(sql)).rows;
  };

  it('shows whoever operates the platform what a partition stands at, on every way, and passes over that', async () => {
    const platform = withTopics(api.platform, kafka);
    const fails: Fate = (append, stream, ...rest) =>
      stream.includes(journeyId) ? Promise.reject(new TypeError('a fault of the program')) : append(stream, ...rest);
    await whileTaking(platform, async (intake) => {
      const served = await createApi(platform, { page: false, probes: [{ name: 'intake', check: () => intake.check() }] });
      try {
        const [url, { token }] = [await served.listen(), await api.as('ops', 'platform')];
        const ask = async <T>(path: string) => {
          const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
          return { status: answer.status, body: (await answer.json()) as T };
        };
        await whileAppends(api.platform.store, fails, async () => {
          const offset = await post(kafka.brokers, intakeTopics(kafka.prefix).intake, [{ key: journeyId, message: made('dms-4') }]);
          const { partitions } = await eventually(async () => {
            const { body } = await ask<IntakeShown>('/admin/intake');
            return body.state === 'standing' && body;
          });
          const stands = partitions.find(({ standsSince }) => standsSince !== null);
          expect(stands).toMatchObject({ next: offset, waiting: 1, fault: 'TypeError', holder: platform.holder });
          const { partition, standsSince } = stands!;
          expect(await ask('/health/ready')).toMatchObject({
            status: 503,
            body: { down: ['intake'], detail: `intake: standing: partitions ${partition} of the intake` },
          });
          const status = await run('status');
          expect([status.code, status.stdout.split('\n')]).toEqual([
            3,
            expect.arrayContaining([
              'standing',
              `partition ${partition} at ${offset} of ${Number(offset) + 1} · 1 waiting · stands since ${standsSince}: TypeError`,
              '1 waiting · 1 taking',
            ]),
          ]);
          // Whoever holds it may have it open anew at this very moment; done again it is done.
          const skipped = await eventually(async () => {
            const ended = await run('skip', '--partition', String(partition), '--offset', offset, '--reason', 'agreed with the sender');
            return ended.code === 0 && ended;
          });
          expect(skipped.stdout).toBe(`partition ${partition} offset ${offset} passed over, and kept among the rejects\n`);
        });
        await untilTaken(kafka.brokers, kafka.prefix);
        await eventually(async () => (await ask('/health/ready')).status === 200);
      } finally {
        await served.drain();
      }
    });
    expect(await skips()).toEqual([{ reason: 'agreed with the sender', kept: true, done: true }]);
    expect((await run('rejected', '--code', 'message.skipped')).stdout).toMatch(
      / dms-4 .* message\.skipped, .*agreed with the sender · tried 1\n1 stand\n$/,
    );
    expect(await referencesOf()).not.toContain('dms-4');
  });

  it('passes over what cannot be read, where that is asked for, keeps nothing of it, and goes on behind it', async () => {
    const { intake: topic } = intakeTopics(kafka.prefix);
    const before = await skips();
    // As it was on brokers on which what is packed stayed so.
    await stores(topic, 'producer');
    const partition = await postPacked(topic, 'dms-5');
    await stores(topic, 'uncompressed');
    const offset = await post(kafka.brokers, topic, [{ key: journeyId, message: made('dms-6') }]);
    const at = ['--partition', String(partition), '--offset', String(Number(offset) - 1), '--reason', 'packed'];
    expect(await run('skip', ...at)).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^nothing was done: it cannot be read \(.*\); --unread passes over it all the same, and keeps nothing of it\n$/,
      ),
    });
    expect(await skips()).toEqual(before);
    expect(await run('skip', '--unread', ...at)).toMatchObject({ code: 0, stdout: `partition ${partition} offset ${at[3]} passed over\n` });
    expect(await skips()).toEqual([...before, { reason: 'packed', kept: false, done: true }]);
    await whileTaking(withTopics(api.platform, kafka), () => untilTaken(kafka.brokers, kafka.prefix));
    expect((await referencesOf()).filter((each) => ['dms-5', 'dms-6'].includes(each))).toEqual(['dms-6']);
  });

  /** How the brokers keep what is sent packed. */
  async function stores(topic: string, how: 'producer' | 'uncompressed'): Promise<void> {
    const admin = plainKafka(kafka.brokers).admin();
    await admin.connect();
    const { config = {} } = intakeTopicSpecs(kafka.prefix).find(({ name }) => name === topic) ?? {};
    const configEntries = Object.entries({ ...config, 'compression.type': how }).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }] });
    await admin.disconnect();
  }

  /** Sends it packed in a way that the client here cannot open. @returns its partition */
  async function postPacked(topic: string, reference: string): Promise<number> {
    const { Snappy } = kafkajs.CompressionTypes;
    const none = kafkajs.CompressionCodecs[Snappy];
    kafkajs.CompressionCodecs[Snappy] = () => ({ compress: ({ buffer }: { buffer: Buffer }) => Promise.resolve(snappy(buffer)) });
    const producer = plainKafka(kafka.brokers).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    try {
      const { headers, value } = made(reference);
      const message = { key: journeyId, value, headers: { ...headers } as kafkajs.IHeaders };
      const [sent] = await producer.send({ topic, compression: Snappy, messages: [message] });
      return sent?.partition ?? -1;
    } finally {
      await producer.disconnect();
      kafkajs.CompressionCodecs[Snappy] = none;
    }
  }
});

/** The form of Snappy, with nothing made smaller: how long it is, and one piece to be taken as it stands. */
function snappy(bytes: Buffer): Buffer {
  const { length } = bytes;
  const head = Buffer.from([(length & 0x7f) | 0x80, length >> 7, 61 << 2, 0, 0]);
  head.writeUInt16LE(length - 1, 3);
  return Buffer.concat([head, bytes]);
}

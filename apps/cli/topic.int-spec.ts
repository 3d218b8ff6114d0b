import { beforeAll, expect, it } from '@jest/globals';
import type { Platform } from '@touchline/platform';
import type { Consumed } from '@touchline/relay/testing/consumer.js';
import { consumeAll } from '@touchline/relay/testing/consumer.js';
import { copyOf, emptyTopic } from '@touchline/relay/testing/copy-of.js';
import { untilTold, whileRelaying, withTopics } from '@touchline/relay/testing/relay-on.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import type { Ended } from '@touchline/testing/touchline.js';
import { touchline } from '@touchline/testing/touchline.js';
import { topics } from '@touchline/topics';

const CALLS = 5;

describeWithKafka('touchline topic', (kafka) => {
  const secrets = newSecrets();
  const api = useApi(secrets);
  let platform: Platform;
  let told: Consumed[] = [];
  let states: Consumed[] = [];

  const run = (args: string[], more: Record<string, string> = {}): Promise<Ended> =>
    touchline(['topic', ...args], {
      env: {
        ...{ ...secrets, DATABASE_URL: api.platform.settings.store.databaseUrl },
        ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_TOPIC_PREFIX: kafka.prefix, ...more },
      },
    });
  const copied = (name: string, records: readonly Consumed[]): Promise<string> =>
    copyOf(kafka, records, topics.find((topic) => topic.name === name)?.partitions ?? 1);

  beforeAll(async () => {
    platform = withTopics(api.platform, kafka, { manifestEvery: 2, relayBatchSize: 3 });
    const li = await api.as('li');
    for (let call = 0; call < CALLS; call++) {
      const person = { phone: `138000077${String(call).padStart(2, '0')}` };
      await li.record('/calls/received', { occurredAt: '2026-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, person, rings: call });
    }
    await whileRelaying(platform, () => untilTold(platform));
    told = await consumeAll(kafka.brokers, `${kafka.prefix}.touchpoints`, CALLS);
    states = await consumeAll(kafka.brokers, `${kafka.prefix}.journey-status`, CALLS);
  });

  it('says that a topic holds, just told or a copy, and what it was held against', async () => {
    const facts = await run(['verify', 'touchpoints', '--quiet']);
    expect(facts).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /\.touchpoints holds: \d messages held against [1-9] manifests of .*\.touchpoints, \d came since and are not signed yet\n$/,
      ),
      stderr: '',
    });
    expect(await run(['verify', 'journey-status', '--quiet'])).toEqual({
      code: 0,
      stdout: `${kafka.prefix}.journey-status holds: ${CALLS} keys held against the log, 0 of them taken back\n`,
      stderr: '',
    });
    const copy = await copied('touchpoints', told);
    const { code, stdout, stderr } = await run(['verify', 'touchpoints', '--copy', copy]);
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${copy} holds`)]);
    expect(stderr).toContain(`reading ${copy}`);
  });

  it('says what does not hold, ends with 3, and has it as JSON', async () => {
    const doubled = await run(['verify', 'touchpoints', '--quiet', '--copy', await copied('touchpoints', [...told, told[0]!])]);
    expect(doubled).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/does not hold: message \d stands a second time in partition/),
    });
    const { key } = states[0]!;
    const copy = await copied(
      'journey-status',
      states.filter((state) => state.key !== key),
    );
    const missing = await run(['verify', 'journey-status', '--quiet', '--copy', copy]);
    expect(missing.code).toBe(3);
    expect(missing.stdout).toContain(`${copy} does not hold: 1 keys\n  missing: ${key} is missing; event`);
    const json = await run(['verify', 'journey-status', '--quiet', '--json', '--copy', copy]);
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([3, { keys: CALLS, faults: [{ kind: 'missing', key }] }]);
  });

  it('sends a stretch again, and says how much', async () => {
    const own = await emptyTopic({ brokers: kafka.brokers, prefix: `reader-${kafka.prefix}` }, 2);
    expect(await run(['replay', 'touchpoints', '--quiet', '--to', own])).toEqual({
      code: 0,
      stdout: `${CALLS} messages sent to ${own}\n`,
      stderr: '',
    });
    const again = await consumeAll(kafka.brokers, own, CALLS);
    expect(again.map(({ value }) => value).sort()).toEqual(told.map(({ value }) => value).sort());
    const later = ['--from', '2030-01-01T00:00:00+08:00', '--tenant', 'dongfang'];
    expect(await run(['replay', 'touchpoints', '--quiet', '--to', own, ...later])).toMatchObject({
      code: 0,
      stdout: `0 messages sent to ${own}\n`,
    });
    const ours = await run(['replay', 'touchpoints', '--to', `${kafka.prefix}.complaints`]);
    expect(ours).toMatchObject({ code: 2, stderr: `${kafka.prefix}.complaints is a topic of the platform itself\n` });
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ['a topic there is not', ['verify', 'sales'], {}, 'there are: complaints, journey-status, touchpoints'],
    ['a copy there is not', ['verify', 'touchpoints', '--quiet', '--copy', 'nowhere'], {}, 'there is no topic nowhere'],
    [
      'a topic not told yet',
      ['verify', 'complaints', '--quiet'],
      { KAFKA_TOPIC_PREFIX: 'untold' },
      'there is no topic untold.relay.positions',
    ],
    ['no brokers', ['verify', 'touchpoints'], { KAFKA_BROKERS: '' }, 'KAFKA_BROKERS is not set'],
    ['a time that is none', ['replay', 'touchpoints', '--to', 'x', '--from', 'yesterday'], {}, 'a date and time with an offset'],
    [
      'nowhere to send to',
      ['replay', 'touchpoints', '--quiet', '--to', 'nowhere.again'],
      {},
      'there is no topic nowhere.again; create it first',
    ],
  ])('refuses %s in plain words', async (_, args, env, said) => {
    const { code, stdout, stderr } = await run(args, env);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(said)]);
    expect(stderr).not.toContain('    at ');
  });

  it('says so where the brokers are away, without a stack', async () => {
    const { code, stderr } = await run(['verify', 'touchpoints', '--quiet'], { KAFKA_BROKERS: '127.0.0.1:1' });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^the brokers of KAFKA_BROKERS do not answer as they should: .*\n$/)]);
  });
});

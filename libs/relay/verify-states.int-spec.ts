import { beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaClient, partitionOf } from '@touchline/kafka';
import type { Platform } from '@touchline/platform';
import { useApi } from '@touchline/server/testing/use-api.js';
import { journeyStatusTopic } from '@touchline/topics/journey-status.topic.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import type { Consumed } from './testing/consumer.js';
import { consumeAll } from './testing/consumer.js';
import { copyOf } from './testing/copy-of.js';
import { untilTold, whileRelaying, withTopics } from './testing/relay-on.js';
import type { StateFault, VerifyStatesDeps } from './verify-states.js';
import { verifyStates } from './verify-states.js';

const JOURNEYS = 6;

describeWithKafka('a compacted topic held against the log', (kafka) => {
  const api = useApi();
  const topic = `${kafka.prefix}.journey-status`;
  const journeys: string[] = [];
  let platform: Platform;
  let deps: VerifyStatesDeps;
  let told: Consumed[] = [];
  /** Whose customer was erased. */
  let gone = '';

  const keyOf = (journey: string): string => `dongfang.${journey}`;
  const called = (journeyId: string, day: number) => ({ journeyId, occurredAt: `2026-05-${10 + day}T02:00:00Z` });

  beforeAll(async () => {
    platform = withTopics(api.platform, kafka);
    const li = await api.as('li');
    let erased = '';
    for (let each = 0; each < JOURNEYS; each++) {
      const person = { name: `王芳${each}`, phone: `138000076${String(each).padStart(2, '0')}` };
      const call = { occurredAt: '2026-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, person };
      const { journeyId = '', customerId = '' } = await li.record('/calls/received', call);
      journeys.push(journeyId);
      await li.record('/contracts/signed', { ...called(journeyId, each), price: { amount: 22_980_000 + each, currency: 'CNY' } });
      [gone, erased] = [journeyId, customerId];
    }
    const few = withTopics(api.platform, kafka, { relayBatchSize: 3 });
    await whileRelaying(few, async () => {
      await untilTold(few);
      await (await api.as('admin')).post(`/customers/${erased}/erasure`, { askedBy: 'person', reason: 'asked' });
      // What is recorded on the journey of somebody who is gone is told of no state.
      await li.record('/calls/made', { ...called(gone, 9), reached: false });
      await li.record('/contracts/cancelled', { ...called(journeys[0]!, 9), reason: 'loan refused' });
      await untilTold(few);
    });
    told = await consumeAll(kafka.brokers, topic, 2 * JOURNEYS + 2);
    deps = {
      ...{ store: platform.store, registry: platform.registry, prefix: kafka.prefix },
      kafka: kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }),
      positions: `${kafka.prefix}.relay.positions`,
      partitionFor: ({ headers }) => partitionOf(headers['ce_partitionkey'] ?? '', journeyStatusTopic.partitions),
    };
  });

  const held = async (records: readonly Consumed[]) =>
    verifyStates(deps, journeyStatusTopic, await copyOf(kafka, records, journeyStatusTopic.partitions));
  const faultsOf = async (records: readonly Consumed[]): Promise<StateFault[]> => (await held(records)).faults;
  const lastOf = (journey: string): Consumed => told.filter(({ key }) => key === keyOf(journey)).at(-1)!;
  const compacted = (): Consumed[] => told.filter((each) => each === told.filter(({ key }) => key === each.key).at(-1));

  it('holds as it was told, as a copy, compacted, and once what takes back was let go', async () => {
    const verdict = { topic, keys: JOURNEYS, forgotten: 1, faults: [] };
    expect(lastOf(gone).value).toBeNull();
    expect(await verifyStates(deps, journeyStatusTopic)).toEqual(verdict);
    expect(await held(told)).toEqual(verdict);
    expect(compacted()).toHaveLength(JOURNEYS);
    expect(await held(compacted())).toEqual(verdict);
    expect(await held(compacted().filter(({ value }) => value !== null))).toEqual(verdict);
  });

  it('holds while the relay tells on: what came after a key was read counts as it was read', async () => {
    const li = await api.as('li');
    await whileRelaying(platform, async () => {
      let [isOver, change] = [false, 0];
      const verifying = verifyStates(deps, journeyStatusTopic).finally(() => (isOver = true));
      while (!isOver && change < 40) {
        await li.record('/calls/made', { ...called(journeys[change % (JOURNEYS - 1)]!, 10), reached: true });
        const lost = { journeyId: journeys[0]!, occurredAt: '2026-05-21T02:00:00Z' };
        await (change % 2 === 0
          ? li.record('/contracts/signed', { ...lost, price: { amount: 100 + change, currency: 'CNY' } })
          : li.record('/contracts/cancelled', { ...lost, reason: 'loan refused' }));
        change += 1;
      }
      expect((await verifying).faults).toEqual([]);
      await untilTold(platform);
    });
    expect(await verifyStates(deps, journeyStatusTopic)).toMatchObject({ keys: JOURNEYS, faults: [] });
    told = await consumeAll(kafka.brokers, topic, told.length);
  });

  it('cannot be held where it was told in an older form too', async () => {
    const raised = { ...journeyStatusTopic, changed: { ...journeyStatusTopic.changed, version: 2 } };
    await expect(verifyStates(deps, raised)).rejects.toThrow('journey-status was told in version 1 of its schema too');
  });

  describe('does not, and says which key, where', () => {
    const [one, two] = [1, 2];
    const key = (place: number): string => keyOf(journeys[place]!);

    it('it is missing', async () => {
      const eventId = lastOf(journeys[one]!).headers['ce_id'];
      expect(await faultsOf(told.filter((each) => each.key !== key(one)))).toEqual([
        { kind: 'missing', key: key(one), eventId, detail: `${key(one)} is missing; event ${eventId} was told of it last` },
      ]);
    });

    it.each<[string, (record: Consumed) => Partial<Consumed>]>([
      ['value', ({ value }) => ({ value: value!.replace('22980', '12980') })],
      ['headers', ({ headers }) => ({ headers: { ...headers, ce_time: '2026-05-01T03:00:00.000Z' } })],
      ['number', ({ headers }) => ({ headers: { ...headers, ce_sequence: '0000000009' } })],
    ])('it has another %s', async (_, change) => {
      const last = lastOf(journeys[one]!);
      const faults = await faultsOf(told.map((each) => (each === last ? { ...each, ...change(each) } : each)));
      expect(faults).toMatchObject([{ kind: 'altered', key: key(one), partition: last.partition, eventId: last.headers['ce_id'] }]);
    });

    it('an older state stands last, or one that was taken back', async () => {
      const without = (journey: string): Consumed[] => told.filter((each) => each !== lastOf(journey));
      expect(await faultsOf(without(journeys[two]!))).toMatchObject([
        { kind: 'stale', key: key(two), eventId: lastOf(journeys[two]!).headers['ce_id'] },
      ]);
      const [fault] = await faultsOf(without(gone));
      expect(fault).toMatchObject({ kind: 'stale', key: keyOf(gone), detail: expect.stringContaining('was taken back since') as unknown });
      // The older one again, behind the newer.
      const first = told.find((each) => each.key === key(two))!;
      expect(await faultsOf([...told, first])).toMatchObject([{ kind: 'stale', key: key(two) }]);
    });

    it('nobody has such a key, with a state or taken back', async () => {
      const strange = { ...lastOf(journeys[one]!), key: 'dongfang.nobody' };
      expect(await faultsOf([...told, strange])).toMatchObject([{ kind: 'surplus', key: 'dongfang.nobody' }]);
      expect(await faultsOf([...told, { ...strange, value: null }])).toMatchObject([{ kind: 'surplus', key: 'dongfang.nobody' }]);
    });

    it('several are wrong: all are named', async () => {
      const last = lastOf(journeys[one]!);
      const wrong = told.flatMap((each) => (each.key === key(two) ? [] : [each === last ? { ...each, value: '{}' } : each]));
      const faults = await faultsOf([...wrong, { ...last, key: 'dongfang.nobody' }]);
      expect(Object.fromEntries(faults.map((fault) => [fault.key, fault.kind]))).toEqual({
        [key(one)]: 'altered',
        [key(two)]: 'missing',
        'dongfang.nobody': 'surplus',
      });
    });
  });
});

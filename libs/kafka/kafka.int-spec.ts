import { describe, expect, it } from '@jest/globals';
import { consumeAll } from '@touchline/relay/testing/consumer.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import type { OutgoingRecord } from './fenced-producer.js';
import { FencedProducer, ProducerThread, TopicDrift, ensureTopics, kafkaClient, lastUnder, partitionOf, topicsWithData } from './index.js';

describeWithKafka('kafka', (kafka) => {
  const options = () => ({ brokers: kafka.brokers.split(','), clientId: 'test' });
  const client = () => kafkaClient(options());
  const named = (name: string): string => `${kafka.prefix}.${name}`;
  const spec = (name: string, partitions = 1, config: Record<string, string> = {}) => ({ name: named(name), partitions, config });
  const record = (name: string, value: string, partition = 0): OutgoingRecord => ({
    ...{ topic: named(name), partition, key: 'k', headers: { ce_id: value }, value },
  });
  const valuesOf = async (name: string) => (await consumeAll(kafka.brokers, named(name))).map(({ value }) => value);

  /** The first sends of a fresh broker may find its coordinator still loading. */
  const untilOpen = async <T>(open: () => Promise<T>): Promise<T> => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await open();
      } catch (error) {
        if (tries === 20) throw error;
      }
    }
  };
  const opened = (id: string) => untilOpen(() => FencedProducer.open(client(), named(id)));
  const threaded = (id: string) => untilOpen(() => ProducerThread.open(options(), named(id)));

  it('creates topics as declared, and says what is not so without touching it', async () => {
    const wanted = spec('declared', 3, { 'cleanup.policy': 'compact' });
    expect(await ensureTopics(client(), [wanted, spec('other')])).toEqual([named('declared'), named('other')]);
    expect(await ensureTopics(client(), [wanted, spec('other')])).toEqual([]);
    const drifted = [{ ...wanted, partitions: 4, config: { 'cleanup.policy': 'delete' } }];
    for (let times = 0; times < 2; times += 1)
      await expect(ensureTopics(client(), drifted)).rejects.toThrow(
        new TopicDrift([
          { topic: wanted.name, what: 'partitions', wanted: '4', found: '3' },
          { topic: wanted.name, what: 'cleanup.policy', wanted: 'delete', found: 'compact' },
        ]).message,
      );
  });

  describe.each([
    ['here', opened],
    ['threaded', threaded],
  ] as const)('a fenced producer, %s', (where, open) => {
    it('shows all records of a transaction or none, in their order', async () => {
      await ensureTopics(client(), [spec(`whole-${where}`, 2)]);
      const producer = await open(`whole-${where}`);
      const large = 'x'.repeat(200_000);
      await producer.commit([
        record(`whole-${where}`, 'a'),
        ...Array.from({ length: 8 }, (_, n) => record(`whole-${where}`, `${large}${n}`, n % 2)),
      ]);
      await expect(producer.commit([record(`whole-${where}`, 'b'), record('nowhere', 'c')])).rejects.toThrow();
      await producer.close();
      expect((await valuesOf(`whole-${where}`)).map((value) => value?.slice(-1))).toEqual(['a', '0', '2', '4', '6', '1', '3', '5', '7']);
    });

    it('opened anew, fences whoever had it before', async () => {
      await ensureTopics(client(), [spec(`fenced-${where}`)]);
      const first = await open(`fenced-${where}`);
      await first.commit([record(`fenced-${where}`, 'first')]);
      const second = await open(`fenced-${where}`);
      await expect(first.commit([record(`fenced-${where}`, 'late')])).rejects.toThrow();
      await second.commit([record(`fenced-${where}`, 'second')]);
      expect(await valuesOf(`fenced-${where}`)).toEqual(['first', 'second']);
      await Promise.all([first.close(), second.close()]);
    });

    // What a relay leaves that is stopped before its commit, and goes on after another has taken over.
    it('undoes what another had sent and not committed, and that one cannot commit it any more', async () => {
      await ensureTopics(client(), [spec(`held-${where}`)]);
      const held = client().producer({ transactionalId: named(`held-${where}`), idempotent: true, maxInFlightRequests: 1 });
      await held.connect();
      const transaction = await held.transaction();
      await transaction.send({ topic: named(`held-${where}`), messages: [{ key: 'k', value: 'held', partition: 0 }] });
      const next = await open(`held-${where}`);
      await next.commit([record(`held-${where}`, 'next')]);
      await expect(transaction.commit()).rejects.toThrow();
      expect(await valuesOf(`held-${where}`)).toEqual(['next']);
      await next.close();
      await held.disconnect().catch(() => undefined);
    });
  });

  it('in a thread, fails what waits behind what failed, and sends none of it', async () => {
    await ensureTopics(client(), [spec('behind')]);
    const producer = await threaded('behind');
    const [first, failing, behind] = [
      producer.commit([record('behind', 'first')]),
      producer.commit([record('nowhere', 'failing')]),
      producer.commit([record('behind', 'behind')]),
    ].map((sent) =>
      sent.then(
        () => 'sent',
        () => 'failed',
      ),
    );
    expect(await Promise.all([first, failing, behind])).toEqual(['sent', 'failed', 'failed']);
    await producer.close();
    await expect(producer.commit([record('behind', 'later')])).rejects.toThrow('the thread of the producer ended');
    expect(await valuesOf('behind')).toEqual(['first']);
  });

  it('reads the last under a key up to an end of its own, however much stands behind it', async () => {
    await ensureTopics(client(), [spec('last')]);
    const producer = await opened('last');
    const read = () => lastUnder(client(), { topic: named('last'), key: 'k', isEnd: ({ value }) => value === 'end' });
    await producer.commit([{ ...record('last', 'end'), key: 'e' }]);
    expect(await read()).toBeNull();
    await producer.commit([record('last', 'older'), record('last', 'newer')]);
    await producer.commit([...Array.from({ length: 600 }, (_, n) => ({ ...record('last', `${n}`), key: 'other' }))]);
    await producer.commit([{ ...record('last', 'end'), key: 'e' }, record('last', 'behind')]);
    // Both ends bear one name here, so that it is the second that counts: the first stands before everything.
    const found = await lastUnder(client(), {
      ...{ topic: named('last'), key: 'k' },
      isEnd: ({ value, offset }) => value === 'end' && Number(offset) > 2,
    });
    expect(found?.value).toBe('newer');
    await producer.close();
  });

  it('tells committed data from what was left open', async () => {
    await ensureTopics(client(), [spec('empty', 2), spec('undone', 2), spec('filled', 2)]);
    const raw = kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }).producer({
      ...{ transactionalId: named('undone'), idempotent: true, maxInFlightRequests: 1 },
    });
    await raw.connect();
    const transaction = await raw.transaction();
    await transaction.send({ topic: named('undone'), messages: [{ value: 'x', partition: 1 }] });
    await transaction.abort();
    await raw.disconnect();
    const producer = await opened('filled');
    await producer.commit([record('filled', 'x', 1)]);
    await producer.close();
    expect(await topicsWithData(client(), ['empty', 'undone', 'filled'].map(named))).toEqual([named('filled')]);
  });

  it('chooses partitions as the clients of other languages do', () => {
    // From Kafka's own tests of murmur2: "21" → -973932308, "foobar" → -790332482, both with the sign bit cleared.
    expect([partitionOf('21', 1000), partitionOf('foobar', 1000)]).toEqual([
      (-973932308 & 0x7fffffff) % 1000,
      (-790332482 & 0x7fffffff) % 1000,
    ]);
  });
});

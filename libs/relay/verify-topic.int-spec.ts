import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@touchline/event-store';
import { FencedProducer, kafkaClient, partitionOf } from '@touchline/kafka';
import type { Platform } from '@touchline/platform';
import { createApi } from '@touchline/server/create-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { touchpointsTopic } from '@touchline/topics/touchpoints.topic.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { LatestManifests } from './latest-manifests.js';
import type { Manifest } from './manifest.js';
import { messageFromLog } from './message-from-log.js';
import { lookAtPosition, positionRecord } from './position.js';
import { replayTopic } from './replay-topic.js';
import type { Consumed } from './testing/consumer.js';
import { consumeAll } from './testing/consumer.js';
import { copyOf, emptyTopic } from './testing/copy-of.js';
import { untilTold, whileRelaying, withTopics } from './testing/relay-on.js';
import type { VerifyDeps } from './verify-topic.js';
import { verifyTopic } from './verify-topic.js';

const CUSTOMERS = 5;
const CALLS = 6;
/** When the last call of each was recorded. */
const LATER = '2026-06-01T05:00:00.000Z';

describeWithKafka('a topic held against its manifests', (kafka) => {
  const api = useApi();
  const topic = `${kafka.prefix}.touchpoints`;
  let platform: Platform;
  let deps: VerifyDeps;
  let told: Consumed[] = [];
  /** As they were recorded, and partition by partition. */
  const ordinalOf = ({ headers }: Consumed): number => Number(headers['ce_ordinal']);

  beforeAll(async () => {
    platform = withTopics(api.platform, kafka, { manifestEvery: 7, manifestIntervalSeconds: 3_600 });
    const li = await api.as('li');
    for (let call = 0; call < CALLS; call++) {
      if (call === CALLS - 1) api.now = LATER;
      for (let customer = 0; customer < CUSTOMERS; customer++) {
        const person = { phone: `138000075${String(customer).padStart(2, '0')}` };
        await li.record('/calls/received', {
          occurredAt: '2026-05-01T02:00:00Z',
          siteId: 'pudong',
          contactTaken: true,
          person,
          rings: call,
        });
      }
    }
    // A few at a time, so that there are several manifests.
    const few = withTopics(api.platform, kafka, { manifestEvery: 7, manifestIntervalSeconds: 3_600, relayBatchSize: 5 });
    await whileRelaying(few, () => untilTold(few));
    told = await consumeAll(kafka.brokers, topic, CUSTOMERS * CALLS);
    deps = {
      kafka: kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }),
      manifests: `${kafka.prefix}.manifests`,
      positions: `${kafka.prefix}.relay.positions`,
      isSigned: (text, signature) => platform.logHeads.keys.haveSignedText(text, signature),
      fromLog: messageFromLog(platform, kafka.prefix, touchpointsTopic),
      logId: await platform.store.logId(),
      partitionFor: ({ headers }) => partitionOf(headers['ce_partitionkey'] ?? '', touchpointsTopic.partitions),
    };
  });

  const onCopy = (records: readonly Consumed[]): Promise<string> => copyOf(kafka, records, touchpointsTopic.partitions);

  it('holds, and so does a copy', async () => {
    const all = { topic, fault: null, manifests: expect.any(Number) as unknown };
    const verdict = await verifyTopic(deps, topic);
    expect(verdict).toEqual({ ...all, signed: expect.any(Number) as unknown, unsigned: expect.any(Number) as unknown });
    expect(verdict.manifests).toBeGreaterThan(2);
    expect(verdict.signed + verdict.unsigned).toBe(CUSTOMERS * CALLS);
    expect(verdict.signed).toBeGreaterThan(CUSTOMERS * CALLS - 12);
    expect(await verifyTopic(deps, topic, await onCopy(told))).toEqual(verdict);
  });

  it('is told again to a reader’s own topic, as it was told, whole or in part', async () => {
    const own = await emptyTopic(kafka, 3);
    expect(await replayTopic(deps.kafka, topic, own, {})).toBe(CUSTOMERS * CALLS);
    const again = await consumeAll(kafka.brokers, own, CUSTOMERS * CALLS);
    const bare = (records: readonly Consumed[]) => records.map(({ key, headers, value }) => ({ key, headers, value }));
    const inOrder = (records: readonly Consumed[]) => bare([...records].sort((a, b) => ordinalOf(a) - ordinalOf(b)));
    expect(inOrder(again)).toEqual(inOrder(told));
    for (const customer of new Set(told.map(({ headers }) => headers['ce_partitionkey']))) {
      const of = again.filter(({ headers }) => headers['ce_partitionkey'] === customer);
      expect(new Set(of.map(({ partition }) => partition)).size).toBe(1);
      expect(of.map(ordinalOf)).toEqual(of.map(ordinalOf).sort((a, b) => a - b));
    }
    const part = await emptyTopic(kafka, 1);
    expect(await replayTopic(deps.kafka, topic, part, { from: LATER, until: LATER, tenant: 'dongfang' })).toBe(CUSTOMERS);
    const later = await consumeAll(kafka.brokers, part, CUSTOMERS);
    expect(later.map(({ headers }) => headers['ce_recordedtime'])).toEqual(Array(CUSTOMERS).fill(LATER));
    expect(await replayTopic(deps.kafka, topic, part, { tenant: 'huadong' })).toBe(0);
    await expect(replayTopic(deps.kafka, topic, `${kafka.prefix}.nowhere`, {})).rejects.toThrow('there is no topic');
  });

  it('holds while the relay tells on, and is whole again afterwards', async () => {
    const li = await api.as('li');
    const [before, more] = [CUSTOMERS * CALLS, 25];
    await whileRelaying(platform, async () => {
      let [isOver, calls] = [false, 0];
      const verifying = verifyTopic(deps, topic).finally(() => (isOver = true));
      for (; !isOver || calls < more; calls++) {
        const person = { phone: `138000075${String(calls % CUSTOMERS).padStart(2, '0')}` };
        await li.record('/calls/received', { occurredAt: '2026-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, person });
      }
      expect((await verifying).fault).toBeNull();
      await untilTold(platform);
      expect(await verifyTopic(deps, topic)).toMatchObject({ fault: null });
      told = await consumeAll(kafka.brokers, topic, before + calls);
    });
  });

  it('does not where less is there than the relay has told, or more', async () => {
    const position = (await lookAtPosition(deps.kafka, deps.positions))!;
    const { ordinal, ...chain } = position.topics['touchpoints']!;
    const positions = await emptyTopic(kafka, 1);
    const producer = await FencedProducer.open(deps.kafka, positions);
    const say = (by: number) =>
      producer.commit([positionRecord(positions, { ...position, topics: { touchpoints: { ...chain, ordinal: ordinal + by } } })]);
    const faultOf = async () => (await verifyTopic({ ...deps, positions }, topic)).fault;
    await say(1);
    const missing = `message ${ordinal + 1} is missing; ${ordinal} is the last there, ${ordinal + 1} were told`;
    expect(await faultOf()).toEqual({ kind: 'missing', ordinal: ordinal + 1, detail: missing });
    await say(0);
    expect(await faultOf()).toBeNull();
    await say(-1);
    expect(await faultOf()).toMatchObject({ kind: 'untold', ordinal });
    await producer.close();
  });

  it('shows to somebody who may read it, and has no more rights, that its end was cut together with its manifests', async () => {
    const served = await createApi(platform, { page: false });
    const url = await served.listen();
    const TOKEN = (await api.as('audit')).token;
    const script = resolve(import.meta.dirname, '../../docs/examples/consumer/verify.js');
    const verified = async (name: string): Promise<[number, string]> => {
      const env = { ...process.env, KAFKA_BROKERS: kafka.brokers, URL: url, TOKEN, TOPIC: name };
      const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const [said, ended] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      return [Number(ended[0]), said];
    };
    try {
      const manifests = (await consumeAll(kafka.brokers, deps.manifests)).length;
      expect(await verified(topic)).toEqual([0, `${topic}: ${told.length} messages hold against ${manifests} manifests\n`]);
      const { manifests: newest } = await (await api.as('audit')).ask<{ manifests: Manifest[] }>('/topics/manifests');
      expect(newest).toEqual([]);
      // The newest there is says more than the topic has, as if both topics had lost their ends.
      const last = (await new LatestManifests(platform.pool, kafka.prefix).all())[0]!;
      const { signature: _, ...before } = last;
      const further = { ...before, from: last.to + 1, to: told.length + 5, count: told.length + 5 - last.to, previousHash: last.hash };
      const signed = { ...further, signature: platform.logHeads.keys.signText(canonicalJson(further)).signature };
      await new LatestManifests(platform.pool, kafka.prefix).note([signed]);
      expect(await verified(topic)).toEqual([3, `${topic}: message ${told.length + 1} is missing: ${told.length + 5} were signed\n`]);
    } finally {
      await served.drain();
    }
  });

  describe('does not, and says which, where', () => {
    const faultOf = async (records: readonly Consumed[], more: Partial<VerifyDeps> = {}) =>
      (await verifyTopic({ ...deps, ...more }, topic, await onCopy(records))).fault;
    const withOrdinal = (ordinal: number): Consumed => told.find((each) => ordinalOf(each) === ordinal)!;
    const changed = (ordinal: number, change: (record: Consumed) => Partial<Consumed>): Consumed[] =>
      told.map((each) => (ordinalOf(each) === ordinal ? { ...each, ...change(each) } : each));

    it('a message is missing, in the middle or at the signed end', async () => {
      expect(await faultOf(told.filter((each) => ordinalOf(each) !== 9))).toMatchObject({ kind: 'missing', ordinal: 9 });
      expect(await faultOf(told.filter((each) => ordinalOf(each) < 20))).toMatchObject({ kind: 'missing', ordinal: 20 });
    });

    it('one stands twice', async () => {
      const { headers } = withOrdinal(9);
      expect(await faultOf([...told, withOrdinal(9)])).toMatchObject({ kind: 'doubled', ordinal: 9, eventId: headers['ce_id'] });
    });

    it('two changed places', async () => {
      const { partition } = withOrdinal(9);
      const [first, second] = told.filter((each) => each.partition === partition);
      const swapped = told.map((each) => (each === first ? second! : each === second ? first! : each));
      expect(await faultOf(swapped)).toMatchObject({ kind: 'moved', ordinal: ordinalOf(first!), partition });
    });

    it.each<[string, (record: Consumed) => Partial<Consumed>]>([
      ['value', ({ value }) => ({ value: (value ?? '').replace('"rings":1', '"rings":2') })],
      ['headers', ({ headers }) => ({ headers: { ...headers, ce_time: '2026-05-01T03:00:00.000Z' } })],
      ['key', () => ({ key: 'dongfang.another' })],
    ])('one has another %s', async (_what, change) => {
      const records = changed(9, change);
      expect(await faultOf(records)).toMatchObject({ kind: 'altered', ordinal: 9, eventId: withOrdinal(9).headers['ce_id'] });
      // Without the log the stretch that was signed at once.
      const stretch = await faultOf(records, { logId: 'another' });
      expect(stretch).toMatchObject({ kind: 'altered', detail: expect.stringMatching(/^one of the messages \d+ to \d+ /) as unknown });
      expect(stretch?.ordinal).toBeLessThanOrEqual(9);
    });

    it('one has no number, or the manifests are not of this platform', async () => {
      const bare = changed(9, ({ headers: { ce_ordinal: _, ...headers } }) => ({ headers }));
      expect(await faultOf(bare)).toMatchObject({ kind: 'unnumbered' });
      expect(await faultOf(told, { isSigned: () => false })).toMatchObject({ kind: 'manifest', ordinal: 1 });
    });
  });
});

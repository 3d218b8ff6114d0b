import { expect, it } from '@jest/globals';
import { partitionLags } from '@touchline/intake-state/lag.js';
import { intakeGroup, intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import { FencedProducer, committedOf, ensureTopics, kafkaClient, withAdmin } from '@touchline/kafka';
import type { Platform } from '@touchline/platform';
import { withTopics } from '@touchline/relay/testing/relay-on.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { PATIENCE_MS } from '@touchline/testing/patience.js';
import type { MessageHeaders, SentMessage } from './message.js';
import { post, rejectsOf, untilTaken, whileTaking } from './testing/intake-on.js';
import { binary } from './testing/messages.js';

describeWithKafka('the bounds of the intake', (kafka) => {
  const api = useApi();
  const client = () => kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' });

  let next = 0;
  const silent = () => {
    const data = { occurredAt: '2026-05-30T02:00:00Z', siteId: 'pudong', contactTaken: false };
    return { key: 'one', message: binary({ type: 'call-received', reference: `pbx-${++next}`, data }) };
  };

  it('reads a hundred headers of a message, and refuses one that has more', async () => {
    const fill = (headers: MessageHeaders): MessageHeaders => {
      const more = Array.from({ length: 100 - Object.keys(headers).length }, (_, n) => [`h${n}`, 'x'] as const);
      return { ...headers, ...Object.fromEntries(more) };
    };
    const all = [{}, { beyond: 'x' }].map((more): SentMessage => {
      const { headers, value } = silent().message;
      return { value, headers: { ...fill(headers), ...more } };
    });
    const [within, beyond] = all.map(({ headers }) => String(headers['ce_id']));
    await ensureTopics(client(), intakeTopicSpecs(kafka.prefix));
    await post(
      kafka.brokers,
      intakeTopics(kafka.prefix).intake,
      all.map((message) => ({ key: 'one', message })),
    );
    await whileTaking(withTopics(api.platform, kafka), () => untilTaken(kafka.brokers, kafka.prefix));
    const rejects = (await rejectsOf(kafka.brokers, kafka.prefix)).map(({ reject }) => reject);
    const refused = rejects.filter(({ problem }) => problem.code === 'message.too-many-headers');
    expect(refused.map(({ from }) => from.reference)).toContain(beyond);
    expect(rejects.map(({ from }) => from.reference)).not.toContain(within);
  });

  it('shares a topic with the intake of another log, each with positions of its own, and neither puts the other out', async () => {
    const { store } = api.platform;
    const prefix = `${kafka.prefix}-shared`;
    const there = { brokers: kafka.brokers, prefix };
    const { intake: shared } = intakeTopics(prefix);
    await ensureTopics(client(), intakeTopicSpecs(prefix));
    const logs = [await store.logId(), 'another'];
    const ofLog = (logId: string): Platform =>
      withTopics(
        { ...api.platform, store: Object.assign(Object.create(store) as typeof store, { logId: () => Promise.resolve(logId) }) },
        there,
      );
    const before = api.warnings.length;
    await whileTaking(ofLog(logs[0]!), () =>
      whileTaking(ofLog(logs[1]!), async () => {
        // Both hold the partition from the first on; were one put out by it, it would stand at the second.
        for (const _ of [1, 2]) {
          await post(kafka.brokers, shared, [silent()]);
          for (const logId of logs) await untilTaken(kafka.brokers, prefix, PATIENCE_MS, logId);
        }
      }),
    );
    for (const logId of logs) expect((await committedOf(client(), { groupId: `${prefix}.intake.${logId}`, topic: shared })).size).toBe(6);
    expect(api.warnings.slice(before).filter((line) => line.includes('stands until this is over'))).toEqual([]);
  });

  it('counts nobody as waiting whom the topic does not hold any more', async () => {
    const gone = intakeTopics(`${kafka.prefix}-gone`).intake;
    await ensureTopics(client(), intakeTopicSpecs(`${kafka.prefix}-gone`));
    await post(kafka.brokers, gone, [silent(), silent(), silent()]);
    const group = { groupId: intakeGroup(`${kafka.prefix}-gone`, 'any'), topic: gone };
    const waiting = async () => (await partitionLags(client(), group)).map((lag) => lag.waiting).filter((count) => count > 0);
    expect(await waiting()).toEqual([3]);
    const producer = await FencedProducer.open(client(), `${group.groupId}.test`);
    const { partition } = (await partitionLags(client(), group)).find((lag) => lag.waiting > 0)!;
    await producer.commit([], { ...group, partition, offset: '1' });
    await producer.close();
    expect(await waiting()).toEqual([2]);
    // As their age does it.
    await withAdmin(client(), async (admin) => {
      // The client deletes nothing of a topic that it has not asked about.
      await admin.fetchTopicOffsets(gone);
      await admin.deleteTopicRecords({ topic: gone, partitions: [{ partition, offset: '2' }] });
    });
    await eventually(async () => (await waiting())[0] === 1);
  });
});

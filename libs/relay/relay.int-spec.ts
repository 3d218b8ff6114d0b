import { createPublicKey, verify } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { JsonObject, Position } from '@touchline/core';
import { canonicalJson } from '@touchline/event-store';
import { FencedProducer, kafkaClient, withAdmin } from '@touchline/kafka';
import { Metrics } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { useApi } from '@touchline/server/testing/use-api.js';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { topics } from '@touchline/topics';
import { faultsOf } from '@touchline/topics/testing/strict.js';
import { manifestMessage } from '@touchline/topics/manifest-schema.js';
import { HEADERS, schemaUri } from '@touchline/topics/contract.js';
import type { Manifest } from './manifest.js';
import { chained } from './manifest.js';
import { positionRecord, readPosition } from './position.js';
import type { RelayShown } from './operations.js';
import type { Consumed } from './testing/consumer.js';
import { consumeAll } from './testing/consumer.js';
import { untilTold, whileRelaying, withTopics } from './testing/relay-on.js';

describeWithKafka('the relay', (kafka) => {
  const api = useApi();
  let story = 0;

  /** A group of topics of its own for each test, on the one log they share. */
  const onTopics = (name: string, more: Parameters<typeof withTopics>[2] = {}): Platform =>
    withTopics(api.platform, { brokers: kafka.brokers, prefix: `${kafka.prefix}.${name}` }, more);
  const told = (platform: Platform, topic: string, atLeast = 0): Promise<Consumed[]> =>
    consumeAll(kafka.brokers, `${platform.settings.topics.prefix}.${topic}`, atLeast);
  const client = () => kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' });

  /** A customer who calls, is called, and complains. */
  async function someone(): Promise<{ customerId: string; journeyId: string }> {
    story += 1;
    const li = await api.as('li');
    const { customerId = '', journeyId = '' } = await li.record('/calls/received', {
      ...{ occurredAt: '2026-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, note: '想看六座', asked: ['价格'], rings: 2 },
      person: { name: `王芳${story}`, phone: `1380000${String(1000 + story)}` },
    });
    await li.record('/calls/made', { journeyId, occurredAt: '2026-05-02T02:00:00Z', reached: true, note: '回访' });
    await li.record('/complaints/received', { journeyId, occurredAt: '2026-05-03T02:00:00Z', category: 'delivery', account: '交车晚了' });
    return { customerId, journeyId };
  }

  /** Stored types of the events in the log that are touchpoints, in order, with their ids. */
  async function touchpointsOf(platform: Platform): Promise<string[]> {
    const ids: string[] = [];
    for await (const { id, type } of platform.store.readAll()) if (platform.registry.get(type).touchpoint) ids.push(id);
    return ids;
  }

  const byOrdinal = (a: Consumed, b: Consumed): number => Number(a.headers['ce_ordinal']) - Number(b.headers['ce_ordinal']);

  it('tells every touchpoint once, in order per customer, each by its schema and as a CloudEvent', async () => {
    const [first, second] = [await someone(), await someone()];
    const platform = onTopics('story');
    await whileRelaying(platform, async () => {
      await untilTold(platform);
      await (await api.as('li')).record('/calls/made', { journeyId: first.journeyId, occurredAt: '2026-05-04T02:00:00Z', reached: false });
      await untilTold(platform);
    });
    const touchpoints = await touchpointsOf(platform);
    const messages = (await told(platform, 'touchpoints', touchpoints.length)).sort(byOrdinal);
    expect(messages.map(({ headers }) => headers['ce_id'])).toEqual(touchpoints);
    const of = ({ customerId }: { customerId: string }) =>
      messages.filter(({ headers }) => headers['ce_partitionkey'] === `dongfang.${customerId}`);
    expect(of(first).map(({ headers }) => headers['ce_type'])).toEqual(
      ['call-received', 'call-made', 'complaint-received', 'call-made'].map((type) => `dev.touchline.touchpoint.${type}`),
    );
    expect(of(first).map(({ headers }) => Number(headers['ce_sequence']))).toEqual([1, 2, 3, 4]);
    expect(new Set(of(second).map(({ partition }) => partition)).size).toBe(1);
    for (const topic of topics)
      for (const { headers, value, key } of await told(platform, topic.name)) {
        const type = topic.messages.find((each) => `dev.touchline.${each.type}` === headers['ce_type']);
        const schema = type?.schema ?? null;
        if (type === undefined || schema === null) throw new Error(`${headers['ce_type']} is not declared`);
        expect([faultsOf(schema, JSON.parse(value ?? '') as JsonObject), faultsOf(HEADERS, headers)]).toEqual(['', '']);
        expect(headers).toMatchObject({ ce_dataschema: schemaUri(type), ce_source: `/dongfang/${topic.name}` });
        expect(key).toBe(`dongfang.${headers['ce_subject']}`);
      }
  });

  it('tells nothing personal', async () => {
    await someone();
    const platform = onTopics('private');
    await whileRelaying(platform, () => untilTold(platform));
    const everything = JSON.stringify(
      await Promise.all([
        told(platform, 'touchpoints', (await touchpointsOf(platform)).length),
        ...['complaints', 'journey-status', 'relay.positions'].map((name) => told(platform, name, 1)),
      ]),
    );
    expect(everything).toContain('call-received');
    for (const secret of ['王芳', '13800001', '想看', '价格', '回访', '交车', 'sealed']) expect(everything).not.toContain(secret);
  });

  it('goes on where the topics say, whoever told them', async () => {
    const platform = onTopics('again', { relayBatchSize: 1 });
    await whileRelaying(platform, () => untilTold(platform));
    await someone();
    await whileRelaying(platform, () => whileRelaying({ ...platform, holder: 'second' }, () => untilTold(platform)));
    await whileRelaying(platform, () => untilTold(platform));
    const messages = (await told(platform, 'touchpoints')).sort(byOrdinal);
    expect(messages.map(({ headers }) => headers['ce_id'])).toEqual(await touchpointsOf(platform));
    expect(messages.map(({ headers }) => Number(headers['ce_ordinal']))).toEqual(messages.map((_, index) => index + 1));
  });

  it('signs what an append-only topic holds, so that a reader can tell', async () => {
    const platform = onTopics('signed', { manifestEvery: 4, manifestIntervalSeconds: 1, relayBatchSize: 5 });
    await someone();
    await whileRelaying(platform, async () => {
      await untilTold(platform);
      // The rest is signed though nothing more comes.
      await eventually(async () => {
        const last = (await told(platform, 'manifests')).map(({ value }) => JSON.parse(value ?? '') as Manifest);
        const signed = (name: string) => last.findLast(({ topic }) => topic.endsWith(`.${name}`))?.to;
        const held = await told(platform, 'complaints');
        return signed('touchpoints') === (await touchpointsOf(platform)).length && signed('complaints') === held.length;
      });
    });
    const all = (await told(platform, 'manifests')).map(({ value }) => JSON.parse(value ?? '') as Manifest);
    expect(new Set(all.map(({ topic }) => topic.split('.').at(-1)))).toEqual(new Set(['touchpoints', 'complaints']));
    const [key] = platform.logHeads.keys.public;
    const publicKey = createPublicKey({
      ...{ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key?.publicKey ?? '', 'hex').toString('base64url') } },
    });
    for (const name of ['touchpoints', 'complaints']) {
      const messages = (await told(platform, name)).sort(byOrdinal);
      let hash = '';
      let to = 0;
      for (const { signature, ...manifest } of all.filter(({ topic }) => topic.endsWith(`.${name}`))) {
        expect(faultsOf(manifestMessage.schema, { ...manifest, signature })).toBe('');
        expect(verify(null, Buffer.from(canonicalJson(manifest)), publicKey, Buffer.from(signature, 'hex'))).toBe(true);
        expect([manifest.from, manifest.previousHash]).toEqual([to + 1, hash]);
        for (const message of messages.slice(to, manifest.to)) hash = chained(hash, message);
        expect([manifest.hash, manifest.count]).toEqual([hash, manifest.to - to]);
        to = manifest.to;
      }
      expect(to).toBe(messages.length);
    }
  });

  it('takes back what a compacted topic tells of a person who is erased, and tells nothing of them again', async () => {
    const platform = onTopics('erased');
    const { customerId, journeyId } = await someone();
    const other = await someone();
    await whileRelaying(platform, async () => {
      await untilTold(platform);
      const admin = await api.as('admin');
      const answer = await admin.post(`/customers/${customerId}/erasure`, { askedBy: 'person', reason: 'asked' });
      expect(answer.status).toBe(201);
      await (await api.as('li')).record('/journeys/lost', { journeyId, occurredAt: '2026-05-05T02:00:00Z', kind: 'gave-up' });
      await untilTold(platform);
    });
    const states = await told(platform, 'journey-status');
    const last = new Map(states.map(({ key, value }) => [key, value]));
    expect(last.get(`dongfang.${journeyId}`)).toBeNull();
    expect(last.get(`dongfang.${other.journeyId}`)).toContain('"status":"open"');
    const taken = states.filter(({ value }) => value === null);
    expect(taken.map(({ headers }) => headers['ce_type'])).toEqual(['dev.touchline.journey.forgotten']);
    const before = states.find(({ key }) => key === `dongfang.${journeyId}`);
    expect(taken[0]?.partition).toBe(before?.partition);
    // The fact itself, with nothing personal in it, stays and comes.
    const facts = await told(platform, 'touchpoints');
    expect(facts.filter(({ key }) => key === `dongfang.${journeyId}`).at(-1)?.headers['ce_type']).toBe(
      'dev.touchline.touchpoint.journey-lost',
    );
  });

  it('tells a topic that was declared later from the beginning of the log, and the others nothing twice', async () => {
    const platform = onTopics('later');
    await whileRelaying(platform, () => untilTold(platform));
    const prefix = platform.settings.topics.prefix;
    // As it would be had there never been a topic of complaints: neither in the position nor on the broker.
    const producer = await FencedProducer.open(client(), `${prefix}.relay`);
    const known = await readPosition(client(), producer, `${prefix}.relay.positions`);
    if (known === null) throw new Error('there is a position');
    const { complaints: _, ...rest } = known.topics;
    await producer.commit([positionRecord(`${prefix}.relay.positions`, { ...known, topics: rest })]);
    await producer.close();
    const before = await told(platform, 'complaints');
    await withAdmin(client(), (admin) => admin.deleteTopics({ topics: [`${prefix}.complaints`] }));
    await eventually(() => withAdmin(client(), async (admin) => !(await admin.listTopics()).includes(`${prefix}.complaints`)));
    await someone();
    await whileRelaying(platform, () => untilTold(platform));
    const ids = async (name: string) => (await told(platform, name)).sort(byOrdinal).map(({ headers }) => headers['ce_id']);
    expect((await ids('complaints')).length).toBe(before.length + 1);
    expect(await ids('touchpoints')).toEqual(await touchpointsOf(platform));
  });

  async function stands(): Promise<RelayShown> {
    return (await api.as('ops', 'platform')).ask<RelayShown>('/admin/relay');
  }

  it('rests without a Kafka, and says so', async () => {
    await whileRelaying(api.platform, (relay) => relay.check());
    expect(await stands()).toMatchObject({ state: 'resting', prefix: 'touchline', code: null });
    expect((await (await api.as('ops', 'platform')).post('/admin/relay/retry')).body).toMatchObject({ code: 'relay.not-stopped' });
  });

  /** What the metrics of a process say that its relay does. */
  const doing = async ({ metrics }: Platform): Promise<string> => {
    const text = await metrics.registry.getSingleMetricAsString('touchline_relay_state');
    return [...text.matchAll(/\{state="(\w+)"\} 1$/gm)].map(([, state]) => state).join();
  };

  it('stands by where another tells, and the metrics of each say which it does', async () => {
    const processes = ['one', 'another'].map((holder) => ({ ...onTopics('two'), holder, metrics: new Metrics() }));
    const [one, another] = processes as [Platform, Platform];
    const both = async (): Promise<string> => (await Promise.all(processes.map(doing))).sort().join();
    await whileRelaying(one, async () => {
      await untilTold(one);
      await whileRelaying(another, () => eventually(async () => (await both()) === 'running,standby'));
    });
  });

  async function stopsWith(platform: Platform): Promise<unknown> {
    const { RelayStatus } = await import('./status.js');
    const status = new RelayStatus(platform.pool, platform.settings.topics.prefix);
    return whileRelaying(platform, async (relay) => {
      const stopped = await eventually(async () => {
        const now = await status.get();
        return now?.state === 'stopped' ? now : null;
      }, 60_000);
      await expect(relay.check()).rejects.toThrow(stopped.code ?? 'no code');
      await eventually(async () => (await doing(platform)) === 'stopped');
      return stopped.code;
    });
  }

  it.each([
    ['an older log was put back', 'checkpoint.log-mismatch', { eventId: 'another' }],
    ['it is another log', 'checkpoint.log-mismatch', { logId: 'another' }],
    ['the log ends before it', 'checkpoint.log-mismatch', { position: '0000000000999999' as Position }],
  ])('stands still where %s', async (_, code, changed) => {
    const platform = onTopics(`mismatch-${Object.keys(changed).join()}`);
    const { prefix } = platform.settings.topics;
    await whileRelaying(platform, () => untilTold(platform));
    const producer = await FencedProducer.open(client(), `${prefix}.relay`);
    const known = await readPosition(client(), producer, `${prefix}.relay.positions`);
    if (known === null) throw new Error('there is a position');
    await producer.commit([positionRecord(`${prefix}.relay.positions`, { ...known, ...changed })]);
    await producer.close();
    const before = await told(platform, 'touchpoints');
    await someone();
    expect(await stopsWith(platform)).toBe(code);
    expect(await told(platform, 'touchpoints')).toEqual(before);
  });

  it('stands still where there are messages and no position', async () => {
    const platform = onTopics('lost');
    const { prefix } = platform.settings.topics;
    await whileRelaying(platform, () => untilTold(platform));
    await withAdmin(client(), (admin) => admin.deleteTopics({ topics: [`${prefix}.relay.positions`] }));
    await eventually(() => withAdmin(client(), async (admin) => !(await admin.listTopics()).includes(`${prefix}.relay.positions`)));
    expect(await stopsWith(platform)).toBe('relay.position-missing');
  });

  it('stands still where a topic is not as declared, and leaves it so', async () => {
    const platform = onTopics('drift');
    const { prefix } = platform.settings.topics;
    await withAdmin(client(), (admin) => admin.createTopics({ topics: [{ topic: `${prefix}.touchpoints`, numPartitions: 2 }] }));
    expect(await stopsWith(platform)).toBe('relay.topic-drift');
    const { topics: found } = await withAdmin(client(), (admin) => admin.fetchTopicMetadata({ topics: [`${prefix}.touchpoints`] }));
    expect(found[0]?.partitions.length).toBe(2);
  });

  it('stands still where the numbers it gave are gone', async () => {
    const platform = onTopics('numbers');
    await whileRelaying(platform, () => untilTold(platform));
    await platform.pool.query(`create table kept as select * from touchline.topic_sequences`);
    await platform.pool.query(`delete from touchline.topic_sequences where topic = 'complaints'`);
    expect(await stopsWith(platform)).toBe('relay.sequences-missing');
    await platform.pool.query(`insert into touchline.topic_sequences select * from kept on conflict do nothing`);
  });
});

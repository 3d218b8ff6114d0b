import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { Operations, operatorAtShell } from '@touchline/auth/operations.js';
import { streamName } from '@touchline/core';
import { EventStoreUnavailable } from '@touchline/event-store';
import { IntakeOperations } from '@touchline/intake-state/operations.js';
import { IntakeStanding } from '@touchline/intake-state/standing.js';
import { intakeGroup, intakeGroupBefore, intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import { FencedProducer, ensureTopics, kafkaClient, partitionOf, withAdmin } from '@touchline/kafka';
import type { Platform } from '@touchline/platform';
import { openKafka } from '@touchline/platform/relay.js';
import { plainKafka } from '@touchline/relay/testing/consumer.js';
import { withTopics } from '@touchline/relay/testing/relay-on.js';
import type { Fate } from '@touchline/server/testing/trouble.js';
import { whileAppends } from '@touchline/server/testing/trouble.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import type { JsonObject } from '@touchline/core';
import { REJECT_HEADERS } from '@touchline/topics/contract.js';
import { rejectedMessage } from '@touchline/topics/intake.js';
import { faultsOf } from '@touchline/topics/testing/strict.js';
import { eventually } from '@touchline/testing/eventually.js';
import { describeWithKafka } from '@touchline/testing/kafka.js';
import { messageOf } from './reject.js';
import { skipMessage, takeOver } from './skip-message.js';
import type { RunningIntake } from './start-intake.js';
import { ownerOf, startIntake } from './start-intake.js';
import { membersOf, post, rejectsOf, untilTaken, whileTaking } from './testing/intake-on.js';
import type { Sending } from './testing/messages.js';
import { FIN, binary, structured } from './testing/messages.js';

describeWithKafka('the intake', (kafka) => {
  const api = useApi();
  const { intake: topic, rejected: rejectedTopic } = intakeTopics(kafka.prefix);
  let platform: Platform;
  beforeAll(async () => {
    platform = withTopics(api.platform, kafka);
    await ensureTopics(kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }), intakeTopicSpecs(kafka.prefix));
  });

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
    expect((await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', journey))).map(({ type }) => type)).toContain(
      'contract-signed',
    );
    expect(inOrder[2]?.cut).toBeUndefined();
    // Nothing of what they hold stands there in clear, and all of it for whoever has the key.
    expect(JSON.stringify(rejects)).not.toMatch(/王芳|13800007101|138 0000 7101|备注/);
    const opened = await messageOf(platform.keys, inOrder[3]!);
    expect([opened.value?.toString(), opened.headers['ce_source']?.toString()]).toEqual(['王芳 13800007101', FIN]);
    expect((await messageOf(platform.keys, inOrder[4]!)).value).toEqual(Buffer.from([0xff, 0x00]));
    expect((await messageOf(platform.keys, inOrder[2]!)).value?.length).toBeGreaterThan(300_000);
  });

  it('takes or refuses whatever a sender can put into a message, and is never stopped by it', async () => {
    const silent = (): ReturnType<typeof binary> => binary(call({ contactTaken: false, person: undefined }));
    const withHeaders = (headers: object) => ({ ...silent(), headers: { ...silent().headers, ce_id: reference(), ...headers } });
    const odd = Object.fromEntries(['constructor', '__proto__', 'toString', 'hasOwnProperty'].map((name) => [name, Buffer.from('x')]));
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`h${n}`, 'x']));
    const faulty = JSON.stringify({ person: { identifiers: Array.from({ length: 4_000 }, () => ({})) } });
    const sent: (readonly [ReturnType<typeof binary>, string])[] = [
      [withHeaders({ 'content-type': null, ce_correlationid: null }), 'recorded'],
      [withHeaders({ ...odd, ['__proto__']: ['a', 'b'] }), 'recorded'],
      [withHeaders({ '': 'x', empty: '' }), 'recorded'],
      [withHeaders({ '\0left-out': '7' }), 'message.too-many-headers'],
      [withHeaders({ ce_type: null }), 'request.invalid'],
      [withHeaders({ ce_id: [null, 'twice'] as unknown as string[] }), 'recorded'],
      [withHeaders({ 'content-type': Buffer.from([0xff, 0xfe]) }), 'body.unsupported-media-type'],
      [withHeaders({ ce_source: '/constructor/prototype' }), 'source.unknown'],
      [withHeaders({ ce_type: 'dev.touchline.intake.constructor' }), 'type.unknown'],
      [withHeaders(many), 'message.too-many-headers'],
      [withHeaders({ x: Buffer.alloc(900_000, 1) }), 'recorded'],
      [withHeaders({ ce_type: null, ['\u0001'.repeat(300_000)]: 'x', y: Buffer.alloc(600_000, 1) }), 'request.invalid'],
      [{ ...silent(), value: null }, 'request.invalid'],
      [{ ...silent(), value: Buffer.from(JSON.stringify(call().data).replace('true', '1e400')) }, 'refused'],
      [{ ...silent(), value: Buffer.from(faulty) }, 'request.invalid'],
      [{ ...silent(), value: Buffer.from('['.repeat(200_000)) }, 'body.malformed'],
      [{ ...silent(), value: Buffer.from(`{"siteId":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) }, 'refused'],
      [silent(), 'recorded'],
    ];
    const places = await placesOf(sent.map(([message]) => one(message)));
    await whileTaking(platform, async (intake) => {
      await untilTaken(kafka.brokers, kafka.prefix);
      await intake.check();
    });
    const rejects = await rejectsOf(kafka.brokers, kafka.prefix);
    const came = places.map((offset) => {
      const found = rejects.find(({ reject }) => reject.from.offset === offset)?.reject;
      return found === undefined ? 'recorded' : found.problem.code;
    });
    const told = came.map((code, index) => (sent[index]![1] === 'refused' && code !== 'recorded' ? 'refused' : code));
    expect(told).toEqual(sent.map(([, code]) => code));
    for (const { value } of rejects) expect(value?.length).toBeLessThan(2_097_152);
    const at = (index: number) => rejects.find(({ reject }) => reject.from.offset === places[index])?.reject;
    // Cut, and said so: what is left out of the first is not known, the second has a name that takes more room than the topic has.
    expect([at(9)?.cut, at(11)?.cut]).toEqual([
      expect.objectContaining({ sentBytes: expect.any(Number) as unknown }),
      { sentBytes: expect.any(Number) as unknown, keptBytes: expect.any(Number) as unknown },
    ]);
    expect(at(11)!.cut!.keptBytes).toBeLessThan(at(11)!.cut!.sentBytes);
    expect(at(14)?.problem.errors?.length).toBeLessThanOrEqual(50);
  });

  it('is not sent what would not be small any more once it is unpacked', async () => {
    const producer = plainKafka(kafka.brokers).producer({ retry: { retries: 0 } });
    await producer.connect();
    const packed = { topic, compression: kafkajs.CompressionTypes.GZIP, messages: [{ value: Buffer.alloc(20_000_000) }] };
    await expect(producer.send(packed)).rejects.toThrow(/larger than the max message size/);
    await producer.disconnect();
  });

  it('stands at one partition alone, shows it, and passes over what an operator says, with the reason kept', async () => {
    const journey = await journeyOf('138 0000 7104');
    const at = { journeyId: journey, occurredAt: '2026-05-30T04:00:00Z', reached: true };
    const poison = binary({ type: 'call-made', reference: reference(), data: at });
    const behind = binary({ type: 'call-made', reference: reference(), data: at });
    const others = Array.from({ length: 24 }, (_, n) => `other-${n}`)
      .filter((key) => partitionOf(key, 6) !== partitionOf('one', 6))
      .map((key) => ({ key, message: binary(call({ contactTaken: false, person: undefined })) }));
    const standing = new IntakeStanding(platform.pool, topic);
    const kafkaOf = kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' });
    const operations = new IntakeOperations({ standing, store: platform.store, prefix: kafka.prefix, kafka: kafkaOf });
    const fails: Fate = (append, stream, ...rest) =>
      stream.includes(journey) ? Promise.reject(new TypeError('a fault of the program')) : append(stream, ...rest);
    await whileTaking(platform, async (intake) => {
      await whileAppends(api.platform.store, fails, async () => {
        const before = await api.countEvents();
        const [offset] = await placesOf([one(poison), one(behind)]);
        await post(kafka.brokers, topic, others);
        await eventually(async () => (await api.countEvents()) >= before + others.length, 60_000);
        const shown = await eventually(async () => {
          const each = await operations.stands();
          return each.state === 'standing' && each.waiting === 2 && each;
        }, 60_000);
        const stands = shown.partitions.find(({ standsSince }) => standsSince !== null)!;
        expect(stands).toMatchObject({ next: offset, waiting: 2, fault: 'TypeError', holder: platform.holder });
        await expect(intake.check()).rejects.toThrow(`standing: partitions ${stands.partition} of the intake`);
        const deps = { kafka: kafkaOf, prefix: kafka.prefix, owner: await ownerOf(platform, standing), standing, ...byOps(), ...platform };
        const skip = { partition: stands.partition, offset: stands.next, reason: 'agreed with the exchange' };
        const elsewhere = { ...skip, offset: String(Number(skip.offset) + 1) };
        expect(await skipMessage(deps, elsewhere)).toEqual({ kind: 'elsewhere', next: stands.next });
        // Whoever holds it may have it open anew at this very moment; done again it is done.
        await eventually(() =>
          skipMessage(deps, skip).then(
            ({ kind }) => kind === 'skipped',
            () => false,
          ),
        );
        const { rows } = await platform.pool.query(
          'select reason, skipped_by, kept, done_at is not null as done from touchline.intake_skips',
        );
        expect(await byOps().operations.list(1)).toMatchObject([
          { operation: 'intake.skip', subject: `${stands.partition}/${stands.next}`, operator: 'ops' },
        ]);
        expect(rows).toEqual([{ reason: skip.reason, skipped_by: 'ops', kept: true, done: true }]);
        await eventually(async () => (await operations.stands()).partitions.some(({ next }) => next === elsewhere.offset), 60_000);
      });
      await untilTaken(kafka.brokers, kafka.prefix);
      await eventually(async () => (await operations.stands()).state === 'running');
      await intake.check();
      const lag = await eventually(async () => {
        const text = await platform.metrics.registry.getSingleMetricAsString('touchline_intake_lag');
        return (text.match(/} 0$/gm) ?? []).length === 6 && text;
      });
      expect(lag).toContain('partition="0"');
    });
    const told = await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', journey));
    const recorded = told.flatMap(({ meta }) => (meta.source === undefined ? [] : [meta.source.reference]));
    expect(recorded).toEqual([behind.headers['ce_id']]);
    const last = (await rejectsOf(kafka.brokers, kafka.prefix))
      .map(({ reject }) => reject)
      .find(({ problem }) => problem.code === 'message.skipped');
    expect(last).toMatchObject({
      from: { reference: poison.headers['ce_id'] },
      problem: { detail: expect.stringContaining('agreed') as unknown },
    });
    expect((await messageOf(platform.keys, last!)).value).toEqual(poison.value);
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
        await eventually(() =>
          intake.check().then(
            () => false,
            () => true,
          ),
        );
        expect(await platform.metrics.registry.getSingleMetricAsString('touchline_intake_blocked_partitions')).toMatch(/ 1$/);
      });
      await untilTaken(kafka.brokers, kafka.prefix);
      await intake.check();
    });
    const told = await api.platform.services.deps.streams.events(streamName('journey', 'dongfang', journey));
    expect(told.flatMap(({ meta }) => (meta.source === undefined ? [] : [meta.source.reference]))).toEqual(
      sent.map((each) => each.reference),
    );
  });

  it('is not ready, and tells no lag, while nobody can say how many messages wait', async () => {
    const { store } = api.platform;
    let isKnown = true;
    const logId = () => (isKnown ? store.logId() : Promise.reject(new EventStoreUnavailable('away')));
    const asked = { ...platform, store: Object.assign(Object.create(store) as typeof store, { logId }) };
    const lags = async () => (await platform.metrics.registry.getSingleMetricAsString('touchline_intake_lag')).match(/^\w+{.*$/gm) ?? [];
    const unready = (intake: RunningIntake) => intake.check().then(() => false as const, String);
    // What those before have left; it is told anew once this one takes messages.
    platform.metrics.intakeLag.reset();
    await whileTaking(asked, async (intake) => {
      await eventually(async () => (await lags()).length === 6);
      isKnown = false;
      expect(await eventually(() => unready(intake))).toContain('do not say how many messages wait');
      expect(await lags()).toEqual([]);
      isKnown = true;
      await eventually(async () => (await unready(intake)) === false);
      expect(await lags()).toHaveLength(6);
    });
  });

  it('may be stopped at any moment, and the next goes on at once', async () => {
    const before = await api.countEvents();
    for (let wait = 0; wait < 250; wait += 50) {
      const intake = startIntake(platform);
      await delay(wait);
      await intake.drain(20_000);
    }
    await post(kafka.brokers, topic, [one(binary(call({ contactTaken: false, person: undefined })))]);
    // One that went without a word would be missed only after a while, and keep its partitions until then.
    expect(await membersOf(kafka.brokers, intakeGroup(kafka.prefix, await platform.store.logId()))).toBe(0);
    await whileTaking(platform, () => untilTaken(kafka.brokers, kafka.prefix));
    expect(await api.countEvents()).toBe(before + 1);
  });

  it('says what became of messages in its metrics', async () => {
    const text = await platform.metrics.registry.getSingleMetricAsString('touchline_intake_messages_total');
    expect(text).toMatch(/outcome="recorded"} [1-9]/);
    expect(text).toMatch(/outcome="repeated"} [1-9]/);
    expect(text).toMatch(/outcome="refused"} \d\d/);
  });

  const byOps = () => ({ operations: new Operations(api.platform.services.deps), operator: operatorAtShell('ops') });

  /** Posts them one after the other. @returns the offset of each in its partition */
  async function placesOf(posted: Parameters<typeof post>[2]): Promise<string[]> {
    const places: string[] = [];
    for (const each of posted) places.push(await post(kafka.brokers, topic, [each]));
    return places;
  }

  async function journeyOf(phone: string): Promise<string> {
    const li = await api.as('li');
    const data = { occurredAt: '2026-05-29T02:00:00Z', siteId: 'pudong', contactTaken: true, person: { phone } };
    return (await li.record('/calls/received', data)).journeyId ?? '';
  }

  describe('of another installation', () => {
    const other = { ...kafka, prefix: `${kafka.prefix}-other` };
    const there = intakeTopics(other.prefix).intake;
    const client = () => kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' });
    const silent = () => one(binary(call({ contactTaken: false, person: undefined })));
    const on = (): Platform => withTopics(api.platform, { brokers: kafka.brokers, prefix: other.prefix });

    it('goes on where the group stood before it was named for its log', async () => {
      await ensureTopics(client(), intakeTopicSpecs(other.prefix));
      const before = await api.countEvents();
      await post(kafka.brokers, there, [silent(), silent(), silent()]);
      const standing = new IntakeStanding(api.platform.pool, there);
      const shown = await new IntakeOperations({ standing, store: api.platform.store, prefix: other.prefix, kafka: client() }).stands();
      expect(shown).toMatchObject({ state: 'unattended', waiting: 3, partitions: { length: 6 } });
      const ends = await withAdmin(client(), (admin) => admin.fetchTopicOffsets(there));
      const { partition } = ends.find(({ high }) => high === '3')!;
      const groupId = intakeGroupBefore(other.prefix);
      const old = await FencedProducer.open(client(), `${groupId}.${partition}`);
      await old.commit([], { groupId, topic: there, partition, offset: '2' });
      await whileTaking(on(), () => untilTaken(kafka.brokers, other.prefix));
      expect(await api.countEvents()).toBe(before + 1);
      // One of the release before that still runs cannot go on as if nothing was.
      await expect(old.commit([], { groupId, topic: there, partition, offset: '3' })).rejects.toThrow();
      await old.close();
    });

    it('is left what is meant for it: one that was restored takes nothing until it takes over, and then what is missing', async () => {
      const { pool } = api.platform;
      const standing = new IntakeStanding(pool, there);
      const live = await standing.installation();
      // What a restore leaves behind.
      await pool.query('delete from touchline.installation');
      try {
        const before = await api.countEvents();
        await post(kafka.brokers, there, [silent()]);
        await whileTaking(on(), (intake) =>
          eventually(() =>
            intake.check().then(
              () => false,
              (error: unknown) => String(error).includes('GroupOwnedElsewhere'),
            ),
          ),
        );
        const kafkaOf = client();
        const deps = { prefix: other.prefix, kafka: kafkaOf };
        expect((await new IntakeOperations({ ...deps, standing, store: api.platform.store }).stands()).state).toBe('elsewhere');
        expect(await api.countEvents()).toBe(before);
        await takeOver({ ...deps, ...byOps(), owner: await ownerOf(api.platform, standing) });
        await whileTaking(on(), () => untilTaken(kafka.brokers, other.prefix));
        // The order, the two that the group had passed, and the new one; the third is known.
        expect(await api.countEvents()).toBe(before + 4);
      } finally {
        await pool.query('update touchline.installation set id = $1', [live]);
      }
    });

    it('speaks to no broker in a rehearsal', async () => {
      const rehearsing = withTopics(api.platform, { brokers: '127.0.0.1:1', prefix: other.prefix }, { rehearsal: 'on' });
      await whileTaking(rehearsing, (intake) => intake.check());
      expect(openKafka(rehearsing, 'test')).toBeNull();
    });
  });

  it('seals nothing it could not keep: both topics are kept for a week', () => {
    expect(intakeTopicSpecs('x').map(({ config }) => Number(config['retention.ms']) / 86_400_000)).toEqual([7, 7]);
    expect(rejectedTopic).toBe(`${kafka.prefix}.intake.rejected`);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyLog } from '@touchline/audit/verify-log.js';
import { post, rejectsOf, untilTaken } from '@touchline/intake/testing/intake-on.js';
import { binary } from '@touchline/intake/testing/messages.js';
import { intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import { ensureTopics, kafkaClient, partitionOf } from '@touchline/kafka';
import type { Driver, TestLog } from '@touchline/moving/testing/logs.js';
import { newLog } from '@touchline/moving/testing/logs.js';
import { projections } from '@touchline/projections';
import { rebuilt } from '@touchline/projections/testing/rebuilt.js';
import { messageFromLog } from '@touchline/relay/message-from-log.js';
import { untilTold } from '@touchline/relay/testing/relay-on.js';
import { verifyTopic } from '@touchline/relay/verify-topic.js';
import { touchpointsTopic } from '@touchline/topics/touchpoints.topic.js';
import { certified } from '../certificate/certified.js';
import { IS_WHOLE, effort, seedOf } from '../effort.js';
import { eventually } from '../eventually.js';
import { describeWithKafka } from '../kafka.js';
import { useDatabase } from '../postgres.js';
import { newSecrets } from '../secrets.js';
import type { Chance } from './chance.js';
import { chanceFrom } from './chance.js';
import type { AppProcess } from './process.js';
import type { Acknowledged, Sender } from './workload.js';
import { untilAnswered, workload } from './workload.js';
import type { World } from './world.js';
import { openWorld, supervise, writeImport } from './world.js';

/** Ten minutes of it where everything is tried; else a few kills, however long they take. */
const SECONDS = IS_WHOLE ? 600 : 5;
const KILLS = effort(250, 5);
const BOUND_MS = (SECONDS + 600) * 1_000;
const DRIVERS: readonly Driver[] = IS_WHOLE ? ['Postgres', 'EventStoreDB'] : ['EventStoreDB'];
const AT_ONCE = 6;
const EVERY_MS = 250;

interface Sent {
  good: Set<string>;
  bad: Set<string>;
}

describeWithKafka('three APIs, two projectors, two relays and two intakes on one log', (kafka) => {
  const seed = seedOf('soak');
  const points = certified({
    ...{ name: 'soak', seed, rulesOut: ['lost', 'doubled', 'out of order'] },
    does: `kill -9 of three APIs, two projectors, two relays and two intakes, for ${SECONDS} s each on ${DRIVERS.join(' and on ')}; every command goes to two APIs at once`,
    checks:
      'both APIs answer the same; all that was answered or sent stands in the log once, on chains that hold; the topic holds all of it, ' +
      'in order, as signed; every malformed message is rejected; rows are those of a rebuild',
  });
  const database = useDatabase();

  describe.each(DRIVERS)('on %s', (driver) => {
    const prefix = `${kafka.prefix}-${driver.toLowerCase()}`;
    const ended = new AbortController();
    let folder: string;
    let log: TestLog;
    let world: World;
    let processes: AppProcess[] = [];
    let senders: Sender[] = [];
    let supervised: Promise<void> | undefined;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'touchline-soak-'));
      log = await newLog(driver, database.url);
      const client = kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' });
      await ensureTopics(client, intakeTopicSpecs(prefix));
      const env = {
        ...{ KAFKA_BROKERS: kafka.brokers, KAFKA_TOPIC_PREFIX: prefix, RELAY_BATCH_SIZE: '100', MANIFEST_EVERY: '40' },
        ...(log.server !== null && { EVENTSTORE_URL: log.address }),
      };
      // On EventStoreDB the server's own database holds the log, and another one everything else.
      const databaseUrl = log.server === null ? log.databaseUrl : database.url;
      world = await openWorld({ databaseUrl, secrets: newSecrets(), folder, env, ...(await writeImport(folder, 1)) });
      const apis = [world.api, ...(await Promise.all(['api-b', 'api-c'].map((name) => world.another(name, 'api', /listening/))))];
      const others = await Promise.all([
        ...['relay-a', 'relay-b'].map((name) => world.another(name, 'relay', /relaying/)),
        ...['intake-a', 'intake-b'].map((name) => world.another(name, 'intake', /taking messages in/)),
      ]);
      processes = [...apis, ...world.projectors, ...others].map((each) => ('process' in each ? each.process : each));
      const first = world.sender(AbortSignal.timeout(2 * BOUND_MS));
      senders = apis.map((each) => ('process' in each ? { ...first, url: each.url } : first));
      supervised = supervise(processes, ended.signal);
      await eventually(() => processes.every((each) => each.ready), 200_000);
    });
    afterAll(async () => {
      ended.abort();
      await supervised;
      for (const each of processes) await each.kill();
      await world.close();
      await log.close();
      await rm(folder, { recursive: true, force: true });
    });

    it(
      `hold after ${SECONDS} s, ${KILLS} kills and doubled requests`,
      async () => {
        const chance = chanceFrom(seed);
        const disturbed = new AbortController();
        const over = AbortSignal.any([disturbed.signal, AbortSignal.timeout(BOUND_MS)]);
        const [acknowledged, sent] = await Promise.all([
          tellAll(chanceFrom(seed + 1), over),
          sendMessages(over),
          disturb(chance, over).finally(() => disturbed.abort()),
        ]);
        process.stdout.write(`soak: ${acknowledged.length} commands twice, ${sent.good.size + sent.bad.size} messages\n`);
        expect(acknowledged.length).toBeGreaterThan(KILLS);
        await untilTaken(kafka.brokers, prefix, 300_000);
        await untilTold(world.platform, 300_000);
        await world.caughtUp();
        await expectLogHolds(acknowledged, sent);
        await expectTopicsHold();
        const rejects = (await rejectsOf(kafka.brokers, prefix)).map(({ reject }) => reject.from.reference);
        expect(rejects.sort()).toEqual([...sent.bad].sort());
        const builds = await rebuilt(world.platform, undefined, 300_000);
        expect(builds.map(({ projection, report }) => [projection, report?.outcome])).toEqual(
          projections.map(({ name }) => [name, 'equal']),
        );
      },
      BOUND_MS + 600_000,
    );

    /** Each command to two APIs at once, under one key: both answer the same. */
    async function tellAll(drawn: Chance, until: AbortSignal): Promise<Acknowledged[]> {
      const acknowledged: Acknowledged[] = [];
      const stories = workload(drawn, SECONDS * 40);
      const work = async (): Promise<void> => {
        for (let story = stories.shift(); story !== undefined && !until.aborted; story = stories.shift()) {
          const answers: Acknowledged['answer'][] = [];
          for (const { body, ...step } of story) {
            const request = { ...step, body: body(answers) };
            const at = drawn.below(senders.length);
            const [one, other] = [senders[at]!, senders[(at + 1) % senders.length]!];
            const [answer, again] = await Promise.all([untilAnswered(one, request), untilAnswered(other, request)]);
            expect(again).toEqual(answer);
            answers.push(answer);
            acknowledged.push({ ...request, answer });
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return acknowledged;
    }

    /** One in six is malformed, one in nine says again what was said before. */
    async function sendMessages(until: AbortSignal): Promise<Sent> {
      const sent: Sent = { good: new Set(), bad: new Set() };
      for (let number = 1; !until.aborted; number += 1) {
        const index = number % 9 === 0 ? number - 8 : number;
        const [reference, bad] = [`soak-${index}`, index % 6 === 0];
        const data = { occurredAt: '2026-03-02T02:00:00Z', siteId: 'pudong', ...(!bad && { contactTaken: false }) };
        (bad ? sent.bad : sent.good).add(reference);
        const message = binary({ type: 'call-received', reference, data });
        await post(kafka.brokers, intakeTopics(prefix).intake, [{ key: `caller-${index % 8}`, message }]);
        await delay(EVERY_MS, undefined, { signal: until }).catch(() => undefined);
      }
      return sent;
    }

    /** Kills whoever works, one after the other, for so long and so often. */
    async function disturb(drawn: Chance, until: AbortSignal): Promise<void> {
      const began = performance.now();
      let kills = 0;
      const isOver = (): boolean => until.aborted;
      while (!isOver() && (kills < KILLS || performance.now() - began < SECONDS * 1_000)) {
        await delay(500 + drawn.below(2_000), undefined, { signal: until }).catch(() => undefined);
        const working = processes.filter((each) => each.ready);
        if (isOver() || working.length === 0) continue;
        if (await points.kill(drawn.pick(working))) kills += 1;
      }
      expect(kills).toBeGreaterThanOrEqual(KILLS);
    }

    /** Nothing that was answered or sent is missing, nothing stands twice, and every chain holds. */
    async function expectLogHolds(acknowledged: readonly Acknowledged[], sent: Sent): Promise<void> {
      const { store, registry, logHeads } = world.platform;
      const times = new Map<string, number>();
      const references = new Map<string, number>();
      for await (const stored of store.readAll()) {
        times.set(stored.id, (times.get(stored.id) ?? 0) + 1);
        const reference = registry.decode(stored).meta.source?.reference;
        if (reference !== undefined) references.set(reference, (references.get(reference) ?? 0) + 1);
      }
      expect([...times].filter(([, count]) => count !== 1)).toEqual([]);
      expect(acknowledged.filter(({ answer }) => !times.has(answer.eventId ?? ''))).toEqual([]);
      expect([...references].sort()).toEqual([...sent.good].map((reference) => [reference, 1]).sort());
      await logHeads.write();
      expect(await verifyLog(store, { heads: await logHeads.all(), witness: await logHeads.witness() })).toMatchObject({ holds: true });
    }

    async function expectTopicsHold(): Promise<void> {
      const { platform } = world;
      const topic = `${prefix}.touchpoints`;
      const verdict = await verifyTopic(
        {
          ...{ kafka: kafkaClient({ brokers: kafka.brokers.split(','), clientId: 'test' }), logId: await platform.store.logId() },
          ...{ manifests: `${prefix}.manifests`, positions: `${prefix}.relay.positions` },
          isSigned: (text, signature) => platform.logHeads.keys.haveSignedText(text, signature),
          fromLog: messageFromLog(platform, prefix, touchpointsTopic),
          partitionFor: ({ headers }) => partitionOf(headers['ce_partitionkey'] ?? '', touchpointsTopic.partitions),
        },
        topic,
      );
      let told = 0;
      for await (const stored of platform.store.readAll())
        if (touchpointsTopic.messageOf(platform.registry.decode(stored)) !== null) told += 1;
      expect(verdict).toMatchObject({ fault: null });
      expect(verdict.signed + verdict.unsigned).toBe(told);
    }
  });
});

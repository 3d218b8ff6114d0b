import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { loadSettings } from '@touchline/config';
import { canonicalJson } from '@touchline/event-store';
import { runImport } from '@touchline/importing';
import { EXAMPLES, SAMPLES, importInto, silent } from '@touchline/importing/testing/sample.js';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform } from '@touchline/platform';
import type { Consumed } from '@touchline/relay/testing/consumer.js';
import { consumeAll } from '@touchline/relay/testing/consumer.js';
import { chained } from '@touchline/relay';
import type { Manifest } from '@touchline/relay';
import { untilTold } from '@touchline/relay/testing/relay-on.js';
import { seedGroups } from '@touchline/server/testing/group.js';
import { touchpointsTopic } from '@touchline/topics/touchpoints.topic.js';
import { eventually } from '../eventually.js';
import type { OwnKafka } from '../kafka.js';
import { describeWithKafka, startOwnKafka } from '../kafka.js';
import { useDatabase } from '../postgres.js';
import { certified } from '../certificate/certified.js';
import { IS_WHOLE, effort, seedOf } from '../effort.js';
import type { Chance } from './chance.js';
import { chanceFrom } from './chance.js';
import { AppProcess } from './process.js';
import { supervise, writeImport } from './world.js';
import { newSecrets } from '../secrets.js';

const KILLS = effort(100, 9);
const STOP_AFTER = effort(10, 3);
const BROKER_AFTER = effort(10, 3);
const DEALS = effort(2_000, 1_000);
/** Small, so that there are many transactions to die in, and some are left for the last kill. */
const BATCH_SIZE = IS_WHOLE ? '20' : '100';
const GIVEN_UP_AFTER_MS = 900_000 + KILLS * 10_000;

const disturbed = 'the relay, killed, stopped and outrun, its broker killed';
describeWithKafka(
  disturbed,
  () => {
    const seed = seedOf('relay');
    const points = certified({
      ...{ name: 'relay', seed, rulesOut: ['lost', 'doubled', 'out of order'] },
      does: 'kill -9 of the relay that works, or of both, of one that takes over from a relay held still, and of the Kafka broker; an import is under way',
      checks:
        'the topic holds every touchpoint of the log once, and those of each customer in order, numbered without a gap; the chained ' +
        'manifests hold',
    });
    const database = useDatabase();
    let kafka: OwnKafka;
    let folder: string;
    let platform: Platform;
    let relays: [AppProcess, AppProcess];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'touchline-relay-crash-'));
      kafka = await startOwnKafka();
      const env = {
        NODE_ENV: 'test',
        LOG_LEVEL: 'info',
        DATABASE_URL: database.url,
        PORT: '0',
        KAFKA_BROKERS: kafka.brokers,
        // Short, so that a killed relay's work is soon taken up.
        LEASE_TTL_MS: '1000',
        RELAY_BATCH_SIZE: BATCH_SIZE,
        MANIFEST_EVERY: '40',
        ...newSecrets(),
      };
      const logger = createLogger({ role: 'test', level: 'silent' });
      platform = await openPlatform({ settings: loadSettings(env), role: 'test', logger, metrics: new Metrics() });
      const relay = (name: string): AppProcess => new AppProcess(name, 'relay', /"state":"running"/, env);
      relays = [relay('relay-a'), relay('relay-b')];
    });
    afterAll(async () => {
      for (const relay of relays) await relay.kill();
      await platform.close();
      await kafka.destroy();
      await rm(folder, { recursive: true, force: true });
    });

    it(`has told everything once and in order after ${KILLS} kills`, async () => {
      const givenUp = AbortSignal.timeout(GIVEN_UP_AFTER_MS);
      const ended = new AbortController();
      const supervised = supervise(relays, AbortSignal.any([givenUp, ended.signal]));
      try {
        const [, done] = await Promise.all([importSample(givenUp), disturb(chanceFrom(seed), givenUp)]);
        await untilTold(platform, 240_000);
        process.stdout.write(`relay: ${JSON.stringify(done)}\n`);
      } catch (error) {
        throw new Error(relays.map((each) => `--- ${each.name}\n${each.lastWords}`).join('\n'), { cause: error });
      } finally {
        ended.abort();
        await supervised;
        for (const relay of relays) await relay.kill();
      }
      const log = await toldByTheLog();
      const messages = await consumeAll(kafka.brokers, 'touchline.touchpoints', log.length);
      process.stdout.write(`relay: ${messages.length} touchpoints\n`);
      expect(log.length).toBeGreaterThan(300);
      expect(byCustomer(messages.map(asLine))).toEqual(byCustomer(log));
      expect(messages.map(ordinalOf).sort((a, b) => a - b)).toEqual(messages.map((_, index) => index + 1));
      for (const of of grouped(messages, ({ headers }) => headers['ce_partitionkey'] ?? '').values())
        expect(of.map(({ headers }) => Number(headers['ce_sequence']))).toEqual(of.map((_, index) => index + 1));
      await manifestsHold(messages);
      const states = await consumeAll(kafka.brokers, 'touchline.journey-status');
      expect(new Set(states.map(({ headers, key }) => `${headers['ce_id']} ${key}`)).size).toBe(states.length);
    }, 2_200_000);

    /** The sample where the machine has it and all is tried; else deals of our own. Recorded while the relays run and die. */
    async function importSample(signal: AbortSignal): Promise<void> {
      const sample = IS_WHOLE ? SAMPLES : undefined;
      if (sample === undefined) await seedGroups(platform);
      const { file, map } =
        sample === undefined
          ? await writeImport(folder, DEALS).then(({ importFile, mapping }) => ({ file: importFile, map: mapping }))
          : { file: join(sample, 'crm-pipeline/sales_pipeline.csv'), map: join(EXAMPLES, 'crm-pipeline/map.yaml') };
      const [report, checkpoint] = [join(folder, 'report.csv'), join(folder, 'checkpoint')];
      await runImport({ file, map, report, checkpoint, dryRun: false, atOnce: 16, signal, progress: silent }, importInto(platform));
    }

    /** Kills whoever works; now and then holds one up while the other takes over, or kills the broker. */
    async function disturb(chance: Chance, givenUp: AbortSignal): Promise<Record<string, number>> {
      const done = { kills: 0, stops: 0, brokers: 0 };
      const working = (but?: AppProcess): Promise<AppProcess> =>
        eventually(() => {
          givenUp.throwIfAborted();
          return relays.find((each) => each !== but && each.ready) ?? null;
        }, 60_000);
      while (done.kills < KILLS) {
        const victim = await working();
        await delay(chance.below(500), undefined, { signal: givenUp });
        if (done.kills % STOP_AFTER === STOP_AFTER - 1 && done.stops <= done.kills / STOP_AFTER) {
          const other = relays.find((each) => each !== victim) ?? victim;
          // Whatever it said before: it is to take over now.
          await points.kill(other);
          victim.signal('SIGSTOP');
          await working(victim);
          await delay(chance.below(300), undefined, { signal: givenUp });
          victim.signal('SIGCONT');
          done.stops += 1;
          continue;
        }
        await points.kill(victim);
        done.kills += 1;
        if (chance.below(8) === 0) for (const each of relays) await points.kill(each);
        if (done.kills % BROKER_AFTER !== 0) continue;
        await kafka.kill();
        points.killed('broker');
        await delay(chance.below(1_000), undefined, { signal: givenUp });
        await kafka.start();
        done.brokers += 1;
      }
      return done;
    }

    /** Every touchpoint of the log in order, as its message should be. */
    async function toldByTheLog(): Promise<Line[]> {
      const lines: Line[] = [];
      for await (const stored of platform.store.readAll()) {
        const event = platform.registry.decode(stored);
        const message = touchpointsTopic.messageOf(event);
        if (message === null || message.data === null) continue;
        lines.push({ customer: `${event.meta.tenant}.${message.orderedBy}`, id: event.id, value: canonicalJson(message.data) });
      }
      return lines;
    }

    async function manifestsHold(messages: readonly Consumed[]): Promise<void> {
      const all = (await consumeAll(kafka.brokers, 'touchline.manifests')).map(({ value }) => JSON.parse(value ?? '') as Manifest);
      const sorted = [...messages].sort((a, b) => ordinalOf(a) - ordinalOf(b));
      let [hash, to] = ['', 0];
      for (const manifest of all.filter(({ topic }) => topic === 'touchline.touchpoints')) {
        expect([manifest.from, manifest.previousHash]).toEqual([to + 1, hash]);
        for (const message of sorted.slice(to, manifest.to)) hash = chained(hash, message);
        expect(manifest.hash).toBe(hash);
        to = manifest.to;
      }
      expect(to).toBeGreaterThan(messages.length / 2);
    }
  },
  { own: true },
);

interface Line {
  customer: string;
  id: string;
  value: string;
}

const asLine = ({ headers, value }: Consumed): Line => ({
  ...{ customer: headers['ce_partitionkey'] ?? '', id: headers['ce_id'] ?? '', value: value ?? '' },
});

function grouped<T>(of: readonly T[], by: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of of) groups.set(by(each), [...(groups.get(by(each)) ?? []), each]);
  return groups;
}

const byCustomer = (lines: readonly Line[]): Record<string, string[]> =>
  Object.fromEntries(
    [...grouped(lines, ({ customer }) => customer)].map(([customer, of]) => [customer, of.map(({ id, value }) => `${id} ${value}`)]),
  );

const ordinalOf = ({ headers }: Consumed): number => Number(headers['ce_ordinal']);

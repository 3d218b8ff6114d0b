import type { ChildProcess } from 'node:child_process';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consumeAll } from '@touchline/relay/testing/consumer.js';
import { untilTold, whileRelaying, withTopics } from '@touchline/relay/testing/relay-on.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { certified } from './certificate/certified.js';
import { effort } from './effort.js';
import { eventually } from './eventually.js';
import { describeWithKafka } from './kafka.js';
import { useDatabase } from './postgres.js';

const folder = resolve(import.meta.dirname, '../../docs/examples/consumer');
const CUSTOMERS = 6;
const KILLS = effort(20, 3);
const CALLS = KILLS + 3;

const run = promisify(execFile);
const examples = resolve(folder, '..');

/** Where all of these programs are, else not at all; what it is called says why. */
function describeWhereThereIs(programs: readonly string[], name: string, tests: () => void): void {
  const isThere = (program: string): boolean => {
    try {
      execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) describe(name, tests);
  else describe.skip(`${name} (skipped: no ${missing.join(', ')})`, tests);
}

describeWithKafka('docs/examples/consumer', (kafka) => {
  const points = certified({
    ...{ name: 'consumer', rulesOut: ['lost', 'doubled'] },
    does: 'kill -9 of the example of a service that reads the topic, while it starts and while it keeps what it read',
    checks: 'its table holds every touchpoint of the topic once, and its sequences count as many',
  });
  const api = useApi();
  const database = useDatabase();
  const running: ChildProcess[] = [];

  function start(): ChildProcess {
    const env = {
      ...{ PATH: process.env['PATH'] ?? '', DATABASE_URL: database.url, KAFKA_BROKERS: kafka.brokers },
      ...{ TOPIC: `${kafka.prefix}.touchpoints`, GROUP: `${kafka.prefix}.example` },
    };
    const child = spawn(process.execPath, [join(folder, 'consumer.js')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    return child;
  }
  async function kill(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  afterAll(async () => {
    await Promise.all(running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map(kill));
  });

  it('keeps every touchpoint once, as the topic has it, though it is killed again and again', async () => {
    const platform = withTopics(api.platform, kafka);
    const li = await api.as('li');
    const record = async (round: number): Promise<void> => {
      for (let customer = 0; customer < CUSTOMERS; customer++) {
        const call = { occurredAt: '2026-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, rings: round };
        await li.record('/calls/received', { ...call, person: { phone: `138000074${String(customer).padStart(2, '0')}` } });
      }
    };
    await whileRelaying(platform, async () => {
      await record(0);
      let child = start();
      for (let round = 1; round < CALLS; round++) {
        await record(round);
        if (round > KILLS) continue;
        // As soon as it works, or before that.
        if (round % 2 === 0 && child.stdout !== null) await Promise.race([once(child.stdout, 'data'), once(child, 'exit'), delay(10_000)]);
        await kill(child);
        if (child.signalCode === 'SIGKILL') points.killed('consumer');
        child = start();
      }
      await untilTold(platform);
      const told = await consumeAll(kafka.brokers, `${kafka.prefix}.touchpoints`, CUSTOMERS * CALLS);
      expect(told).toHaveLength(CUSTOMERS * CALLS);
      const kept = async (): Promise<string[]> =>
        (await database.pool.query<{ event_id: string }>('select event_id from touchpoints')).rows.map((row) => row.event_id);
      await eventually(async () => (await kept()).length >= told.length, 60_000);
      expect((await kept()).sort()).toEqual(told.map(({ headers }) => headers['ce_id']).sort());
      const counted = await database.pool.query<{ sequence: string }>('select sequence from sequences');
      expect(counted.rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: CUSTOMERS }, () => String(CALLS)));
      const rows = await database.pool.query('select type, journey_id, details from touchpoints limit 1');
      expect(rows.rows[0]).toMatchObject({
        type: 'dev.touchline.touchpoint.call-received',
        details: { contactTaken: true, channel: 'phone' },
      });
      // Told to stop it ends in good order.
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    });
  }, 450_000);

  describe('in other languages', () => {
    let at = '';
    beforeAll(async () => {
      at = await mkdtemp(join(tmpdir(), 'touchline-consumers-'));
    });
    afterAll(() => rm(at, { recursive: true, force: true }));

    const CUSTOMER = { occurredAt: '2026-05-01T02:00:00Z', siteId: 'pudong', contactTaken: true, person: { phone: '138 0000 7499' } };
    /** Another journey each time: what a message is kept under is the journey, and what is counted is the customer's. */
    const LINES = ['kaixuan', 'yuanxing'];

    /** Twice, with another message in between: kept is what the topic has, whatever was kept before. */
    async function keepsOnce(program: string, args: readonly string[], database: string): Promise<void> {
      const topic = `${kafka.prefix}.touchpoints`;
      const env = { ...process.env, KAFKA_BROKERS: kafka.brokers, TOPIC: topic, DATABASE: join(at, database), UNTIL_END: '1' };
      const group = (n: number) => ({ GROUP: `${kafka.prefix}.${database}-${n}` });
      const kept = async (n: number): Promise<string> => (await run(program, [...args], { env: { ...env, ...group(n) } })).stdout;
      const platform = withTopics(api.platform, kafka);
      const told = async (productLine: string): Promise<string> => {
        await (await api.as('li')).record('/calls/received', { ...CUSTOMER, productLine });
        await whileRelaying(platform, () => untilTold(platform));
        return `kept ${(await consumeAll(kafka.brokers, topic, 1)).length}\n`;
      };
      for (const [n, line] of LINES.entries()) {
        const wanted = await told(line);
        expect(await kept(n)).toBe(wanted);
      }
    }

    describeWhereThereIs(['python3', 'pip3'], 'Python, by the official client of CloudEvents', () => {
      it('keeps every touchpoint once, and counts by the attribute that its client leaves alone', async () => {
        const venv = join(at, 'venv');
        await run('python3', ['-m', 'venv', venv]);
        await run(join(venv, 'bin/pip'), ['install', '-q', '-r', join(examples, 'consumer-python/requirements.txt')]);
        await keepsOnce(join(venv, 'bin/python'), [join(examples, 'consumer-python/consumer.py')], 'python.db');
      });
    });

    describeWhereThereIs(['java', 'javac', 'mvn'], 'Java, by the official clients', () => {
      it('keeps every touchpoint once', async () => {
        const [jars, classes, java] = [join(at, 'jars'), join(at, 'classes'), join(examples, 'consumer-java')];
        const fetching = ['-B', '-q', '-f', join(java, 'pom.xml'), 'dependency:copy-dependencies', '-DincludeScope=runtime'];
        await run('mvn', [...fetching, `-DoutputDirectory=${jars}`]);
        await run('javac', ['-cp', join(jars, '*'), '-d', classes, join(java, 'src/main/java/example/Consumer.java')]);
        await keepsOnce('java', ['-cp', [classes, join(jars, '*')].join(delimiter), 'example.Consumer'], 'java.db');
      });
    });
  });
});

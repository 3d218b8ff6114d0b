import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const script = join(root, 'infra/kafka/start.js');

/** A broker to test against. Topics of one test file stand under a prefix of its own. */
export interface TestKafka {
  /** `host:port`, comma-separated; from beforeAll on. */
  readonly brokers: string;
  readonly prefix: string;
}

/**
 * Tests against a real Kafka: `KAFKA_BROKERS`, or one broker that the whole test run shares and that the first file to ask
 * starts. Where there is neither a broker nor what starts one they are skipped, with the reason in their name; in CI that fails.
 * `own`: they start one themselves, to kill it, and have no use for one that is given.
 */
export function describeWithKafka(name: string, tests: (kafka: TestKafka) => void, { own = false } = {}): void {
  const missing = whatIsMissing(own);
  if (missing === null) {
    describe(name, () => {
      tests(own ? { brokers: '', prefix: '' } : useKafka());
    });
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('has a Kafka', () => {
        throw new Error(missing);
      });
    });
  } else {
    describe.skip(`${name} (skipped: ${missing})`, () => {
      tests({ brokers: '', prefix: '' });
    });
  }
}

function whatIsMissing(own: boolean): string | null {
  if (!own && given() !== '') return null;
  const has = (program: string): boolean => {
    try {
      execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  if (!has('java')) return 'no KAFKA_BROKERS, and no Java to start one';
  return existsSync(join(root, '.kafka/libs')) || has('mvn') ? null : 'no KAFKA_BROKERS, and no Maven to fetch one';
}

const given = (): string => process.env['KAFKA_BROKERS'] ?? '';

function useKafka(): TestKafka {
  const prefix = `test-${process.pid}-${randomBytes(4).toString('hex')}`;
  let brokers = '';
  beforeAll(async () => {
    brokers = given() === '' ? await sharedBroker() : given();
  }, 240_000);
  return {
    prefix,
    get brokers(): string {
      return brokers;
    },
  };
}

/** What the file that starts the broker tells the others. */
interface SharedBroker {
  brokers?: string;
  pid?: number;
  error?: string;
}

async function sharedBroker(): Promise<string> {
  const run = process.env['TOUCHLINE_TEST_RUN'];
  if (run === undefined) throw new Error('no test run: is libs/testing/global-setup.ts in the Jest configuration?');
  const state = join(run, 'kafka.json');
  const mine = await mkdir(join(run, 'starting-kafka')).then(
    () => true,
    () => false,
  );
  if (mine) {
    // It ends with the whole run, not with this worker.
    const started = await launch('0', join(run, 'kafka')).then(
      ({ child, brokers, pid }) => {
        child.unref();
        return { brokers, pid };
      },
      (error: unknown) => ({ error: String(error) }),
    );
    await writeFile(`${state}.partial`, JSON.stringify(started));
    await rename(`${state}.partial`, state);
  }
  for (let waited = 0; waited < 230_000; waited += 50) {
    const text = await readFile(state, 'utf8').catch(() => null);
    if (text !== null) {
      const { brokers, error } = JSON.parse(text) as SharedBroker;
      if (brokers === undefined) throw new Error(`the shared Kafka did not start: ${error}`);
      return brokers;
    }
    await delay(50);
  }
  throw new Error('the shared Kafka did not start in time');
}

interface Launched {
  child: ChildProcess;
  brokers: string;
  pid: number;
}

/** Resolves once the broker answers; it ends with the test run. */
function launch(port: string, data: string): Promise<Launched> {
  const run = process.env['TOUCHLINE_TEST_RUN'];
  if (run === undefined) throw new Error('no test run: is libs/testing/global-setup.ts in the Jest configuration?');
  const args = ['--port', port, '--data', data, '--tether', join(run, 'tether')];
  const child = spawn(process.execPath, [script, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((done, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const [, brokers, pid] = /kafka (\S+) pid (\d+)\n/.exec(said) ?? [];
      if (brokers === undefined) return;
      child.stdout.destroy();
      child.stderr.destroy();
      done({ child, brokers, pid: Number(pid) });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${said}`)));
  });
}

/** A broker of a test's own, to kill and to start again; the address stays the same, so that clients come back. */
export interface OwnKafka {
  readonly brokers: string;
  /** kill -9, whatever it was doing; its data stays. */
  kill(): Promise<void>;
  start(): Promise<void>;
  destroy(): Promise<void>;
}

export async function startOwnKafka(): Promise<OwnKafka> {
  const data = await mkdtemp(join(tmpdir(), 'touchline-own-kafka-'));
  let running = await launch('0', data);
  const port = running.brokers.split(':')[1] ?? '';
  const kill = async (): Promise<void> => {
    const { child, pid } = running;
    const gone = new Promise((exited) => child.once('exit', exited));
    if (child.exitCode !== null) return;
    process.kill(pid, 'SIGKILL');
    await gone;
  };
  return {
    get brokers() {
      return running.brokers;
    },
    kill,
    start: async () => {
      running = await launch(port, data);
    },
    destroy: async () => {
      await kill();
      await rm(data, { recursive: true, force: true });
    },
  };
}

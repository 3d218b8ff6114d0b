import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, it } from '@jest/globals';
import type { KafkaProcess } from './kafka-process.js';
import { launchKafka, missingForKafka } from './kafka-process.js';
import { sharedByRun, testRun } from './shared-by-run.js';

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
  const missing = missingForKafka();
  return missing === null ? null : `no KAFKA_BROKERS, and ${missing}`;
}

const given = (): string => process.env['KAFKA_BROKERS'] ?? '';

function useKafka(): TestKafka {
  const prefix = `test-${process.pid}-${randomBytes(4).toString('hex')}`;
  let brokers = '';
  beforeAll(async () => {
    brokers = given() === '' ? await sharedBroker() : given();
  });
  return {
    prefix,
    get brokers(): string {
      return brokers;
    },
  };
}

async function sharedBroker(): Promise<string> {
  const start = async (run: string): Promise<{ brokers: string; pid: number }> => {
    const { child, brokers, pid } = await launch('0', join(run, 'kafka'));
    child.unref();
    return { brokers, pid };
  };
  return (await sharedByRun('kafka', start, 230_000)).brokers;
}

/** Ends with the test run. */
const launch = (port: string, data: string): Promise<KafkaProcess> => launchKafka({ port, data, tether: join(testRun(), 'tether') });

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

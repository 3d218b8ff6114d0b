import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaClient, withAdmin } from '@touchline/kafka';
import type { KafkaProcess } from '@touchline/testing/kafka-process.js';
import { launchKafka } from '@touchline/testing/kafka-process.js';

/** A real Kafka, empty at first, that ends with this process. */
export class Broker {
  private constructor(
    private readonly running: KafkaProcess,
    private readonly data: string,
  ) {}

  static async start(): Promise<Broker> {
    const data = await mkdtemp(join(tmpdir(), 'touchline-bench-kafka-'));
    return new Broker(await launchKafka({ data }), data);
  }

  get brokers(): string {
    return this.running.brokers;
  }

  /** Makes room: what was told under a prefix is not needed any more. */
  async forget(prefix: string): Promise<void> {
    await withAdmin(kafkaClient({ brokers: [this.brokers], clientId: 'bench' }), async (admin) => {
      const topics = (await admin.listTopics()).filter((name) => name.startsWith(`${prefix}.`));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    });
  }

  async stop(): Promise<void> {
    const { child } = this.running;
    const ended = new Promise((exited) => child.once('exit', exited));
    if (child.kill('SIGTERM')) await ended;
    await rm(this.data, { recursive: true, force: true });
  }
}

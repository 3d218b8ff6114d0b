import { Worker } from 'node:worker_threads';
import type { KafkaOptions } from './connect.js';
import type { OutgoingRecord } from './fenced-producer.js';

/** A record as one text; texts pass to another thread at little cost. */
export interface PackedRecord {
  topic: string;
  partition: number;
  /** JSON of its headers, key and value. */
  text: string;
}

export const packed = ({ topic, partition, headers, key, value }: OutgoingRecord): PackedRecord => ({
  topic,
  partition,
  text: JSON.stringify({ headers, key, value }),
});

export interface ThreadOf {
  options: Omit<KafkaOptions, 'onTrouble'>;
  transactionalId: string;
}
export type Asked = 'open' | 'close' | readonly PackedRecord[];
export type Answer = { done: true } | { failed: { name: string; message: string } } | { trouble: string };

/** What tests run stands in the sources; the thread's program is always the one that was built. */
const PROGRAM = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/libs/kafka/producing.thread.js' : './producing.thread.js',
  import.meta.url,
);

/**
 * A FencedProducer in a thread of its own, for whoever sends so much that the client's encoding takes a whole core. What it is
 * asked meanwhile waits for its turn. As there: after any error it is to be closed and never used again; what waits then fails too.
 */
export class ProducerThread {
  private readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private ended: Error | null = null;

  private constructor(
    private readonly worker: Worker,
    onTrouble: ((message: string) => void) | undefined,
  ) {
    worker.on('message', (answer: Answer) => {
      if ('trouble' in answer) onTrouble?.(answer.trouble);
      else this.answered('failed' in answer ? Object.assign(new Error(answer.failed.message), { name: answer.failed.name }) : null);
    });
    worker.on('error', (error) => this.end(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.end(new Error('the thread of the producer ended')));
  }

  /** Whoever was before under that id is fenced once this resolves. */
  static async open({ onTrouble, ...options }: KafkaOptions, transactionalId: string): Promise<ProducerThread> {
    const workerData: ThreadOf = { options, transactionalId };
    const thread = new ProducerThread(new Worker(PROGRAM, { workerData }), onTrouble);
    try {
      await thread.ask('open');
      return thread;
    } catch (error) {
      await thread.worker.terminate();
      throw error;
    }
  }

  /** All of them or none become visible to `read_committed` readers, each partition's in this order. */
  commit(records: readonly (PackedRecord | OutgoingRecord)[]): Promise<void> {
    return this.ask(records.map((record) => ('text' in record ? record : packed(record))));
  }

  async close(): Promise<void> {
    await this.ask('close').finally(() => this.worker.terminate());
  }

  private ask(asked: Asked): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.ended !== null) return reject(this.ended);
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(asked);
    });
  }

  private answered(error: Error | null): void {
    const first = this.waiting.shift();
    if (error === null) first?.resolve();
    else first?.reject(error);
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }
}

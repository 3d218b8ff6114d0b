import { EventEmitter, once } from 'node:events';
import type { RecordBatch } from './record-builder.js';
import { joined } from './record-builder.js';

/**
 * Stretches of the log that are worked out while others are being sent. Whoever takes gets those there are by then as one, so that what
 * comes meanwhile waits for one transaction and not for two. Works on no further once so many events are waiting as are taken at most.
 */
export class PrefetchBuffer {
  private readonly waiting: RecordBatch[] = [];
  private ending: { error: unknown } | 'well' | null = null;
  private closed = false;
  private readonly change = new EventEmitter();

  constructor(
    source: AsyncIterable<RecordBatch>,
    private readonly most: number,
  ) {
    void this.run(source);
  }

  /** Resolves once there is something to take, or nothing will come any more. @throws what the source did, after all that came before */
  async ready(): Promise<void> {
    while (this.waiting.length === 0 && this.ending === null) await once(this.change, 'change');
    if (this.waiting.length === 0 && this.ending !== null && this.ending !== 'well') throw this.ending.error;
  }

  /** Resolves once as many are waiting as are taken at most, or none will come any more; or when the signal comes. */
  async filled(signal: AbortSignal): Promise<void> {
    while (!this.isFull() && this.ending === null && !signal.aborted) await once(this.change, 'change', { signal }).catch(() => undefined);
  }

  /** What is waiting, as one; null where nothing is. */
  take(): RecordBatch | null {
    let taken = this.waiting.shift() ?? null;
    for (
      let [next] = this.waiting;
      taken !== null && next !== undefined && taken.events + next.events <= this.most;
      [next] = this.waiting
    ) {
      taken = joined(taken, next);
      this.waiting.shift();
    }
    this.change.emit('change');
    return taken;
  }

  /** Lets go of what is waiting. The source must be ended by other means too: it may be long in coming. */
  close(): void {
    this.closed = true;
    this.waiting.length = 0;
    this.change.emit('change');
  }

  private async run(source: AsyncIterable<RecordBatch>): Promise<void> {
    try {
      for await (const next of source) {
        if (this.closed) break;
        this.waiting.push(next);
        this.change.emit('change');
        while (this.isFull()) await once(this.change, 'change');
      }
      this.ending = 'well';
    } catch (error) {
      this.ending = { error };
    }
    this.change.emit('change');
  }

  private isFull(): boolean {
    return this.waiting.reduce((sum, { events }) => sum + events, 0) >= this.most;
  }
}

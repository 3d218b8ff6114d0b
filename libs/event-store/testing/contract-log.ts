import { randomUUID } from 'node:crypto';
import type { EventStore, EventToAppend, OrderedLog, StoredEvent, SubscribeOptions, SubscriptionBatch } from '@touchline/event-store';

/** A log to hold against the contract, and the means to hurt it. */
export interface EventLogUnderTest {
  /** Opened with a deadline of 2 s at most, so that outages are over quickly. */
  store: OrderedLog;
  /** Another connection to the same log, as another process would have. Whoever asks closes it. */
  another: () => Promise<EventStore>;
  /** Breaks every connection to the server, in whatever they are doing. */
  dropConnections?: () => Promise<void>;
  stopServer?: () => Promise<void>;
  startServer?: () => Promise<void>;
  close: () => Promise<void>;
}

export const newStream = (): string => `note-test.${randomUUID()}`;

export const newEvent = (over: Partial<EventToAppend> = {}): EventToAppend => ({
  id: randomUUID(),
  type: 'NoteTaken',
  data: '{"text":"a note"}',
  metadata: '{"by":"the contract"}',
  ...over,
});

export const newEvents = (count: number): EventToAppend[] => Array.from({ length: count }, () => newEvent());

/** Appends events to fresh streams, `perAppend` at a time, and returns their ids in the order of the log. */
export async function fill(store: EventStore, count: number, perAppend = 100): Promise<string[]> {
  const ids: string[] = [];
  for (let left = count; left > 0; left -= perAppend) {
    const events = newEvents(Math.min(left, perAppend));
    await store.append(newStream(), 'no-stream', events);
    ids.push(...events.map((event) => event.id));
  }
  return ids;
}

export async function collect(events: AsyncIterable<StoredEvent>): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Behind a position by so much, where nothing stands; in the form the driver gave it. */
export const beyond = (position: string | null, by = 1n): string =>
  (position ?? '').replace(/[0-9a-f]{16}/g, (part) => (BigInt(`0x${part}`) + by).toString(16).padStart(16, '0'));

/** Just beyond the end, in the middle of what comes next, and where a log stood before an older copy was put back. */
export const WAYS_BEYOND = [1n, 5n, 100_000n];

export const ids = (events: readonly { id: string }[]): string[] => events.map((event) => event.id);

/** How work failed; null where it did not. */
export const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

/** A consumer that keeps what a subscription hands over; the tests wait for a condition on it, never for a time. */
export class Follower {
  readonly events: StoredEvent[] = [];
  readonly batches: SubscriptionBatch[] = [];
  readonly #abort = new AbortController();
  readonly #loop: Promise<void>;
  #changed: () => void = () => {};

  constructor(store: EventStore, options: Omit<SubscribeOptions, 'signal'> = {}, onBatch?: (batch: SubscriptionBatch) => Promise<void>) {
    this.#loop = this.#run(store.subscribeToAll({ ...options, signal: this.#abort.signal }), onBatch);
    this.#loop.catch(() => this.#changed());
  }

  async #run(batches: AsyncIterable<SubscriptionBatch>, onBatch?: (batch: SubscriptionBatch) => Promise<void>): Promise<void> {
    for await (const batch of batches) {
      this.batches.push(batch);
      this.events.push(...batch.events);
      this.#changed();
      await onBatch?.(batch);
    }
  }

  get caughtUp(): boolean {
    return this.batches.at(-1)?.caughtUp ?? false;
  }

  /** Waits until the condition holds; fails after the bound, or at once with the subscription's own error. */
  async until(what: string, holds: () => boolean, withinMs = 20_000): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not within ${withinMs} ms: ${what} (${this.events.length} events so far)`)), withinMs);
    });
    const ended = this.#loop.then(() => {
      if (!holds()) throw new Error(`the subscription ended before: ${what}`);
    });
    try {
      while (!holds()) {
        const change = new Promise<void>((resolve) => (this.#changed = resolve));
        await Promise.race([change, ended, late]);
      }
    } finally {
      clearTimeout(timer);
      ended.catch(() => undefined);
    }
  }

  /** Aborts, and waits for the subscription's end; an end with an error fails. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }
}

import { jest } from '@jest/globals';
import type { EventStore } from '@touchline/event-store';

/** What becomes of an append, given the log as it is. */
export type Fate = (append: EventStore['append'], ...order: Parameters<EventStore['append']>) => ReturnType<EventStore['append']>;

/** Asks while the log's appends end so. */
export async function whileAppends<T>(store: EventStore, fate: Fate, ask: () => Promise<T>): Promise<T> {
  const append = store.append.bind(store);
  const spy = jest.spyOn(store, 'append').mockImplementation((...order) => fate(append, ...order));
  try {
    return await ask();
  } finally {
    spy.mockRestore();
  }
}

/** The log refuses, as it does where others are always quicker; of streams that are there and of those that are not. */
export const crowded: Fate = (append, stream, expected, events) => append(stream, expected === 'no-stream' ? 999_999 : 'no-stream', events);

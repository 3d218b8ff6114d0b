import type { StoredEvent } from './port.js';

/** The same events, so many at a time; the last batch may be smaller, and none is empty. */
export async function* inBatches(events: AsyncIterable<StoredEvent>, size: number): AsyncGenerator<StoredEvent[]> {
  let batch: StoredEvent[] = [];
  for await (const event of events) {
    batch.push(event);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

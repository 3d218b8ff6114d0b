import { LRUCache } from 'lru-cache';
import type { RecordedEvent } from '@touchline/core';

/** Some two thousand journeys that are dealt with. */
const MOST_EVENTS = 40_000;

/**
 * Events of the streams that were loaded last, as read from one log. What is stored never changes, so that of a stream
 * which is loaded again only what came since has to be read, and the exact revision of an append tells of anything else
 * (ADR 0003). Personal fields are sealed as they are stored. The streams that were not asked for longest go first.
 */
export class StreamCache {
  private readonly streams: LRUCache<string, readonly RecordedEvent[]>;

  constructor(most = MOST_EVENTS) {
    this.streams = new LRUCache({ maxSize: most, sizeCalculation: (events) => events.length });
  }

  /** From the first on; none where nothing is held. */
  of(stream: string): readonly RecordedEvent[] {
    return this.streams.get(stream) ?? [];
  }

  keep(stream: string, events: readonly RecordedEvent[]): void {
    if (events.length === 0) this.forget(stream);
    else this.streams.set(stream, events);
  }

  forget(stream: string): void {
    this.streams.delete(stream);
  }
}

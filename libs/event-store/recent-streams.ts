import type { RecordedEvent } from '@touchline/core';
import type { EventStore } from './port.js';

/** Some two thousand journeys that are dealt with. */
const MOST_EVENTS = 40_000;

/**
 * Events of the streams that were loaded last, as read from one log. What is stored never changes, so that of a stream
 * which is loaded again only what came since has to be read, and the exact revision of an append tells of anything else
 * (D2). Personal fields are sealed as they are stored. The streams that were not asked for longest go first.
 */
export class RecentStreams {
  private readonly streams = new Map<string, readonly RecordedEvent[]>();
  private events = 0;

  constructor(
    readonly store: EventStore,
    private readonly most = MOST_EVENTS,
  ) {}

  /** From the first on; none where nothing is held. */
  of(stream: string): readonly RecordedEvent[] {
    return this.streams.get(stream) ?? [];
  }

  keep(stream: string, events: readonly RecordedEvent[]): void {
    this.forget(stream);
    if (events.length === 0 || events.length > this.most) return;
    this.streams.set(stream, events);
    this.events += events.length;
    for (const oldest of this.streams.keys()) {
      if (this.events <= this.most) return;
      this.forget(oldest);
    }
  }

  clear(): void {
    this.streams.clear();
    this.events = 0;
  }

  forget(stream: string): void {
    this.events -= this.of(stream).length;
    this.streams.delete(stream);
  }
}

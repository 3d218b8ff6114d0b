import type { RecordedEvent } from '@touchline/core';
import type { EventRegistry } from './event-codec.js';
import { FoldedStreamCache } from './folded-stream-cache.js';
import type { EventStore } from './port.js';
import { StreamCache } from './stream-cache.js';
import type { Appended, Needs, ToAppend } from './stream-repository.js';
import { StreamRepository } from './stream-repository.js';
import type { FoldedStream, StreamState } from './stream-state.js';

/**
 * Holds the events of streams that were loaded last, so that only what came since is read, and the states of those that were
 * recorded on last, so that a further command on them reads nothing (ADR 0023).
 */
export class CachedStreamRepository extends StreamRepository {
  constructor(
    store: EventStore,
    registry: EventRegistry,
    readonly recent = new StreamCache(),
    readonly folded = new FoldedStreamCache(),
  ) {
    super(store, registry);
  }

  override async events(stream: string): Promise<RecordedEvent[]> {
    const events = await this.further(stream, [...this.recent.of(stream)]);
    this.recent.keep(stream, [...events]);
    return events;
  }

  override held(stream: string, { folds, events }: Needs): FoldedStream | null {
    const held = events ? undefined : this.folded.of(stream);
    return held?.holds(folds) ? held : null;
  }

  override async append(stream: string, state: StreamState, events: ToAppend): Promise<Appended> {
    const appended = await super.append(stream, state, events);
    const [event, ...more] = events.toAppend;
    const { revision, position } = appended;
    // Of several only the last's place is known. Folded on from the bytes that were stored.
    const isOne = event !== undefined && more.length === 0;
    const next = isOne ? state.folded()?.with(this.registry.decode({ ...event, stream, revision, position })) : null;
    this.folded.keep(stream, next ?? null);
    return appended;
  }

  override forget(stream: string, read: boolean): void {
    this.folded.forget(stream);
    // What was read just now and yet is not so is of a log that was set back.
    if (read) this.recent.forget(stream);
  }
}

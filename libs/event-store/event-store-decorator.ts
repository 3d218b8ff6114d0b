import type { Position } from '@touchline/core';
import type {
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
  SubscriptionBatch,
} from './port.js';

/** A decorator of a log: hands everything on, but for what it overrides. */
export abstract class EventStoreDecorator implements EventStore {
  constructor(protected readonly log: EventStore) {}

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    return this.log.append(stream, expected, events);
  }
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return this.log.readStream(stream, options);
  }
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return this.log.readAll(options);
  }
  logId(): Promise<string> {
    return this.log.logId();
  }
  head(): Promise<Position | null> {
    return this.log.head();
  }
  eventAt(position: Position): Promise<StoredEvent | null> {
    return this.log.eventAt(position);
  }
  subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    return this.log.subscribeToAll(options);
  }
  close(): Promise<void> {
    return this.log.close();
  }
}

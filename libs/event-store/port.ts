import type { Position } from '@touchline/core';

/** An event on its way in. Both texts are canonical JSON (RFC 8785); the log keeps them as they are (ADR 0001). */
export interface EventToAppend {
  /** UUID; an append is idempotent by stream, expected revision, ids and bytes. */
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/** An event as the log holds it. */
export interface StoredEvent extends EventToAppend {
  stream: string;
  /** Place in its stream, from 0. */
  revision: number;
  position: Position;
}

/** Revision of the stream's last event as the writer saw it, or the claim that there is none. */
export type ExpectedRevision = number | 'no-stream';

export interface AppendResult {
  /** Revision and position of the last event of this append. */
  revision: number;
  position: Position;
}

/** What a subscription hands over: zero or more events, in order, and how far the reader has come. */
export interface SubscriptionBatch {
  events: StoredEvent[];
  /** Everything up to here has been handed over, events of no interest included. Null only on an empty log. */
  position: Position | null;
  /** True when, on delivering this batch, the reader stood at the head of the log. */
  caughtUp: boolean;
}

export interface ReadStreamOptions {
  /** First revision to read; default 0 forwards, the last one backwards. */
  from?: number;
  direction?: 'forwards' | 'backwards';
  limit?: number;
}

export interface ReadAllOptions {
  /** Exclusive; from the beginning when absent. */
  after?: Position | null;
  limit?: number;
  /** Told of what hides or deletes events in the log's server, where it can do so; then the read goes on behind the last event. */
  onDamage?: (damage: StreamDamage) => void;
  /** Told of each event of others who share the log's server; they are passed over. */
  onForeign?: () => void;
}

/** What was done to a stream in the log's server. The last that is told of a stream holds. */
export interface StreamDamage {
  stream: string;
  position: Position;
  /** In words; null where what was done before is taken back. */
  how: string | null;
}

export interface SubscribeOptions {
  /** Exclusive; from the beginning when absent. */
  after?: Position | null;
  /** Ends the subscription, at once and without an error. */
  signal: AbortSignal;
  /** Most events in one batch; default 1,000. The next batch is read only when the consumer asks for it. */
  batchSize?: number;
}

/**
 * The event log. Two drivers, one contract suite (`testing/event-store-contract.ts`).
 * Every method fails with `EventStoreUnavailable` when the server cannot be reached within its deadline.
 */
export interface EventStore {
  /** Identifies this log for ever; a checkpoint of another log is refused (ADR 0001). */
  logId(): Promise<string>;
  /**
   * Appends all events or none, at exactly the expected revision. An answer says that the log holds these very bytes at that
   * place, whether this call wrote them or an equal one before it; of others with the same ids at most one is ever answered.
   * @throws WrongExpectedRevision where the stream stands elsewhere and does not hold these very bytes there
   * @throws EventTooLarge where the append exceeds MAX_APPEND_BYTES
   * @throws InvalidEventText where a text holds NUL or a lone surrogate
   * @throws AppendOutcomeUnknown where the deadline passed: it may or may not have been written; reload and look
   * @throws StreamDamaged where the server wrote elsewhere than at the expected revision, or says that the stream was deleted
   */
  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult>;
  /**
   * Events of one stream; nothing for a stream that does not exist. Pages in bounded memory.
   * @throws StreamDamaged where some that were recorded are no longer shown
   */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>;
  /**
   * Events of the whole log in its total order up to the head at the time of the call. Pages in bounded memory.
   * @throws PositionUnknown where the log holds no event at `after`
   */
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;
  /** Position of the newest event; null on an empty log. */
  head(): Promise<Position | null>;
  /** The event at exactly this position, or null. */
  eventAt(position: Position): Promise<StoredEvent | null>;
  /**
   * Everything from a position on: history first, then live without polling delay. No event is ever delivered after
   * one with a higher position, and none is left out. A connection lost in between is resumed exactly, with back-off.
   * @throws PositionUnknown where the log does not hold what the reader has come to, at the start or later: going on would
   * leave out what was written in its place
   */
  subscribeToAll(options: SubscribeOptions): AsyncIterable<SubscriptionBatch>;
  close(): Promise<void>;
}

/** One append among several that are to stand in the log in a given order. */
export interface StreamAppend {
  stream: string;
  expected: ExpectedRevision;
  events: readonly EventToAppend[];
}

/** A log that can be written in a given total order, as a copy of another is (ADR 0019). Every driver gives one. */
export interface OrderedLog extends EventStore {
  /**
   * Appends to several streams, which stand in the log in the order given. For the only writer of a log: where it fails, or is
   * cut short, the log holds the first so many of these appends, perhaps none, and none after the first that is missing. Safe
   * to repeat as a whole.
   * @throws as `append`
   */
  appendInOrder(appends: readonly StreamAppend[]): Promise<void>;
}

/** UTF-8 bytes of data and metadata of all events of one append (ADR 0001). */
export const MAX_APPEND_BYTES = 900 * 1024;

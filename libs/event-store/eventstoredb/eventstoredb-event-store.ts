import { backOffMs, type Position } from '@touchline/core';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  AppendResult,
  EventToAppend,
  ExpectedRevision,
  OrderedLog,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  StreamAppend,
  SubscribeOptions,
  SubscriptionBatch,
} from '../port.js';
import { EventStoreUnavailable, PositionUnknown } from '../errors.js';
import { AllFeed } from './all-feed.js';
import { Appender } from './appender.js';
import { CallFailure, readError } from './call-failure.js';
import { CallRunner } from './call-runner.js';
import { readOrCreateLog } from './log-identity.js';
import { LogReader } from './log-reader.js';
import { rightsOf, type Rights } from './rights.js';
import { NAMESPACE, StreamNames } from './stream-names.js';
import { StreamsApi } from './streams-api.js';

export interface EventStoreDbOptions {
  /** `esdb://[user:password@]host[:port][?tls=false]`, or `esdb+discover://` for a cluster. */
  connectionString: string;
  /** For every call, connecting included, ms; default 10,000. */
  deadlineMs?: number;
  /**
   * What stands in front of our streams' names on a server that is shared; a log keeps the one it was begun with. Default '': none,
   * and everything on the server but its own is taken for ours.
   */
  namespace?: string;
  /** Events per read; default 500. */
  pageSize?: number;
  /** A subscription that stands behind the head and receives nothing for this long is begun anew, ms; default 5,000. */
  quietMs?: number;
  /** Told of each event of others who share the server that a subscription passes over. */
  onForeign?: () => void;
  /** Told when a subscription has lost its connection, before it tries again. `attempt` counts from 1. */
  onReconnect?: (failure: Error, attempt: number) => void;
}

/** Half by chance, so that readers do not return in step. */
const RECONNECTS = { firstMs: 50, longestMs: 10_000, jitter: 0.5 };

/** The event log on EventStoreDB (KurrentDB) 22.10 or newer. Neither persistent subscriptions nor system projections. */
export class EventStoreDbEventStore implements OrderedLog {
  private readonly appender: Appender;

  private constructor(
    private readonly calls: CallRunner,
    private readonly api: StreamsApi,
    private readonly reader: LogReader,
    private readonly id: string,
    private readonly options: EventStoreDbOptions,
  ) {
    this.appender = new Appender(api, reader);
  }

  /**
   * Connects, warms the connection with a first call and reads, or once writes, the log's id.
   * @throws EventStoreUnavailable naming the host
   * @throws MalformedConnectionString
   */
  static async open(options: EventStoreDbOptions): Promise<EventStoreDbEventStore> {
    const calls = CallRunner.to(options.connectionString, options.deadlineMs ?? 10_000);
    const { namespace = '', pageSize = 500 } = options;
    if (namespace !== '' && !NAMESPACE.test(namespace)) throw new RangeError(`not a namespace: "${namespace}"`);
    const names = StreamNames.in(namespace);
    try {
      // Hundreds of appends on a connection that no call has gone over yet can hang.
      const log = await readOrCreateLog(new StreamsApi(calls, names), namespace);
      const api = new StreamsApi(calls, log.namespace === undefined ? names.withoutNamespace() : names);
      return new EventStoreDbEventStore(calls, api, new LogReader(api, pageSize), log.logId, options);
    } catch (error) {
      calls.close();
      throw readError(error);
    }
  }

  logId(): Promise<string> {
    return Promise.resolve(this.id);
  }

  append(stream: string, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<AppendResult> {
    return this.appender.append(stream, expected, events);
  }

  appendInOrder(appends: readonly StreamAppend[]): Promise<void> {
    return this.appender.appendInOrder(appends);
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent> {
    return this.reader.readStream(stream, options);
  }

  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent> {
    return this.reader.readAll(options);
  }

  head(): Promise<Position | null> {
    return this.reader.head();
  }

  eventAt(position: Position): Promise<StoredEvent | null> {
    return this.reader.eventAt(position);
  }

  /** Ends without an error when the store is closed, too. Tries again for as long as the server is away. */
  async *subscribeToAll({ after = null, signal, batchSize = 1000 }: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
    const stopped = AbortSignal.any([signal, this.calls.closed]);
    let [received, handedOut] = [after, after];
    let known: StoredEvent | null = null;
    for (let failures = 0; !stopped.aborted; failures++) {
      const from: Position | null = known?.position ?? after;
      const feed: AllFeed = new AllFeed(this.api, {
        // Not where the last event of the server's own stood: it may be cleared away.
        after: from,
        received,
        handedOut,
        batchSize,
        newest: () => this.reader.newest(),
        confirm: () => this.confirm(from, known),
        quietMs: this.options.quietMs ?? 5_000,
        onForeign: this.options.onForeign ?? (() => undefined),
      });
      const close = () => feed.close();
      stopped.addEventListener('abort', close, { once: true });
      try {
        for (let batch = await feed.next(); batch !== null; batch = await feed.next()) {
          failures = 0;
          handedOut = batch.position;
          yield batch;
        }
        return;
      } catch (error) {
        if (error instanceof CallFailure && error.reason === 'bad-position') throw new PositionUnknown(received ?? '');
        // What came before the fault was handed out or passed over, so this is where to go on.
        received = feed.received;
        known = feed.known ?? known;
        // Said to readers that keep up, too, where many events come at once.
        if (error instanceof CallFailure && error.reason === 'too-slow') {
          failures = -1;
          continue;
        }
        if (!isPassing(error)) throw error;
        this.options.onReconnect?.(error, failures + 1);
      } finally {
        stopped.removeEventListener('abort', close);
        feed.close();
      }
      await delay(backOffMs(failures, RECONNECTS, Math.random()), undefined, { signal: stopped }).catch(() => undefined);
    }
  }

  /**
   * While no connection held it, an older copy of the log may have been put back, and others' events in place of this one. The
   * server would not say so: beyond the end of the log it says that the subscription has caught up, and then sends what comes
   * at lower positions, or nothing.
   */
  private async confirm(after: Position | null, known: StoredEvent | null): Promise<void> {
    if (after === null) return;
    const holds = known === null ? await this.reader.holds(after) : (await this.reader.eventAt(after))?.id === known.id;
    if (!holds) throw new PositionUnknown(after);
  }

  /** What the user of the address may do to streams, the harm that an append-only log must not come to included. */
  rights(): Promise<Rights> {
    return rightsOf(this.calls).catch((error: unknown) => {
      throw readError(error);
    });
  }

  close(): Promise<void> {
    this.calls.close();
    return Promise.resolve();
  }
}

/** A failure that trying again may cure. */
const isPassing = (error: unknown): error is Error =>
  error instanceof EventStoreUnavailable ||
  (error instanceof CallFailure && (error.reason === 'interrupted' || error.reason === 'not-sent' || error.reason === 'not-leader'));

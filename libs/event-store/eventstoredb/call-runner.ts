import { UnavailableError } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type EventStoreAddress, readEventStoreAddress } from '@touchline/config/event-store-address.js';
import { setTimeout as delay } from 'node:timers/promises';
import { CallFailure, explain, type FailureReason } from './call-failure.js';
import { StreamsConnection, type CallArguments } from './streams-connection.js';

/** A call under way. */
export interface Call<T> {
  cancel(): void;
  settled: Promise<T>;
  /** Resolves at its first answer, which is all that the patience with one try, and the deadline of an endless call, wait for. */
  answered?: Promise<void>;
}

export type StartCall<T> = (client: StreamsClient, args: CallArguments) => Call<T>;

const RETRY_DELAYS_MS = [20, 100, 400, 800];

/**
 * How long a try waits for its first answer, ms. A node that hangs, or was cut off without a reset, keeps its connections, and
 * may be named as the leader for seconds by others: what waits for it is sent again, to wherever the leader is by then.
 */
const PATIENCE_MS = [2_000, 2_000, 4_000];

/** A node that hangs is asked for the cluster's state too; s, which the client waits five of by itself. */
const GOSSIP_TIMEOUT = 'gossipTimeout=1';

function withShortGossip({ connectionString: text, server }: EventStoreAddress): string {
  const isCluster = server.includes(',') || text.startsWith('esdb+discover:');
  if (!isCluster || /[?&]gossip[_-]?timeout=/i.test(text)) return text;
  return `${text}${text.includes('?') ? '&' : '?'}${GOSSIP_TIMEOUT}`;
}

/** Runs calls: each with a deadline of its own, cancelled on close, its failure explained. */
export class CallRunner {
  private readonly closing = new AbortController();
  /** Of the calls under way; a listener each on one signal would be reported as a leak. */
  private readonly limits = new Set<Limit>();
  /** Calls without an end, by the channel they hang on. */
  private readonly endless = new Map<Limit, object>();
  private channel: { close(): void } | undefined;

  private constructor(
    private readonly connection: StreamsConnection,
    /** Hosts, for messages. */
    readonly server: string,
    private readonly deadlineMs: number,
  ) {}

  /** Connects at the first call. */
  static to(connectionString: string, deadlineMs: number): CallRunner {
    const address = readEventStoreAddress(connectionString);
    return new CallRunner(StreamsConnection.connectionString(withShortGossip(address)), address.server, deadlineMs);
  }

  /** Aborted when the runner is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /**
   * Failures named in `retry` are tried again, a few times and within the deadline.
   * @throws CallFailure; 'interrupted' where any try was, whatever became of later ones
   */
  async run<T>(start: StartCall<T>, retry: readonly FailureReason[] = []): Promise<T> {
    const end = performance.now() + this.deadlineMs;
    let interrupted: CallFailure | undefined;
    for (let attempt = 0; ; attempt++) {
      try {
        const left = end - performance.now();
        return await this.once(start, left, Math.min(left, PATIENCE_MS[attempt] ?? left));
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
        if (error.reason === 'interrupted') interrupted ??= error;
        const pause = RETRY_DELAYS_MS[attempt];
        if (!retry.includes(error.reason)) throw error;
        if (this.closed.aborted || pause === undefined || performance.now() + pause >= end) throw interrupted ?? error;
        await delay(pause);
      }
    }
  }

  /**
   * A call without an end: the deadline is for its first answer.
   * @throws CallFailure
   */
  runEndless(start: StartCall<void>): Promise<void> {
    return this.once(start, Infinity, this.deadlineMs);
  }

  /** `patienceMs` is for the first answer, and also covers discovery and connecting, which the client does not bound. */
  private async once<T>(start: StartCall<T>, withinMs: number, patienceMs: number): Promise<T> {
    if (this.closed.aborted) throw new CallFailure('not-sent', `the connection to EventStoreDB at ${this.server} is closed`);
    let call: Call<T> | undefined;
    let channel: { close(): void } | undefined;
    const limit = new Limit(patienceMs, withinMs);
    this.limits.add(limit);
    const running = this.connection.run(async (client) => {
      limit.throwIfPassed();
      channel = this.channel = client.getChannel();
      if (withinMs === Infinity) this.endless.set(limit, channel);
      call = start(client, this.connection.argumentsFor(Date.now() + withinMs));
      void call.answered?.then(() => limit.answered());
      return await Promise.race([call.settled, limit.passed]);
    });
    try {
      return await Promise.race([running, limit.passed]);
    } catch (error) {
      call?.cancel();
      if (error instanceof UnavailableError) this.leave(channel);
      throw explain(error, this.server, call !== undefined);
    } finally {
      limit.end();
      this.limits.delete(limit);
      this.endless.delete(limit);
      running.catch(() => undefined);
      call?.settled.catch(() => undefined);
    }
  }

  /** What would wait there for ever is begun anew elsewhere: to a hung node nothing tells it that the others have gone. */
  private leave(channel: object | undefined): void {
    for (const [limit, held] of this.endless)
      if (held === channel) limit.trip(new UnavailableError(undefined, 'the node no longer answers'));
  }

  close(): void {
    this.closing.abort();
    for (const limit of this.limits) limit.trip(new CallFailure('interrupted', 'the connection was closed'));
    this.channel?.close();
  }
}

/** `passed` rejects when its time passes, or when it is tripped. */
class Limit {
  readonly passed: Promise<never>;
  private fault: Error | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reject: (fault: Error) => void = () => undefined;
  private readonly deadline: number;

  constructor(patienceMs: number, withinMs: number) {
    this.passed = new Promise((_, fail) => (this.reject = fail));
    this.passed.catch(() => undefined);
    this.deadline = performance.now() + withinMs;
    this.wait(patienceMs);
  }

  private wait(ms: number): void {
    // To the client a missed deadline shall look like a lost connection: a half-open channel would swallow the next calls too.
    const late = (): void => this.trip(new UnavailableError(undefined, `no answer within ${Math.round(ms)} ms`));
    if (Number.isFinite(ms)) this.timer = setTimeout(late, ms);
  }

  trip(fault: Error): void {
    this.fault ??= fault;
    this.reject(this.fault);
  }

  throwIfPassed(): void {
    if (this.fault !== undefined) throw this.fault;
  }

  /** What is left of the whole time is for the rest of the answer. */
  answered(): void {
    clearTimeout(this.timer);
    if (this.fault === undefined) this.wait(this.deadline - performance.now());
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

import { UnavailableError } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { setTimeout as delay } from 'node:timers/promises';
import { CallFailure, explain, type FailureReason } from './call-failure.js';
import { serverOf } from './connection-string.js';
import { StreamsConnection, type CallArguments } from './streams-connection.js';

/** A call under way. */
export interface Call<T> {
  cancel(): void;
  settled: Promise<T>;
  /** Of an endless call: resolves at its first answer, which is all the deadline waits for. */
  answered?: Promise<void>;
}

export type StartCall<T> = (client: StreamsClient, args: CallArguments) => Call<T>;

const RETRY_DELAYS_MS = [20, 100];

/** Runs calls: each with a deadline of its own, cancelled on close, its failure explained. */
export class CallRunner {
  private readonly closing = new AbortController();
  private channel: { close(): void } | undefined;

  private constructor(
    private readonly connection: StreamsConnection,
    /** Hosts, for messages. */
    readonly server: string,
    private readonly deadlineMs: number,
  ) {}

  /** Connects at the first call. */
  static to(connectionString: string, deadlineMs: number): CallRunner {
    const server = serverOf(connectionString);
    return new CallRunner(StreamsConnection.connectionString(connectionString), server, deadlineMs);
  }

  /** Aborted when the runner is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /**
   * Failures named in `retry` are tried again, a few times and within the deadline.
   * @throws CallFailure
   */
  async run<T>(start: StartCall<T>, retry: readonly FailureReason[] = []): Promise<T> {
    const end = performance.now() + this.deadlineMs;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.once(start, end - performance.now(), false);
      } catch (error) {
        const pause = RETRY_DELAYS_MS[attempt];
        const mayRetry = error instanceof CallFailure && retry.includes(error.reason) && !this.closed.aborted;
        if (!mayRetry || pause === undefined || performance.now() + pause >= end) throw error;
        await delay(pause);
      }
    }
  }

  /**
   * A call without an end: the deadline is for its first answer.
   * @throws CallFailure
   */
  runEndless(start: StartCall<void>): Promise<void> {
    return this.once(start, this.deadlineMs, true);
  }

  /** `withinMs` also covers discovery and connecting, which the client does not bound. */
  private async once<T>(start: StartCall<T>, withinMs: number, endless: boolean): Promise<T> {
    if (this.closed.aborted) throw new CallFailure('not-sent', `the connection to EventStoreDB at ${this.server} is closed`);
    let call: Call<T> | undefined;
    const limit = new Limit(withinMs, this.closed);
    const running = this.connection.run(async (client) => {
      limit.throwIfPassed();
      this.channel = client.getChannel();
      call = start(client, this.connection.argumentsFor(endless ? Infinity : Date.now() + withinMs));
      void call.answered?.then(() => limit.lift());
      return await Promise.race([call.settled, limit.passed]);
    });
    try {
      return await Promise.race([running, limit.passed]);
    } catch (error) {
      call?.cancel();
      throw explain(error, this.server, call !== undefined);
    } finally {
      limit.end();
      running.catch(() => undefined);
      call?.settled.catch(() => undefined);
    }
  }

  close(): void {
    this.closing.abort();
    this.channel?.close();
  }
}

/** `passed` rejects when the deadline passes or the runner is closed. */
class Limit {
  readonly passed: Promise<never>;
  private fault: Error | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly onClose: () => void;

  constructor(
    deadlineMs: number,
    private readonly closed: AbortSignal,
  ) {
    let reject: (fault: Error) => void;
    this.passed = new Promise((_, fail) => (reject = fail));
    this.passed.catch(() => undefined);
    const trip = (fault: Error) => reject((this.fault = fault));
    // To the client a missed deadline shall look like a lost connection: a half-open channel would swallow the next calls too.
    this.timer = setTimeout(() => trip(new UnavailableError(undefined, `no answer within ${Math.round(deadlineMs)} ms`)), deadlineMs);
    this.onClose = () => trip(new CallFailure('interrupted', 'the connection was closed'));
    closed.addEventListener('abort', this.onClose, { once: true });
  }

  throwIfPassed(): void {
    if (this.fault !== undefined) throw this.fault;
  }

  lift(): void {
    clearTimeout(this.timer);
  }

  end(): void {
    this.lift();
    this.closed.removeEventListener('abort', this.onClose);
  }
}

import type { Position } from '@touchline/core';
import { PositionUnknown } from '../errors.js';
import type { StoredEvent, SubscriptionBatch } from '../port.js';
import { CallFailure } from './call-failure.js';
import { HeadProbe, type Reader } from './head-probe.js';
import { isHousekeeping, isOfOthers } from './records.js';
import type { EndlessCall, Listener, StreamsApi } from './streams-api.js';

export interface AllFeedOptions {
  /** Where to begin: a record that is there, which the server begins behind. */
  after: Position | null;
  /** The last event received of any kind, perhaps beyond that, and the last position the consumer was given. */
  received: Position | null;
  handedOut: Position | null;
  batchSize: number;
  newest: () => Promise<Position | null>;
  /** Fails where the log is not the one that was read so far, before anything is asked of it. */
  confirm: () => Promise<void>;
  /** How long it may stand behind the head and receive nothing before it counts as lost, ms. */
  quietMs: number;
  /** Told of each event of others who share the server, which is passed over. */
  onForeign: () => void;
}

/** Read ahead at most one batch, and at most this many bytes. */
const READ_AHEAD_BYTES = 8 * 1024 * 1024;

/** How long an event waits for others to share its batch, ms: in history for a full one, live for its own append's. */
const HISTORY_LINGER_MS = 100;
const LIVE_LINGER_MS = 2;

/**
 * Events of the server's own that pass in a row before the consumer is given a position beyond them. Fewer are not
 * worth a batch, and positions of our own events are what checkpoints are compared by (ADR 0001).
 */
const PASSED_OVER_LIMIT = 1_000;

/**
 * One connection's worth of a subscription to $all: bounded read-ahead, batches in order. A fault ends it after all that
 * came before; starting another from there is the caller's.
 */
export class AllFeed implements Listener, Reader {
  received: Position | null;
  /** The newest event received that was not the server's own. */
  known: StoredEvent | null = null;
  heldBack = false;
  /** It has been at the head since it was last held back: what comes now is news, and is all there is. */
  live = false;
  /** The consumer was told so, and has been given everything since. */
  private announced = false;
  private readonly waiting: { event: StoredEvent; bytes: number }[] = [];
  private waitingBytes = 0;
  private passedOver = 0;
  private handedOut: Position | null;
  /** When the first of the waiting events shall go: in history for want of company, live once its own append had time to come. */
  private dueAt = 0;
  private call: EndlessCall | undefined;
  private fault: Error | undefined;
  private closed = false;
  private wake: () => void = () => undefined;
  private readonly probe: HeadProbe;

  constructor(
    api: StreamsApi,
    private readonly options: AllFeedOptions,
  ) {
    this.received = options.received;
    this.handedOut = options.handedOut;
    this.probe = new HeadProbe(this, options.newest, options.quietMs);
    const following = options.confirm().then(() => api.follow(options.after, this));
    following.then(
      () => this.fail(new CallFailure('interrupted', 'the server ended the subscription')),
      (error: unknown) => this.fail(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /**
   * The next batch: full, or what came until the head, or what came in a while; null once closed.
   * @throws CallFailure after everything received before it was handed out
   */
  async next(): Promise<SubscriptionBatch | null> {
    while (!this.closed) {
      const wait = this.dueAt - performance.now();
      if (this.isReady() || (this.waiting.length > 0 && wait <= 0)) return this.take();
      if (this.fault !== undefined && this.waiting.length === 0) throw this.fault;
      await this.news(this.waiting.length > 0 ? wait : undefined);
    }
    return null;
  }

  private isReady(): boolean {
    if (this.waiting.length > 0) return this.heldBack || this.fault !== undefined;
    return this.passedOver >= PASSED_OVER_LIMIT || (this.live && !this.announced);
  }

  private async news(withinMs: number | undefined): Promise<void> {
    const timer = withinMs === undefined ? undefined : setTimeout(() => this.wake(), Math.ceil(withinMs));
    await new Promise<void>((resolve) => (this.wake = resolve));
    clearTimeout(timer);
  }

  private take(): SubscriptionBatch {
    const taken = this.waiting.splice(0, this.options.batchSize);
    this.waitingBytes -= taken.reduce((sum, { bytes }) => sum + bytes, 0);
    const last = taken.at(-1);
    if (last !== undefined) this.handedOut = last.event.position;
    else if (this.passedOver >= PASSED_OVER_LIMIT) {
      this.handedOut = this.received;
      this.passedOver = 0;
    }
    this.announced = this.live && this.waiting.length === 0;
    this.dueAt = performance.now();
    if (this.heldBack && this.waiting.length === 0) this.letGo();
    return { events: taken.map(({ event }) => event), position: this.handedOut, caughtUp: this.announced };
  }

  close(): void {
    this.closed = true;
    this.probe.stop();
    this.call?.cancel();
    this.wake();
  }

  started(call: EndlessCall): void {
    this.call = call;
    if (this.closed) call.cancel();
  }

  event(event: StoredEvent, bytes: number): void {
    this.probe.heard();
    if (this.received !== null && event.position <= this.received) {
      // Begun anew it passes over the server's own events once more. One of ours stands where others stood.
      if (!isHousekeeping(event)) this.fail(new PositionUnknown(this.received));
      return;
    }
    this.received = event.position;
    if (isOfOthers(event)) this.options.onForeign();
    if (isHousekeeping(event)) {
      if (++this.passedOver >= PASSED_OVER_LIMIT) this.wake();
      return;
    }
    this.known = event;
    this.passedOver = 0;
    this.announced = false;
    if (this.waiting.length === 0) this.dueAt = performance.now() + (this.live ? LIVE_LINGER_MS : HISTORY_LINGER_MS);
    this.waiting.push({ event, bytes });
    this.waitingBytes += bytes;
    if (this.waiting.length >= this.options.batchSize || this.waitingBytes >= READ_AHEAD_BYTES) this.holdBack();
    this.wake();
  }

  caughtUp(): void {
    this.probe.heard();
    // Said to a reader that is held back it may be long out of date when that one goes on.
    if (!this.heldBack) this.reachedHead();
  }

  reachedHead(): void {
    if (!this.live) this.dueAt = performance.now();
    this.live = true;
    this.wake();
  }

  lost(): void {
    this.fail(new CallFailure('interrupted', 'the subscription received nothing though the log went on'));
  }

  private holdBack(): void {
    if (this.heldBack) return;
    this.call?.pause();
    this.heldBack = true;
    this.live = false;
  }

  private letGo(): void {
    this.heldBack = false;
    this.probe.look();
    this.call?.resume();
  }

  private fail(error: Error): void {
    this.fault ??= error;
    this.probe.stop();
    this.wake();
  }
}

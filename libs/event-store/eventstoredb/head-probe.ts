import type { Position } from '@touchline/core';

/** The reader being watched. */
export interface Reader {
  /** Newest position received so far. */
  readonly received: Position | null;
  /** True while the consumer holds it back: then standing behind is no fault. */
  readonly heldBack: boolean;
  /** Known to have received everything there was at some moment, and to be told of everything since. */
  readonly live: boolean;
  reachedHead(): void;
  /** It stood behind the head, not held back, and received nothing for too long. */
  lost(): void;
}

/** Soon after news, rarer while they keep coming, ms. */
const FIRST_MS = 25;
const LONGEST_MS = 1_000;

/**
 * Compares a reader with the head of the log. A server says once that a subscription went live, one before 23.10 not even
 * that; none says when a reader that was held back is at the head again; and a subscription that has gone quiet looks like an
 * idle log. While it is live, that is all that is looked for.
 */
export class HeadProbe {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private looking = false;
  private delayMs = FIRST_MS;
  private heardAt = performance.now();
  private behindSince: number | null = null;

  constructor(
    private readonly reader: Reader,
    /** Newest position of the log, the server's own events included. */
    private readonly newest: () => Promise<Position | null>,
    private readonly quietMs: number,
  ) {
    this.schedule();
  }

  /** Something came from the server. */
  heard(): void {
    const now = performance.now();
    if (now - this.heardAt > LONGEST_MS) this.delayMs = FIRST_MS;
    this.heardAt = now;
  }

  /** The reader is no longer known to be at the head. */
  look(): void {
    if (!this.looking) this.schedule();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.looking = !this.reader.live;
    this.timer = setTimeout(() => void this.compare(), this.looking ? this.delayMs : this.quietMs);
    if (this.looking) this.delayMs = Math.min(2 * this.delayMs, LONGEST_MS);
  }

  private async compare(): Promise<void> {
    // A server that does not answer is noticed by the reader's own call, or by the next comparison.
    const head = this.reader.heldBack ? undefined : await this.newest().catch(() => undefined);
    if (this.stopped) return;
    const { received, heldBack } = this.reader;
    if (head === undefined || heldBack) this.behindSince = null;
    else if (head === null || (received !== null && received >= head)) {
      this.behindSince = null;
      this.reader.reachedHead();
    } else {
      this.behindSince ??= performance.now();
      if (performance.now() - Math.max(this.behindSince, this.heardAt) >= this.quietMs) this.reader.lost();
    }
    this.schedule();
  }
}

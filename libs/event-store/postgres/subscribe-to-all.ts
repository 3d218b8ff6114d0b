import { backOffMs } from '@touchline/core';
import { EventStoreUnavailable, PositionUnknown } from '../errors.js';
import type { SubscribeOptions, SubscriptionBatch } from '../port.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from './log-reader.js';
import { rowAfter, toPosition } from './positions.js';
import type { SharedPages } from './shared-pages.js';
import type { Wakeups } from './wakeups.js';

const DEFAULT_BATCH_SIZE = 1_000;
const RETRIES = { firstMs: 100, longestMs: 5_000 };

/**
 * History and live events by the same query: pages after the last position, then a wait for the next wake-up.
 * Nothing is read ahead; whatever is lost with a connection is read again from the last position handed over.
 */
export async function* subscribeToAll(pages: SharedPages, wakeups: Wakeups, options: SubscribeOptions): AsyncGenerator<SubscriptionBatch> {
  const { signal, batchSize = DEFAULT_BATCH_SIZE } = options;
  let reached = rowAfter(options.after);
  // Of the last event handed out; not known of the one the reader comes from.
  let reachedId: string | null = null;
  let said = false;
  while (!signal.aborted) {
    // Taken before the read: whatever is appended during it wakes us again.
    const seen = wakeups.count;
    const page = await untilAborted(nextPage(pages, reached, batchSize, seen, signal), signal);
    if (page === null) return;
    if (reached > 0 && (page.before === null || page.before !== (reachedId ?? page.before))) throw new PositionUnknown(toPosition(reached));
    const last = page.events[page.events.length - 1];
    if (last !== undefined || !said) {
      said = true;
      yield { events: [...page.events], position: last?.position ?? (reached === 0 ? null : toPosition(reached)), caughtUp: page.atHead };
      if (last !== undefined) [reached, reachedId] = [rowAfter(last.position), last.id];
    }
    if (page.atHead) await wakeups.next(seen, signal);
  }
}

/** Tries until the server answers, with growing pauses; null when aborted. */
async function nextPage(pages: SharedPages, after: number, limit: number, seen: number, signal: AbortSignal): Promise<Page | null> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      return await pages.read(after, limit, seen);
    } catch (error) {
      if (!(error instanceof EventStoreUnavailable)) throw error;
      await delay(backOffMs(tries, RETRIES), undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

/** The work's result, or null as soon as the signal comes; the work is then left to end by itself. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  let onAbort = (): void => {};
  const aborted = new Promise<null>((resolve) => {
    onAbort = () => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

import type { Position } from '@touchline/core';
import { hasReached } from '@touchline/core';
import { PositionUnknown } from '@touchline/event-store';
import type { EventStore } from '@touchline/event-store';
import type { Checkpoint, Checkpoints } from './checkpoints.js';
import { CHECKPOINT_CHANNEL } from './checkpoints.js';
import type { Notifications } from '@touchline/postgres';
import { pause } from './pause.js';

/** How far a view is behind the log: events not yet worked in, counted up to a bound, and the age of the oldest of them. */
export interface Lag {
  events: number;
  /** True where there are more than `events`. */
  more: boolean;
  seconds: number;
}

const MOST_COUNTED = 1_000;
const POLL_MS = 500;
const THERE = Symbol('there');

export type Reached = { reached: true } | { reached: false; state: Checkpoint['state']; position: Position | null; lag: Lag };

export interface WaitDeps {
  checkpoints: Checkpoints;
  notifications: Notifications;
  store: EventStore;
}

/** Waits until a view shows everything up to a position; on time-out says how far behind it is. */
export async function waitFor(deps: WaitDeps, view: string, wanted: Position, timeoutMs: number): Promise<Reached> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    // Heard before the checkpoint is read, so that no move falls in between.
    const moved = new AbortController();
    const end = deps.notifications.on(CHECKPOINT_CHANNEL, (payload) => {
      if (payload === null) moved.abort();
      else if (isMoveTo(payload, view, wanted)) moved.abort(THERE);
    });
    try {
      const checkpoint = await deps.checkpoints.get(view);
      const position = checkpoint?.position ?? null;
      // Of another log, or of a newer copy of this one: that it is higher says nothing (ADR 0001).
      const isLost = checkpoint?.failure?.code === 'checkpoint.log-mismatch';
      if (!isLost && hasReached(position, wanted)) return { reached: true };
      const left = deadline - performance.now();
      if (isLost || left <= 0)
        return { reached: false, state: checkpoint?.state ?? 'running', position, lag: await lagOf(deps.store, position) };
      await pause(Math.min(left, POLL_MS), moved.signal);
      // Told when it was committed, by whoever moved it: there is no need to look again.
      if (moved.signal.reason === THERE) return { reached: true };
    } finally {
      end();
    }
  }
}

function isMoveTo(payload: string, view: string, wanted: Position): boolean {
  const [name, position] = payload.split(' ');
  return name === view && hasReached((position ?? null) as Position | null, wanted);
}

/** Counts what the log holds beyond a position; all of it where it is not the log that the position is in. */
export async function lagOf(store: EventStore, after: Position | null, now = Date.now()): Promise<Lag> {
  try {
    return await countBeyond(store, after, now);
  } catch (error) {
    if (!(error instanceof PositionUnknown || error instanceof RangeError)) throw error;
    return countBeyond(store, null, now);
  }
}

async function countBeyond(store: EventStore, after: Position | null, now: number): Promise<Lag> {
  let events = 0;
  let oldest: string | undefined;
  for await (const event of store.readAll({ after, limit: MOST_COUNTED + 1 })) {
    oldest ??= (JSON.parse(event.metadata) as { recordedAt: string }).recordedAt;
    events += 1;
  }
  const seconds = oldest === undefined ? 0 : Math.max(0, (now - Date.parse(oldest)) / 1000);
  return { events: Math.min(events, MOST_COUNTED), more: events > MOST_COUNTED, seconds };
}

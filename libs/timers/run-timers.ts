import type { Pool } from 'pg';
import type { Clock, Timer } from '@touchline/core';
import type { CommandOutcome, CommandRequest, EventStore } from '@touchline/event-store';
import type { Builds, Checkpoints, LeaseDeps, Regular } from '@touchline/subscriptions';
import { endsWithin, every, pause } from '@touchline/subscriptions';
import { TimerRounds } from './timer-rounds.js';

/** Told what becomes of timers, for logs and metrics. */
export interface TimerObserver {
  fired(timer: Timer, outcome: CommandOutcome): void;
  /** It stands at this timer, and is tried again. */
  fault(timer: Timer, error: unknown): void;
  /** Nothing could be looked up, or noted; it is tried again at the next look. */
  failed(error: unknown): void;
}

export interface TimerDeps extends LeaseDeps {
  pool: Pool;
  store: Pick<EventStore, 'head'>;
  checkpoints: Checkpoints;
  builds: Builds;
  /** What is due is due by this clock. */
  clock: Clock;
  /** The version of the rows that this release goes by. */
  version: number;
  /** Sends the command. @throws on a fault; a refusal is its outcome */
  fire: (timer: Timer, request: CommandRequest) => Promise<CommandOutcome>;
  observer: TimerObserver;
  /** Between two looks. */
  everyMs?: number;
  /** How long a shard stands at its first fault. */
  firstRetryMs?: number;
}

const EVERY_MS = 1_000;
const SWEPT_EVERY_MS = 60_000;

/** Fires what is due until it is drained, in any number of processes, each shard by one at a time (ADR 0049). */
export function runTimers(deps: TimerDeps): Regular {
  const ending = new AbortController();
  const rounds = new TimerRounds(deps);
  const running = repeat(deps, rounds, ending.signal);
  const sweeping = every(deps, {
    name: 'timer-claims',
    intervalMs: SWEPT_EVERY_MS,
    work: (signal) => rounds.sweep(signal),
    failed: (error) => deps.observer.failed(error),
  });
  return {
    async drain(timeoutMs) {
      ending.abort();
      const drained = await Promise.all([endsWithin(running, timeoutMs), sweeping.drain(timeoutMs)]);
      return drained.every((each) => each);
    },
  };
}

async function repeat({ observer, everyMs = EVERY_MS }: TimerDeps, rounds: TimerRounds, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await rounds.fireDue(signal);
    } catch (error) {
      observer.failed(error);
    }
    await pause(everyMs, signal);
  }
}

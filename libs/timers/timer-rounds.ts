import type { Position, Timer } from '@touchline/core';
import { hasReached } from '@touchline/core';
import type { CommandOutcome } from '@touchline/event-store';
import { withLease } from '@touchline/subscriptions';
import type { Fired } from './claims.js';
import { TimerClaims } from './claims.js';
import { DueTimers } from './due-timers.js';
import { firingOf } from './firing.js';
import type { TimerDeps } from './run-timers.js';
import { TimerFaults } from './standing.js';

const VIEW = 'timers';
/** Shards of one process at a time; the rest is for others. */
const SHARDS_AT_ONCE = 8;
/** Timers that are held at a time, of each shard. */
const PAGE_SIZE = 200;
/** Most that are fired again, to no effect, after a crash. */
const CLAIMED_AT_ONCE = 50;
/** Says nothing about the timer: it is to be tried again. */
const CONTENDED = 'stream.contended';

/** Looks for what is due, and fires it: every shard in due order, under a lease. */
export class TimerRounds {
  private readonly due: DueTimers;
  private readonly claims: TimerClaims;
  private readonly faults: TimerFaults;
  /** Where the log had come to when something due was first seen; nothing is fired before the rows show it. */
  private awaited: Position | null = null;

  constructor(private readonly deps: TimerDeps) {
    this.due = new DueTimers(deps.pool);
    this.claims = new TimerClaims(deps.pool);
    this.faults = new TimerFaults(deps.pool, deps.firstRetryMs);
  }

  /** Fires all that is due by now and that no other process is at. */
  async fireDue(signal: AbortSignal): Promise<void> {
    const left = inAnyOrder(await this.due.shards(await this.deps.clock.now()));
    if (left.length === 0) return;
    this.awaited ??= await this.deps.store.head();
    if (this.awaited === null || !(await this.shows(this.awaited))) return;
    this.awaited = null;
    const work = async (): Promise<void> => {
      for (let shard = left.pop(); shard !== undefined && !signal.aborted; shard = left.pop()) await this.fireShard(shard, signal);
    };
    await Promise.all(Array.from({ length: SHARDS_AT_ONCE }, work));
  }

  async sweep(signal: AbortSignal): Promise<void> {
    await this.faults.leaveClosed();
    await this.claims.sweep(await this.deps.clock.now(), signal);
  }

  /**
   * Whether the rows are of this release, followed, and as new as that: rows that are folded anew, or catch up, hold timers that
   * the log has closed long since. An operator who pauses the view pauses the timers.
   */
  private async shows(position: Position): Promise<boolean> {
    const { builds, checkpoints, version } = this.deps;
    if ((await builds.live(VIEW))?.version !== version) return false;
    const checkpoint = await checkpoints.get(VIEW);
    return checkpoint?.state === 'running' && hasReached(checkpoint.position, position);
  }

  private async fireShard(shard: number, signal: AbortSignal): Promise<void> {
    try {
      await withLease(this.deps, `timers/${shard}`, signal, (_, over) => this.fireInOrder(shard, over));
    } catch (error) {
      this.deps.observer.failed(error);
    }
  }

  private async fireInOrder(shard: number, over: AbortSignal): Promise<void> {
    const { clock, checkpoints } = this.deps;
    let last: Timer | null = null;
    let isFirst = true;
    while (!over.aborted) {
      const page: Timer[] = await this.due.page(shard, await clock.now(), last, PAGE_SIZE);
      if (page.length === 0 || (await checkpoints.get(VIEW))?.state !== 'running') return;
      if (!(await this.firePage(shard, page, over))) return;
      if (isFirst) await this.faults.goOn(shard);
      isFirst = false;
      last = page.at(-1) ?? null;
    }
  }

  /** False where it stands at one of them, or is to end. */
  private async firePage(shard: number, page: readonly Timer[], over: AbortSignal): Promise<boolean> {
    let fired: Fired[] = [];
    const claim = async (): Promise<void> => {
      await this.claims.keep(shard, await this.deps.clock.now(), fired);
      fired = [];
    };
    for (const timer of page) {
      if (over.aborted) break;
      const outcome = await this.fire(timer);
      if (outcome instanceof Fault) {
        await claim();
        await this.faults.stand(shard, timer, outcome.cause);
        this.deps.observer.fault(timer, outcome.cause);
        return false;
      }
      fired.push({ timer, outcome });
      this.deps.observer.fired(timer, outcome);
      // The log does not remember a refusal.
      if (outcome.kind === 'refused' || fired.length === CLAIMED_AT_ONCE) await claim();
    }
    await claim();
    return !over.aborted;
  }

  private async fire(timer: Timer): Promise<CommandOutcome | Fault> {
    try {
      const outcome = await this.deps.fire(timer, firingOf(timer));
      const isContended = outcome.kind === 'refused' && outcome.refusals.some(({ code }) => code === CONTENDED);
      return isContended ? new Fault(new Error(CONTENDED)) : outcome;
    } catch (error) {
      return new Fault(error);
    }
  }
}

class Fault {
  constructor(readonly cause: unknown) {}
}

/** So that processes which look at the same moment begin with different ones. */
const inAnyOrder = (shards: readonly number[]): number[] =>
  shards
    .map((shard) => ({ shard, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ shard }) => shard);

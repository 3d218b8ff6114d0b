import type { Pool } from 'pg';
import type { Position } from '@touchline/core';
import type { EventStore } from '@touchline/event-store';
import { PositionUnknown } from '@touchline/event-store';
import { RelayStatus } from '@touchline/relay/status.js';
import type { Checkpoint } from '@touchline/subscriptions';
import { SetAsides } from '@touchline/subscriptions';
import { timersStanding } from '@touchline/timers';
import { timerDefinitions } from '@touchline/touchpoints/list.js';
import type { Platform } from './platform.js';

/** Most events that are counted at one look; what is further behind is counted on at the next. */
const AT_ONCE = 5_000;

type Observed = Pick<
  Platform,
  'checkpoints' | 'clock' | 'erasing' | 'logHeads' | 'metrics' | 'pool' | 'queries' | 'settings' | 'store' | 'untimed'
>;

/**
 * Has every look at the metrics tell how the platform stands, by what is in the database and the log: so a process that is
 * gone is told of by those that are left. Never told what events hold.
 */
export function observeStanding(platform: Observed): void {
  const { metrics, pool, store, settings, checkpoints, logHeads, erasing, clock } = platform;
  const behind = new LagCounter(store);
  metrics.beforeEach(() => {
    const sum = (of: (each: Pool) => number): number => [pool, platform.queries, platform.untimed].reduce((all, each) => all + of(each), 0);
    const idle = sum(({ idleCount }) => idleCount);
    metrics.poolConnections.set({ state: 'idle' }, idle);
    metrics.poolConnections.set({ state: 'busy' }, sum(({ totalCount }) => totalCount) - idle);
    metrics.poolWaiting.set(sum(({ waitingCount }) => waitingCount));
    return Promise.resolve();
  });
  metrics.beforeEach(async () => {
    const now = Date.parse(await clock.now());
    const live = (await checkpoints.list()).filter(({ name }) => !name.includes('/'));
    const asides = await new SetAsides(pool).counts();
    const head = await store.head();
    await behind.countTo(head, live);
    for (const checkpoint of live) {
      const projection = checkpoint.name;
      metrics.projectionLagEvents.set({ projection }, behind.events(head, checkpoint));
      metrics.projectionLagSeconds.set({ projection }, await behind.seconds(head, checkpoint.position, now));
      metrics.setAsideStreams.set({ projection }, asides.find(({ reader }) => reader === projection)?.streams ?? 0);
    }
    if (settings.topics.brokers !== undefined) {
      const position = (await new RelayStatus(pool, settings.topics.prefix).get())?.position ?? null;
      metrics.relayLagSeconds.set(await behind.seconds(head, position, now));
      metrics.relayLagEvents.set(await behind.beyond(head, position));
    }
    const [signed] = await logHeads.list(1);
    const age = signed === undefined ? await behind.seconds(head, null, now) : (now - Date.parse(signed.signedAt)) / 1000;
    metrics.logHeadAge.set(signed?.position === head ? 0 : Math.max(0, age));
    metrics.erasuresUnderWay.set((await erasing.erasures.underWay()).length);
    const timers = await timersStanding(platform.queries, await clock.now());
    // A kind of which none is open any more is told as 0.
    for (const { kind } of timerDefinitions) metrics.timersOpen.set({ kind }, timers.open[kind] ?? 0);
    metrics.timersLate.set(timers.late);
    metrics.timersLateSeconds.set(timers.lateSeconds);
    metrics.timersStanding.set(timers.standing);
  });
}

/** How far readers are behind the log. */
class LagCounter {
  /** How many events lie up to a place that is at or behind the head. */
  private counted: { position: Position; events: number } | null = null;

  constructor(private readonly store: EventStore) {}

  /** Counts on from where it came to, or from the reader that knows furthest. */
  async countTo(head: Position | null, readers: readonly Checkpoint[]): Promise<void> {
    const known = readers.flatMap(({ position, events }) => (position === null || events === null ? [] : [{ position, events }]));
    // Where the log was set back, what was counted is of another.
    const kept = this.counted !== null && head !== null && this.counted.position <= head ? [this.counted] : [];
    const furthest = [...known, ...kept].sort((a, b) => (a.position < b.position ? 1 : -1))[0];
    this.counted = furthest ?? null;
    if (head === null || (furthest !== undefined && furthest.position >= head)) return;
    let { position, events }: { position: Position | null; events: number } = furthest ?? { position: null, events: 0 };
    for await (const event of this.read(position, AT_ONCE)) {
      position = event.position;
      events += 1;
    }
    this.counted = position === null ? null : { position, events };
  }

  events(head: Position | null, { position, events }: Checkpoint): number {
    if (head === null || position === head) return 0;
    return Math.max(0, (this.counted?.events ?? 0) - (events ?? 0));
  }

  /** Of a reader that does not count: up to a bound. */
  async beyond(head: Position | null, position: Position | null): Promise<number> {
    let events = 0;
    if (head !== null && position !== head) for await (const _ of this.read(position, AT_ONCE)) events += 1;
    return events;
  }

  /** Age of the oldest event that is not worked in. */
  async seconds(head: Position | null, position: Position | null, now: number): Promise<number> {
    if (head === null || position === head) return 0;
    for await (const { metadata } of this.read(position, 1)) {
      const { recordedAt } = JSON.parse(metadata) as { recordedAt: string };
      return Math.max(0, (now - Date.parse(recordedAt)) / 1000);
    }
    return 0;
  }

  /** From the beginning where the position is of another log. */
  private async *read(after: Position | null, limit: number): ReturnType<EventStore['readAll']> {
    try {
      yield* this.store.readAll({ after, limit });
    } catch (error) {
      if (after === null || !(error instanceof PositionUnknown || error instanceof RangeError)) throw error;
      yield* this.store.readAll({ after: null, limit });
    }
  }
}

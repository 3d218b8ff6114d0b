import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Clock, Timer } from '@touchline/core';
import { streamName, timerShard } from '@touchline/core';
import type { CommandDeps, CommandOutcome, CommandRequest } from '@touchline/event-store';
import { EventRegistry, StreamRepository, handleCommand } from '@touchline/event-store';
import { PostgresEventStore } from '@touchline/event-store/postgres/postgres-event-store.js';
import { anyWord, noSealing } from '@touchline/event-store/testing/notebook.js';
import { Notifications, createPool } from '@touchline/postgres';
import { tableOf } from '@touchline/projections/table-of.js';
import { OpenTimer } from '@touchline/projections/timers/timers.entity.js';
import { timersOf } from '@touchline/projections/timers/timers.projection.js';
import type { ProjectionObserver, Regular, StoredProjection } from '@touchline/subscriptions';
import { Builds, CHECKPOINT_CHANNEL, CONTROL_CHANNEL, Checkpoints, Leases, Projector, projectionEvents } from '@touchline/subscriptions';
import type { TimerDeps } from '../run-timers.js';
import { runTimers } from '../run-timers.js';
import type { AlarmSaid } from './alarms.js';
import { alarmDecider, alarmEvents, alarmTimer } from './alarms.js';

export const START = '2026-06-01T00:00:00.000Z';
export const minutes = (count: number): string => new Date(Date.parse(START) + count * 60_000).toISOString();

/** The test clock: a row that every process of a test reads. */
export const clockOn = (pool: Pool): Clock => ({
  now: async () => (await pool.query<{ now: Date }>('select now from public.test_clock')).rows[0]!.now.toISOString(),
});
export const setClock = (pool: Pool, now: string): Promise<unknown> => pool.query('update public.test_clock set now = $1', [now]);

export const streamOf = (id: string): string => streamName('journey', 'dongfang', id);

/** Ids of streams, as many of each of so many shards. */
export function idsByShard(shards: number, each: number): string[] {
  const byShard = new Map<number, string[]>();
  for (let index = 0; ; index += 1) {
    const id = `a${index}`;
    const shard = timerShard(streamOf(id));
    const known = byShard.get(shard) ?? [];
    if (known.length < each && (byShard.has(shard) || byShard.size < shards)) byShard.set(shard, [...known, id]);
    const all = [...byShard.values()].flat();
    if (all.length === shards * each) return all;
  }
}

export const alarmView: StoredProjection = { ...timersOf([alarmTimer]), ...tableOf(OpenTimer) };

const nothing = (): void => undefined;
const silent: ProjectionObserver = {
  state: nothing,
  batch: nothing,
  setAside: nothing,
  settled: nothing,
  failure: nothing,
  fault: nothing,
};

/** One process with a projector of the timers and what fires them, on the database of a test. */
export class AlarmWorld {
  private readonly working: Regular[] = [];
  /** Of every command that was sent, by its timer. */
  readonly sent: Timer[] = [];

  private constructor(
    readonly pool: Pool,
    readonly store: PostgresEventStore,
    private readonly notifications: Notifications,
    private readonly clock: Clock,
    private readonly holder: string,
  ) {}

  /** Without a clock of its own it goes by the test's. */
  static async open(url: string, holder: string, clock?: Clock): Promise<AlarmWorld> {
    const pool = createPool({ url, applicationName: holder });
    const store = await PostgresEventStore.open({ url });
    const notifications = new Notifications(pool, [CHECKPOINT_CHANNEL, CONTROL_CHANNEL], () => undefined);
    return new AlarmWorld(pool, store, notifications, clock ?? clockOn(pool), holder);
  }

  get commands(): CommandDeps {
    const registry = new EventRegistry([...alarmEvents, ...projectionEvents]);
    const streams = new StreamRepository(this.store, registry);
    return { streams, registry, sealing: noSealing, words: anyWord, clock: this.clock, toleranceMs: 60_000 };
  }

  get shared() {
    const { pool, store, holder, notifications } = this;
    const leases = new Leases(pool, 1_000);
    const leaseFault = nothing;
    return {
      leaseFault,
      pool,
      store,
      leases,
      holder,
      notifications,
      heartbeatMs: 100,
      checkpoints: new Checkpoints(pool),
      builds: new Builds(pool),
    };
  }

  /** Follows the log with the rows of the timers. */
  project(batchSize = 50): Regular {
    const { registry } = this.commands;
    return this.keep(
      new Projector({ ...this.shared, registry, open: async (events) => [...events], observer: silent, batchSize }, [alarmView]),
    );
  }

  /** Fires what is due; `before` may fail, or hold it up. */
  fire(changes: Partial<TimerDeps> & { before?: (timer: Timer) => Promise<void> | void } = {}): Regular {
    const { before, ...rest } = changes;
    return this.keep(
      runTimers({
        ...this.shared,
        clock: this.clock,
        version: alarmView.version,
        fire: async (timer, request) => {
          await before?.(timer);
          this.sent.push(timer);
          return this.run(timer.stream, { kind: 'ring', ...(alarmTimer.fires.input(timer) as { name: string }) }, request);
        },
        observer: { fired: nothing, fault: nothing, failed: nothing },
        everyMs: 10,
        firstRetryMs: 20,
        ...rest,
      }),
    );
  }

  /** Records something of an alarm. */
  say(id: string, type: string, data: AlarmSaid): Promise<CommandOutcome> {
    const commandId = randomUUID();
    const actor = { kind: 'user', id: 'li' } as const;
    const request = { tenant: 'dongfang', actor, commandId, requestHash: '', correlationId: commandId, causationId: commandId };
    return this.run(streamOf(id), { kind: 'say', type, data }, request);
  }

  /** Sends a command as a timer does. */
  run(stream: string, command: Parameters<typeof alarmDecider.decide>[1], request: CommandRequest): Promise<CommandOutcome> {
    return handleCommand(this.commands, { stream, decider: alarmDecider, command, request });
  }

  /** What rang, in the order of the log. */
  async rung(): Promise<{ stream: string; shard: number; data: { name: string; at: string }; recordedAt: string }[]> {
    const rung = [];
    for await (const stored of this.store.readAll()) {
      const { stream, data, meta } = this.commands.registry.decode(stored);
      const { name, at = '' } = data as AlarmSaid;
      if (stored.type === 'alarm-rung') rung.push({ stream, shard: timerShard(stream), data: { name, at }, recordedAt: meta.recordedAt });
    }
    return rung;
  }

  /** True once the rows show all of the log. */
  async caughtUp(): Promise<boolean> {
    return ((await this.shared.checkpoints.get('timers'))?.position ?? null) === (await this.store.head());
  }

  async stop(): Promise<void> {
    await Promise.all(this.working.splice(0).map((each) => each.drain(10_000)));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.notifications.close();
    await this.store.close();
    await this.pool.end();
  }

  private keep<T extends Regular>(worker: T): T {
    this.working.push(worker);
    return worker;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Position } from '@touchline/core';
import type { EventRegistry, EventStore, SubscriptionBatch } from '@touchline/event-store';
import { PositionUnknown } from '@touchline/event-store';
import type { Kafka } from '@touchline/kafka';
import { FencedProducer, TopicDrift, ensureTopics, topicsWithData } from '@touchline/kafka';
import type { Lease, Leases } from '@touchline/subscriptions';
import { BackOff, pause } from '@touchline/subscriptions/pause.js';
import { Ahead } from './ahead.js';
import { RelayStopped } from './errors.js';
import { Numbering } from './numbering.js';
import type { FollowMove, RelayPosition } from './position.js';
import { assertSameLog, inThisLog, readPosition } from './position.js';
import type { Prepared } from './prepare.js';
import { Preparer } from './prepare.js';
import type { PublisherOptions } from './publisher.js';
import { POSITIONS, Publisher } from './publisher.js';
import { topicName } from './record.js';
import type { RelayStatus } from './status.js';
import { topicSpecs } from './topic-specs.js';

/** Told what the relay does, for logs and metrics. Never told what messages hold. */
export interface RelayObserver {
  state(state: 'running' | 'stopped' | 'standby'): void;
  sent(batch: { events: number; messages: ReadonlyMap<string, number>; seconds: number }): void;
  created(topics: readonly string[]): void;
  stopped(stop: RelayStopped): void;
  /** Something passing, such as a broker that is away; it is tried again with back-off. */
  fault(error: unknown): void;
}

export interface RelayDeps extends PublisherOptions {
  pool: Pool;
  store: EventStore;
  registry: EventRegistry;
  leases: Leases;
  kafka: Kafka;
  status: RelayStatus;
  observer: RelayObserver;
  /** Names this process in the table of leases. */
  holder: string;
  followMove: FollowMove;
  /** The lease is renewed, and an operator's wish looked up, this often; a third of the lease's term. */
  heartbeatMs: number;
  /** Most events of one transaction. */
  batchSize: number;
}

/**
 * Tells the log on the topics until the signal. In every step as D18: the lease, then a new producer that fences, then the
 * position as the topic has it, then messages and position in one transaction; after any error all of it anew.
 */
export async function runRelay(deps: RelayDeps, signal: AbortSignal): Promise<void> {
  const { leases, observer, status, prefix, heartbeatMs } = deps;
  const backOff = new BackOff();
  while (!signal.aborted) {
    try {
      const lease = await leases.acquire(`relay ${prefix}`, deps.holder);
      if (lease === null) {
        observer.state('standby');
        await pause(heartbeatMs, signal);
        continue;
      }
      await new Tenure(deps, lease, signal, backOff).serve().finally(() => leases.release(lease).catch(() => undefined));
    } catch (error) {
      observer.fault(error);
      await status.troubled(error instanceof Error ? `${error.name}: ${error.message}` : String(error)).catch(() => undefined);
      await pause(backOff.next(), signal);
    }
  }
  await status.settled();
}

/** From the taking of the lease to its loss, or to the first error. */
class Tenure {
  /** Ends with the process's drain or with the loss of the lease. */
  private readonly over: AbortSignal;
  private readonly lost = new AbortController();

  constructor(
    private readonly deps: RelayDeps,
    private readonly lease: Lease,
    signal: AbortSignal,
    private readonly backOff: BackOff,
  ) {
    this.over = AbortSignal.any([signal, this.lost.signal]);
  }

  async serve(): Promise<void> {
    const finished = new AbortController();
    const renewing = this.renew(AbortSignal.any([this.over, finished.signal]));
    try {
      while (!this.over.aborted) {
        if (await this.deps.status.begin(this.deps.holder)) await this.work();
        else await this.standStill();
      }
    } finally {
      finished.abort();
      await renewing;
    }
  }

  private async work(): Promise<void> {
    const { observer, status } = this.deps;
    try {
      await this.tell();
    } catch (error) {
      const stop = stopOf(error);
      if (stop === null) throw error;
      await status.stop(stop);
      observer.stopped(stop);
    }
  }

  /** Where going on would be wrong, until an operator says so. */
  private async standStill(): Promise<void> {
    this.deps.observer.state('stopped');
    while (!this.over.aborted && (await this.deps.status.get())?.state === 'stopped') await pause(this.deps.heartbeatMs, this.over);
  }

  private async tell(): Promise<void> {
    const { kafka, prefix, topics, observer } = this.deps;
    observer.created(await ensureTopics(kafka, topicSpecs(prefix, topics)));
    const producer = await FencedProducer.open(kafka, `${prefix}.relay`);
    try {
      const written = await readPosition(kafka, producer, topicName(prefix, POSITIONS));
      const known = written && (await inThisLog(this.deps.store, this.deps.followMove, written));
      const from = known ?? (await this.beginning());
      const numbering = new Numbering(this.deps.pool, this.lease, this.deps.heartbeatMs * 3);
      if (known !== null) await this.assertFits(known, numbering);
      observer.state('running');
      await this.follow(new Publisher(producer, this.deps, from), numbering);
    } finally {
      // Not what ended the tenure, and nothing to do about it.
      await producer.close().catch(() => undefined);
    }
  }

  /** Nothing was told yet; data without a position would be told twice. */
  private async beginning(): Promise<RelayPosition> {
    const { kafka, prefix, topics, store } = this.deps;
    const filled = await topicsWithData(
      kafka,
      topics.map(({ name }) => topicName(prefix, name)),
    );
    if (filled.length > 0)
      throw new RelayStopped('relay.position-missing', `there are messages on ${filled.join(', ')}, and no position to go on from`);
    return { logId: await store.logId(), position: '' as Position, eventId: '', topics: {} };
  }

  private async assertFits(known: RelayPosition, numbering: Numbering): Promise<void> {
    if (known.position !== '') await assertSameLog(this.deps.store, known);
    for (const [topic, { ordinal }] of Object.entries(known.topics)) {
      const given = await numbering.given(topic);
      if (given < ordinal)
        throw new RelayStopped(
          'relay.sequences-missing',
          `topic ${topic} has ${ordinal} messages, the database knows ${given} of their numbers`,
        );
    }
  }

  private async follow(publisher: Publisher, numbering: Numbering): Promise<void> {
    const { store, topics, batchSize } = this.deps;
    const told = publisher.position.topics;
    const upTo = new Map(topics.map(({ name }) => [name, told[name]?.upTo ?? null]));
    // A topic that was declared later is told from the beginning; the others pass over what they have told.
    const after = earliest([...upTo.values()]);
    const preparer = new Preparer(this.deps, numbering, (topic) => upTo.get(topic) ?? null);
    const done = new AbortController();
    const signal = AbortSignal.any([this.over, done.signal]);
    const subscription = store.subscribeToAll({ after, signal, batchSize });
    const ahead = new Ahead(prepared(preparer, subscription), batchSize);
    try {
      let ready = ahead.ready();
      for (;;) {
        if ((await this.unlessDue(ready, publisher.dueInMs())) === 'due') await publisher.sign();
        else {
          const next = ahead.take();
          if (next === null || this.over.aborted) return;
          ready = ahead.ready();
          ready.catch(() => undefined);
          await this.send(publisher, next);
        }
      }
    } finally {
      // What was worked out ahead is let go; it was not sent.
      done.abort();
      ahead.close();
    }
  }

  private async unlessDue<T>(next: Promise<T>, dueInMs: number | null): Promise<T | 'due'> {
    if (dueInMs === null) return next;
    const early = new AbortController();
    const due = delay(dueInMs, 'due' as const, { signal: early.signal }).catch(() => next);
    return Promise.race([next, due]).finally(() => early.abort());
  }

  private async send(publisher: Publisher, prepared: Prepared): Promise<void> {
    const { observer, status, holder } = this.deps;
    const started = performance.now();
    const messages = await publisher.publish(prepared);
    this.backOff.reset();
    const { logId, position, eventId } = publisher.position;
    status.moved({ logId, position, eventId, holder });
    observer.sent({ events: prepared.events, messages, seconds: (performance.now() - started) / 1000 });
  }

  private async renew(until: AbortSignal): Promise<void> {
    for (;;) {
      await pause(this.deps.heartbeatMs, until);
      if (until.aborted) return;
      try {
        if (!(await this.deps.leases.renew(this.lease))) this.lost.abort();
      } catch {
        // The server is away, which the run itself will find; whoever took the lease meanwhile fences us on the broker.
      }
    }
  }
}

async function* prepared(preparer: Preparer, batches: AsyncIterable<SubscriptionBatch>): AsyncGenerator<Prepared> {
  for await (const { events } of batches) if (events.length > 0) yield await preparer.prepare(events);
}

const earliest = (positions: readonly (Position | null)[]): Position | null =>
  positions.reduce((a, b) => (a === null || b === null ? null : b < a ? b : a), positions[0] ?? null);

function stopOf(error: unknown): RelayStopped | null {
  if (error instanceof RelayStopped) return error;
  if (error instanceof TopicDrift) return new RelayStopped('relay.topic-drift', error.message);
  return error instanceof PositionUnknown ? new RelayStopped('checkpoint.log-mismatch', error.message) : null;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Position } from '@touchline/core';
import { BestEffort } from '@touchline/core';
import type { EventRegistry, EventStore, SubscriptionBatch } from '@touchline/event-store';
import { PositionUnknown } from '@touchline/event-store';
import type { Kafka, ProducerThread } from '@touchline/kafka';
import { TopicDrift, ensureTopics, topicsWithData } from '@touchline/kafka';
import type { LastingProcessor, Lease, ProcessorDeps, RunState, Stretch } from '@touchline/subscriptions';
import { runProcessor } from '@touchline/subscriptions';
import { prefetchOne } from '@touchline/subscriptions/prefetch.js';
import { PrefetchBuffer } from './prefetch-buffer.js';
import type { RecordBatch } from './record-builder.js';
import type { LatestManifests } from './latest-manifests.js';
import { RecordBuilder } from './record-builder.js';
import { RelayStopped } from './errors.js';
import { PostgresSequenceAllocator } from './sequence-allocator.js';
import type { FollowMove, RelayPosition } from './position.js';
import { assertSameLog, inThisLog, readPosition } from './position.js';
import type { UnnumberedBatch } from './message-builder.js';
import { MessageBuilder } from './message-builder.js';
import type { TransactionBuilderOptions, Transaction } from './transaction-builder.js';
import { POSITIONS, TransactionBuilder } from './transaction-builder.js';
import { topicName } from './record.js';
import type { RelayStatus } from './status.js';
import { relayName } from './status.js';
import { topicSpecs } from './topic-specs.js';

/** Told what the relay does, for logs and metrics. Never told what messages hold. */
export interface RelayObserver {
  state(state: 'running' | 'stopped' | 'standby'): void;
  sent(batch: Pick<Transaction, 'events' | 'messages' | 'traced'> & { seconds: number }): void;
  created(topics: readonly string[]): void;
  stopped(stop: RelayStopped): void;
  /** Something passing, such as a broker that is away; it is tried again with back-off. */
  fault(error: unknown): void;
  /** What only informs was not written, or not given back: the topics are told all the same. Once until it works again. */
  unnoted(error: unknown): void;
}

/** Events of the log that are worked out in one go: few enough to be let go of soon. */
const WORKED_OUT_AT_ONCE = 500;

/** One that fences whoever was before it, and is of no use after an error. */
type Producer = Pick<ProducerThread, 'commit' | 'close'>;

export interface RelayDeps extends TransactionBuilderOptions, ProcessorDeps {
  pool: Pool;
  store: EventStore;
  registry: EventRegistry;
  kafka: Kafka;
  openProducer: (transactionalId: string) => Promise<Producer>;
  status: RelayStatus;
  latest: LatestManifests;
  observer: RelayObserver;
  followMove: FollowMove;
  /** Most events of one transaction. */
  batchSize: number;
}

/** Tells the log on the topics until the signal. */
export async function runRelay(deps: RelayDeps, signal: AbortSignal): Promise<void> {
  await runProcessor(deps, new RelayProcessor(deps), signal);
  await deps.status.settled();
}

/**
 * In every step as ADR 0017: the lease, then a new producer that fences, then the position as the topic has it, then messages
 * and position in one transaction; after any error all of it anew.
 */
class RelayProcessor implements LastingProcessor {
  readonly name: string;
  readonly control: string;
  private readonly noting: BestEffort;

  constructor(private readonly deps: RelayDeps) {
    this.name = relayName(deps.prefix);
    this.control = this.name;
    this.noting = new BestEffort((error) => deps.observer.unnoted(error));
  }

  begin(): Promise<RunState> {
    return this.deps.status.begin(this.deps.holder);
  }

  async state(): Promise<RunState | null> {
    return (await this.deps.status.get())?.state ?? null;
  }

  async stop(_: Lease, error: unknown): Promise<boolean> {
    const stop = stopOf(error);
    if (stop === null) return false;
    await this.deps.status.stop(stop);
    this.deps.observer.stopped(stop);
    return true;
  }

  rests(as: 'standby' | 'paused' | 'stopped'): void {
    if (as !== 'paused') this.deps.observer.state(as);
  }

  async failed(error: unknown): Promise<void> {
    this.deps.observer.fault(error);
    const trouble = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    await this.noting.run(() => this.deps.status.troubled(trouble));
  }

  async follow({ lease, until, worked }: Stretch): Promise<'on'> {
    const { kafka, prefix, topics, observer } = this.deps;
    observer.created(await ensureTopics(kafka, topicSpecs(prefix, topics)));
    const producer = await this.deps.openProducer(`${prefix}.relay`);
    try {
      const written = await readPosition(kafka, producer, topicName(prefix, POSITIONS));
      const known = written && (await inThisLog(this.deps.store, this.deps.followMove, written));
      const from = known ?? (await this.beginning());
      if (known === null) await this.deps.latest.clear();
      const sequences = new PostgresSequenceAllocator(this.deps.pool, lease, this.deps.heartbeatMs * 3);
      if (known !== null) await this.assertFits(known, sequences);
      observer.state('running');
      await new Publication(this.deps, producer, new TransactionBuilder(this.deps, from), { until, worked, noting: this.noting }).follow(
        sequences,
        from.topics,
      );
      return 'on';
    } finally {
      // Not what ended the session.
      await this.noting.run(() => producer.close());
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

  private async assertFits(known: RelayPosition, sequences: PostgresSequenceAllocator): Promise<void> {
    if (known.position !== '') await assertSameLog(this.deps.store, known);
    for (const [topic, { ordinal }] of Object.entries(known.topics)) {
      const given = await sequences.given(topic);
      if (given < ordinal)
        throw new RelayStopped(
          'relay.sequences-missing',
          `topic ${topic} has ${ordinal} messages, the database knows ${given} of their numbers`,
        );
    }
  }
}

/** Follows the log with one producer, until the signal or the first error. */
class Publication {
  constructor(
    private readonly deps: RelayDeps,
    private readonly producer: Producer,
    private readonly transactions: TransactionBuilder,
    private readonly stretch: Pick<Stretch, 'until' | 'worked'> & { noting: BestEffort },
  ) {}

  async follow(sequences: PostgresSequenceAllocator, told: RelayPosition['topics']): Promise<void> {
    const { transactions } = this;
    const { store, topics, batchSize, prefix } = this.deps;
    const upTo = new Map(topics.map(({ name }) => [name, told[name]?.upTo ?? null]));
    // A topic that was declared later is told from the beginning; the others pass over what they have told.
    const after = earliest([...upTo.values()]);
    const messages = new MessageBuilder(this.deps, sequences, (topic) => upTo.get(topic) ?? null);
    const recordBuilder = new RecordBuilder(prefix, topics, told);
    const done = new AbortController();
    const signal = AbortSignal.any([this.stretch.until, done.signal]);
    const subscription = store.subscribeToAll({ after, signal, batchSize: Math.min(batchSize, WORKED_OUT_AT_ONCE) });
    const ahead = new PrefetchBuffer(composed(messages, recordBuilder, subscription), batchSize);
    const inFlight = new InFlight();
    try {
      let ready = ahead.ready();
      for (;;) {
        ready.catch(() => undefined);
        // Only a full one joins another that is on its way: anything less waits, and goes with what comes meanwhile.
        await this.untilFull(ahead, inFlight.all());
        const isDue = (await this.unlessDue(ready, transactions.dueInMs())) === 'due';
        const next = isDue ? null : ahead.take();
        if (!isDue) ready = ahead.ready();
        if (!isDue && next === null) break;
        await inFlight.allButLast();
        if (this.stretch.until.aborted) break;
        inFlight.add(this.send(next === null ? transactions.sign() : transactions.build(next)));
      }
      await inFlight.all();
    } finally {
      // What was worked out ahead is let go; it was not sent.
      done.abort();
      ahead.close();
      await inFlight.all().catch(() => undefined);
    }
  }

  /** Or until what is on its way is through, if that comes first. */
  private async untilFull(ahead: PrefetchBuffer, through: Promise<void>): Promise<void> {
    const early = new AbortController();
    await Promise.race([through, ahead.filled(early.signal)]).finally(() => early.abort());
  }

  private async unlessDue<T>(next: Promise<T>, dueInMs: number | null): Promise<T | 'due'> {
    if (dueInMs === null) return next;
    const early = new AbortController();
    const due = delay(dueInMs, 'due' as const, { signal: early.signal }).catch(() => next);
    return Promise.race([next, due]).finally(() => early.abort());
  }

  private async send({ records, manifests, position, events, messages, traced }: Transaction): Promise<void> {
    const { observer, status, holder, latest } = this.deps;
    const started = performance.now();
    await this.producer.commit(records);
    this.stretch.worked();
    const { noting } = this.stretch;
    // The next one says more.
    void noting.run(() => latest.note(manifests));
    if (events === 0) return;
    status.moved({ logId: position.logId, position: position.position, eventId: position.eventId, holder }, noting);
    observer.sent({ events, messages, traced, seconds: (performance.now() - started) / 1000 });
  }
}

/** A stretch is worked out while the one before gets its numbers. */
async function* composed(
  messages: MessageBuilder,
  recordBuilder: RecordBuilder,
  batches: AsyncIterable<SubscriptionBatch>,
): AsyncGenerator<RecordBatch> {
  for await (const batch of prefetchOne(unnumbered(messages, batches))) yield recordBuilder.build(await messages.number(batch));
}

async function* unnumbered(messages: MessageBuilder, batches: AsyncIterable<SubscriptionBatch>): AsyncGenerator<UnnumberedBatch> {
  for await (const { events } of batches) if (events.length > 0) yield await messages.build(events);
}

/** Transactions that were handed over, one after the other: a second so that the producer finds it as soon as it is through with the first. */
class InFlight {
  private first: Promise<void> = Promise.resolve();
  private last: Promise<void> = Promise.resolve();

  all(): Promise<void> {
    return this.last;
  }

  allButLast(): Promise<void> {
    return this.first;
  }

  add(transaction: Promise<void>): void {
    // Whoever waits for it hears of a failure, sooner or later.
    transaction.catch(() => undefined);
    [this.first, this.last] = [this.last, transaction];
  }
}

const earliest = (positions: readonly (Position | null)[]): Position | null =>
  positions.reduce((a, b) => (a === null || b === null ? null : b < a ? b : a), positions[0] ?? null);

function stopOf(error: unknown): RelayStopped | null {
  if (error instanceof RelayStopped) return error;
  if (error instanceof TopicDrift) return new RelayStopped('relay.topic-drift', error.message);
  return error instanceof PositionUnknown ? new RelayStopped('checkpoint.log-mismatch', error.message) : null;
}

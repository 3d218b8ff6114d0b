import type { Clock } from '@touchline/core';
import type { OutgoingRecord, ReceivedBatch, ReceivedRecord } from '@touchline/kafka';
import type { OpenSpan, SpanOf, Tracing } from '@touchline/observability';
import { kindOf } from '@touchline/observability';
import type { PersonalKeys } from '@touchline/sealing';
import { BackOff } from '@touchline/subscriptions/pause.js';
import type { Intake, IntakeOutcome } from './intake.js';
import { traceparentOf } from './message.js';
import { rejectOf, rejectRecord } from './reject.js';

/** Told what becomes of messages, for logs and metrics; never what they hold. */
export interface IntakeObserver {
  taken(outcome: IntakeOutcome, at: { partition: number; offset: string; seconds: number }): void;
  /** A fault of ours: this partition stands until it is over, the others go on. */
  blocked(at: { partition: number; offset: string }, error: unknown): void;
  unblocked(partition: number): void;
  /** These partitions are taken in by this process from now on, and no others. */
  assigned(partitions: readonly number[]): void;
  /** The brokers are away, or the topics are not as declared; it is tried again. */
  fault(error: unknown): void;
}

export interface BatchConsumerDeps {
  intake: Intake;
  keys: PersonalKeys;
  clock: Clock;
  /** Null where nothing is traced. */
  tracing: Tracing | null;
  /** Full name of the topic of what is not taken. */
  rejected: string;
  observer: IntakeObserver;
}

/** So many messages at most are worked off anew after a crash; they are then answered as repeated. */
const COMMIT_EVERY = 100;

/**
 * Takes the messages of each partition one after the other. One that is refused goes to the rejects and holds nobody up. At a
 * fault of ours its partition stands for as long as that lasts, since nobody can say yet what becomes of the message; what came
 * before it is committed, and the other partitions go on.
 */
export class BatchConsumer {
  /** Of the partitions that stand. */
  private readonly backOffs = new Map<number, BackOff>();

  constructor(private readonly deps: BatchConsumerDeps) {}

  /** @returns null where all were taken; else after how many ms to come again */
  async consume(batch: ReceivedBatch): Promise<number | null> {
    let rejects: OutgoingRecord[] = [];
    let open = 0;
    let last: ReceivedRecord | undefined;
    const commit = async (): Promise<void> => {
      if (last !== undefined && open > 0) await batch.commit(last, rejects);
      [rejects, open] = [[], 0];
    };
    for (const record of batch.records) {
      try {
        const reject = await this.takeOne(record);
        if (reject !== null) rejects.push(reject);
      } catch (error) {
        await commit();
        return this.standsAt(record, error);
      }
      [last, open] = [record, open + 1];
      if (open >= COMMIT_EVERY) await commit();
      if (!(await batch.mayGoOn())) break;
    }
    await commit();
    this.goesOn(batch.partition);
    return null;
  }

  /** @returns after how many ms to come again */
  standsAt(at: { partition: number; offset: string }, error: unknown): number {
    const backOff = this.backOffs.get(at.partition) ?? new BackOff();
    this.backOffs.set(at.partition, backOff);
    this.deps.observer.blocked({ partition: at.partition, offset: at.offset }, error);
    return backOff.next();
  }

  private goesOn(partition: number): void {
    if (this.backOffs.delete(partition)) this.deps.observer.unblocked(partition);
  }

  private async takeOne(record: ReceivedRecord): Promise<OutgoingRecord | null> {
    const span = this.deps.tracing?.begin(spanOf(record), traceparentOf(record)) ?? null;
    if (span === null) return this.takeIn(record, null);
    try {
      return await span.run(() => this.takeIn(record, span));
    } catch (error) {
      span.end({ error: kindOf(error) });
      throw error;
    }
  }

  private async takeIn(record: ReceivedRecord, span: OpenSpan | null): Promise<OutgoingRecord | null> {
    const { intake, keys, clock, rejected, observer } = this.deps;
    const { topic, partition, offset } = record;
    const started = performance.now();
    const outcome = await intake.take(record, span?.traceparent);
    const reject =
      outcome.kind === 'recorded'
        ? null
        : await rejectOf(keys, record, {
            problem: outcome.problem,
            from: { topic, partition, offset, ...outcome.named },
            now: await clock.now(),
            tries: 1,
          });
    observer.taken(outcome, { partition, offset, seconds: (performance.now() - started) / 1000 });
    this.goesOn(partition);
    span?.end({ attributes: { 'touchline.outcome': outcome.kind === 'recorded' ? 'recorded' : outcome.problem.code } });
    return reject === null ? null : rejectRecord(rejected, reject);
  }
}

const spanOf = ({ topic, partition, offset }: ReceivedRecord): SpanOf => ({
  name: `process ${topic}`,
  kind: 'consumer',
  attributes: {
    ...{ 'messaging.system': 'kafka', 'messaging.operation.type': 'process', 'messaging.operation.name': 'take' },
    ...{ 'messaging.destination.name': topic, 'messaging.destination.partition.id': String(partition) },
    'messaging.kafka.offset': Number(offset),
  },
});

import { intakeGroup, intakeGroupBefore, intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import type { Kafka } from '@touchline/kafka';
import { claimGroup, consumeGroup, ensureTopics } from '@touchline/kafka';
import { BackOff, pause } from '@touchline/subscriptions/pause.js';
import type { BatchConsumerDeps } from './batch-consumer.js';
import { BatchConsumer } from './batch-consumer.js';

/** Whose positions these are: of which log, kept by which installation. */
export interface IntakeOwner {
  logId: string;
  /** Logs that everything was moved from to this one, the latest first; their positions are gone on from. */
  logsBefore: readonly string[];
  installation: string;
}

export interface IntakeRunDeps extends Omit<BatchConsumerDeps, 'rejected'> {
  kafka: Kafka;
  prefix: string;
  owner: () => Promise<IntakeOwner>;
}

const PARTITIONS_AT_ONCE = 6;

/** Takes messages in, as one member of any number, until the signal; whatever goes wrong with the brokers is tried again. */
export async function runIntake(deps: IntakeRunDeps, signal: AbortSignal): Promise<void> {
  const { kafka, prefix, observer } = deps;
  const { intake: topic, rejected } = intakeTopics(prefix);
  const backOff = new BackOff();
  while (!signal.aborted) {
    try {
      await ensureTopics(kafka, intakeTopicSpecs(prefix));
      const { logId, logsBefore, installation } = await deps.owner();
      const group = { groupId: intakeGroup(prefix, logId), topic, owner: installation };
      await claimGroup(kafka, group, { before: [...logsBefore.map((log) => intakeGroup(prefix, log)), intakeGroupBefore(prefix)] });
      const consumer = new BatchConsumer({ ...deps, rejected });
      await consumeGroup(
        kafka,
        {
          ...group,
          partitionsAtOnce: PARTITIONS_AT_ONCE,
          onBatch: async (batch) => {
            const waitMs = await consumer.consume(batch);
            if (waitMs === null) backOff.reset();
            return waitMs;
          },
          onFault: (at, error) => consumer.standsAt(at, error),
          onAssigned: (partitions) => observer.assigned(partitions),
        },
        signal,
      );
    } catch (error) {
      observer.fault(error);
      await pause(backOff.next(), signal);
    }
  }
}

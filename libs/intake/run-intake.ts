import type { Kafka } from '@touchline/kafka';
import { consumeGroup, ensureTopics } from '@touchline/kafka';
import { BackOff, pause } from '@touchline/subscriptions/pause.js';
import type { TakingDeps } from './take-batch.js';
import { takeBatch } from './take-batch.js';
import { intakeGroup, intakeTopicSpecs, intakeTopics } from './topics.js';

export interface IntakeRunDeps extends Omit<TakingDeps, 'rejected'> {
  kafka: Kafka;
  prefix: string;
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
      await consumeGroup(
        kafka,
        {
          ...{ groupId: intakeGroup(prefix), topic, partitionsAtOnce: PARTITIONS_AT_ONCE },
          onBatch: async (batch) => {
            await takeBatch({ ...deps, rejected }, batch, signal);
            backOff.reset();
          },
        },
        signal,
      );
    } catch (error) {
      observer.fault(error);
      await pause(backOff.next(), signal);
    }
  }
}

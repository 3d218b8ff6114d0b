import type { TopicSpec } from '@touchline/kafka';
import { intakeTopic, rejectedTopic } from '@touchline/topics/intake.js';

export interface IntakeTopics {
  /** What systems send. */
  intake: string;
  /** What was not taken, sealed, by where it stood; without a value: settled. */
  rejected: string;
}

export const intakeTopics = (prefix: string): IntakeTopics => ({
  intake: `${prefix}.${intakeTopic.name}`,
  rejected: `${prefix}.${rejectedTopic.name}`,
});

/** The group that takes messages in to a log; also the first part of its transactional ids. */
export const intakeGroup = (prefix: string, logId: string): string => `${prefix}.intake.${logId}`;

/** What the group was called before it was named for its log. */
export const intakeGroupBefore = (prefix: string): string => `${prefix}.intake`;

/** Both as they are to be. */
export const intakeTopicSpecs = (prefix: string): TopicSpec[] =>
  [intakeTopic, rejectedTopic].map(({ name, partitions, config }) => ({ name: `${prefix}.${name}`, partitions, config }));

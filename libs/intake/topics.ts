import type { TopicSpec } from '@touchline/kafka';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What other systems send is personal, and is kept for a week at most (D20); in segments of a day, so that it really goes. */
const A_WEEK = { 'retention.ms': String(7 * DAY_MS), 'segment.ms': String(DAY_MS) };

export interface IntakeTopics {
  /** What systems send. */
  intake: string;
  /** What was not taken, sealed, by where it stood; without a value: settled. */
  rejected: string;
}

export const intakeTopics = (prefix: string): IntakeTopics => ({ intake: `${prefix}.intake`, rejected: `${prefix}.intake.rejected` });

/** The group that takes messages in; also the first part of its transactional ids. */
export const intakeGroup = (prefix: string): string => `${prefix}.intake`;

export const REJECTED_PARTITIONS = 3;

/** Both as they are to be. A reject is longer than its message, by the sealing. */
export function intakeTopicSpecs(prefix: string): TopicSpec[] {
  const { intake, rejected } = intakeTopics(prefix);
  return [
    { name: intake, partitions: 6, config: { ...A_WEEK, 'cleanup.policy': 'delete', 'max.message.bytes': '1048588' } },
    { name: rejected, partitions: REJECTED_PARTITIONS, config: { ...A_WEEK, 'cleanup.policy': 'delete', 'max.message.bytes': '2097152' } },
  ];
}

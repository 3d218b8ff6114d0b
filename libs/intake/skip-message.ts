import type { Operations, Operator } from '@touchline/auth/operations.js';
import type { Clock } from '@touchline/core';
import { Problem } from '@touchline/http';
import type { IntakeStanding, Skip } from '@touchline/intake-state/standing.js';
import { intakeGroup, intakeTopics } from '@touchline/intake-state/topics.js';
import type { GroupOf, Kafka, OutgoingRecord, ReceivedRecord } from '@touchline/kafka';
import { FencedProducer, claimGroup, positionsOf, recordAt } from '@touchline/kafka';
import type { PersonalKeys } from '@touchline/sealing';
import { namedBy } from './message.js';
import { rejectOf, rejectRecord } from './reject.js';
import type { IntakeOwner } from './run-intake.js';

export interface SkippingDeps {
  kafka: Kafka;
  prefix: string;
  owner: IntakeOwner;
  standing: IntakeStanding;
  operations: Pick<Operations, 'order'>;
  operator: Operator;
  keys: PersonalKeys;
  clock: Clock;
}

export type Skipped =
  | { kind: 'skipped'; kept: boolean }
  /** Nothing was done: the partition is at another message. */
  | { kind: 'elsewhere'; next: string | null }
  /** Nothing was done: the client cannot read what stands there, so it could not be kept. */
  | { kind: 'unreadable'; error: string };

const groupOf = ({ prefix, owner }: Pick<SkippingDeps, 'prefix' | 'owner'>): GroupOf => ({
  groupId: intakeGroup(prefix, owner.logId),
  topic: intakeTopics(prefix).intake,
  owner: owner.installation,
});

/**
 * Has the intake pass over the message at which a partition stands. Who, why and when is recorded first; the message goes to the
 * rejects, sealed, in the transaction that moves the position. Whoever holds the partition is fenced by that, and goes on behind it.
 * `evenUnread`: also where it cannot be read, and so not be kept.
 * @throws whatever is a fault of ours; it may be done again
 */
export async function skipMessage(deps: SkippingDeps, place: Omit<Skip, 'by'>, { evenUnread = false } = {}): Promise<Skipped> {
  const { kafka, standing, operations, operator } = deps;
  const { partition, offset } = place;
  const group = groupOf(deps);
  const skip = { ...place, by: operator.name };
  const nextNow = async (): Promise<string | null> => (await positionsOf(kafka, group)).get(partition)?.offset ?? null;
  const before = await nextNow();
  if (before !== offset) return { kind: 'elsewhere', next: before };
  let record: ReceivedRecord | null = null;
  try {
    record = await recordAt(kafka, { topic: group.topic, partition, offset });
  } catch (error) {
    if (!evenUnread) return { kind: 'unreadable', error: error instanceof Error ? error.message : String(error) };
  }
  const isThere = record?.offset === offset;
  // One that is gone, of its age, is passed over as it is.
  const rejects = record !== null && isThere ? [await skippedRecord(deps, record, skip.reason)] : [];
  const producer = await FencedProducer.open(kafka, `${group.groupId}.${partition}`);
  try {
    // Once more: whoever held it may have taken it until now, and cannot any more.
    const next = await nextNow();
    if (next !== offset) return { kind: 'elsewhere', next };
    await operations.order(operator, { operation: 'intake.skip', subject: `${partition}/${offset}` });
    await standing.skip(skip);
    await producer.commit(rejects, { ...group, partition, offset: (BigInt(offset) + 1n).toString(), metadata: group.owner });
    await standing.skipped(skip, isThere);
    return { kind: 'skipped', kept: isThere };
  } finally {
    await producer.close();
  }
}

async function skippedRecord({ keys, clock, prefix }: SkippingDeps, record: ReceivedRecord, reason: string): Promise<OutgoingRecord> {
  const { topic, partition, offset } = record;
  const problem = new Problem(422, 'message.skipped', `an operator had it passed over: ${reason}`).document();
  const from = { topic, partition, offset, ...namedBy(record) };
  const reject = await rejectOf(keys, record, { problem, from, now: await clock.now(), tries: 1 });
  return rejectRecord(intakeTopics(prefix).rejected, reject);
}

/** Makes the positions this installation's, at the beginning of what the topic holds: what is recorded already is known again. */
export async function takeOver(deps: Pick<SkippingDeps, 'kafka' | 'prefix' | 'owner' | 'operations' | 'operator'>): Promise<void> {
  await deps.operations.order(deps.operator, { operation: 'intake.take-over', subject: 'intake' });
  await claimGroup(deps.kafka, groupOf(deps), { anew: true });
}

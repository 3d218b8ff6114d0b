import type { Clock } from '@touchline/core';
import { intakeGroup, intakeTopicSpecs, intakeTopics } from '@touchline/intake-state/topics.js';
import type { Kafka } from '@touchline/kafka';
import { FencedProducer, ensureTopics, positionsOf, readTopic } from '@touchline/kafka';
import type { PersonalKeys } from '@touchline/sealing';
import { PersonalKeyMissing, SealBroken } from '@touchline/sealing';
import type { Intake, IntakeOutcome } from './intake.js';
import type { Reject } from './reject.js';
import type { IntakeOwner } from './run-intake.js';
import { messageOf, rejectOf, rejectRecord, settledRecord } from './reject.js';

/** Which of the rejects are meant; all that stand, where nothing is said. */
export interface RejectsWanted {
  partition?: number;
  offset?: string;
  source?: string;
  code?: string;
}

/** The rejects about which something is left to do, in the order in which their messages came. */
export async function standingRejects(kafka: Kafka, prefix: string, wanted: RejectsWanted = {}): Promise<Reject[]> {
  await ensureTopics(kafka, intakeTopicSpecs(prefix));
  const standing = new Map<string, Reject>();
  await readTopic(kafka, intakeTopics(prefix).rejected, ({ key, value }) => {
    const place = String(key);
    // The last of a place says how it stands.
    if (value === null) standing.delete(place);
    else standing.set(place, JSON.parse(value.toString()) as Reject);
  });
  return [...standing.values()].filter((reject) => isWanted(reject, wanted)).sort((a, b) => inOrder(a, b));
}

const isWanted = ({ from, problem }: Reject, { partition, offset, source, code }: RejectsWanted): boolean =>
  (partition === undefined || from.partition === partition) &&
  (offset === undefined || from.offset === offset) &&
  (source === undefined || from.source === source) &&
  (code === undefined || problem.code === code);

const inOrder = (a: Reject, b: Reject): number =>
  a.from.partition - b.from.partition || Number(BigInt(a.from.offset) - BigInt(b.from.offset));

/** What came of trying a reject again. */
export type Retried = { reject: Reject } & (IntakeOutcome | { kind: 'unreadable' } | { kind: 'cut' });

export interface RetryDeps {
  kafka: Kafka;
  prefix: string;
  owner: IntakeOwner;
  intake: Intake;
  keys: PersonalKeys;
  clock: Clock;
}

/**
 * Tries rejects again, as they were sent. What is recorded now is settled; what is refused still stands, with the problem of
 * this time. Cut short it may be done again: a message is recorded once. Of two at once the first ends with an error.
 * @throws whatever is a fault of ours; GroupOwnedElsewhere where the rejects are for another installation to settle
 */
export async function* retryRejects(deps: RetryDeps, rejects: readonly Reject[]): AsyncGenerator<Retried> {
  const { kafka, prefix, owner, intake, keys, clock } = deps;
  const { intake: topic, rejected } = intakeTopics(prefix);
  const groupId = intakeGroup(prefix, owner.logId);
  await positionsOf(kafka, { groupId, topic, owner: owner.installation });
  const producer = await FencedProducer.open(kafka, `${groupId}.retry`);
  try {
    for (const reject of rejects) {
      if (reject.cut !== undefined) {
        yield { kind: 'cut', reject };
        continue;
      }
      const message = await messageOf(keys, reject).catch((error: unknown) => {
        if (error instanceof SealBroken || error instanceof PersonalKeyMissing) return null;
        throw error;
      });
      if (message === null) {
        yield { kind: 'unreadable', reject };
        continue;
      }
      const outcome = await intake.take(message);
      const [from, now] = [reject.from, await clock.now()];
      const record =
        outcome.kind === 'recorded'
          ? settledRecord(rejected, from, now)
          : rejectRecord(rejected, await rejectOf(keys, message, { problem: outcome.problem, from, now, tries: reject.tries + 1 }));
      await producer.commit([record]);
      yield { ...outcome, reject };
    }
  } finally {
    await producer.close();
  }
}

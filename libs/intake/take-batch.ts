import type { Clock } from '@touchline/core';
import type { OutgoingRecord, ReceivedBatch, ReceivedRecord } from '@touchline/kafka';
import type { PersonalKeys } from '@touchline/sealing';
import { BackOff, pause } from '@touchline/subscriptions/pause.js';
import type { Intake, IntakeOutcome } from './intake.js';
import { rejectOf, rejectRecord } from './reject.js';

/** Told what becomes of messages, for logs and metrics; never what they hold. */
export interface IntakeObserver {
  taken(outcome: IntakeOutcome, at: { partition: number; offset: string; seconds: number }): void;
  /** How many messages of a partition are still to be taken. */
  left(partition: number, messages: number): void;
  /** A fault of ours: the partition stands until it is over. */
  blocked(at: { partition: number; offset: string }, error: unknown): void;
  unblocked(partition: number): void;
  /** The brokers are away, or the topics are not as declared; it is tried again. */
  fault(error: unknown): void;
}

export interface TakingDeps {
  intake: Intake;
  keys: PersonalKeys;
  clock: Clock;
  /** Full name of the topic of what is not taken. */
  rejected: string;
  observer: IntakeObserver;
}

/** So many messages at most are worked off anew after a crash; they are then answered as repeated. */
const COMMIT_EVERY = 100;

/**
 * Takes the messages of a partition one after the other. One that is refused goes to the rejects and holds nobody up; a
 * fault of ours does, for as long as it lasts, since nobody can say yet what becomes of the message.
 */
export async function takeBatch(deps: TakingDeps, batch: ReceivedBatch, signal: AbortSignal): Promise<void> {
  let rejects: OutgoingRecord[] = [];
  let open = 0;
  let last: ReceivedRecord | undefined;
  const commit = async (): Promise<void> => {
    if (last !== undefined && open > 0) await batch.commit(last, rejects);
    [rejects, open] = [[], 0];
  };
  for (const record of batch.records) {
    const reject = await untilTaken(deps, batch, record, signal, commit);
    if (reject === 'stopped') return commit();
    if (reject !== null) rejects.push(reject);
    [last, open] = [record, open + 1];
    if (open >= COMMIT_EVERY) await commit();
    if (!(await batch.mayGoOn())) return commit();
  }
  await commit();
  if (last !== undefined) deps.observer.left(batch.partition, Number(batch.end) - Number(last.offset) - 1);
}

/** The reject that a message comes to; null where it was recorded. */
async function untilTaken(
  deps: TakingDeps,
  batch: ReceivedBatch,
  record: ReceivedRecord,
  signal: AbortSignal,
  beforeWaiting: () => Promise<void>,
): Promise<OutgoingRecord | null | 'stopped'> {
  const { partition, offset } = record;
  const backOff = new BackOff();
  let stands = false;
  try {
    for (;;) {
      try {
        return await take(deps, record);
      } catch (error) {
        stands = true;
        deps.observer.blocked({ partition, offset }, error);
      }
      // What came before is done, and does not wait for this one.
      await beforeWaiting();
      if (!(await waited(backOff.next(), batch, signal))) return 'stopped';
    }
  } finally {
    if (stands) deps.observer.unblocked(partition);
  }
}

async function take({ intake, keys, clock, rejected, observer }: TakingDeps, record: ReceivedRecord): Promise<OutgoingRecord | null> {
  const { topic, partition, offset } = record;
  const started = performance.now();
  const outcome = await intake.take(record);
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
  return reject === null ? null : rejectRecord(rejected, reject);
}

const SIGN_OF_LIFE_MS = 1_000;

async function waited(ms: number, batch: ReceivedBatch, signal: AbortSignal): Promise<boolean> {
  for (let left = ms; left > 0; left -= SIGN_OF_LIFE_MS) {
    await pause(Math.min(left, SIGN_OF_LIFE_MS), signal);
    if (signal.aborted || !(await batch.mayGoOn())) return false;
  }
  return true;
}

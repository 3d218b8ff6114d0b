import { BestEffort } from '@touchline/core';
import { IntakeStanding } from '@touchline/intake-state/standing.js';
import { partitionLags } from '@touchline/intake-state/lag.js';
import { intakeGroup, intakeTopics } from '@touchline/intake-state/topics.js';
import type { Kafka } from '@touchline/kafka';
import { Copies } from '@touchline/moving';
import type { Platform } from '@touchline/platform';
import { openKafka, whyNoBrokers } from '@touchline/platform/relay.js';
import { NotReady } from '@touchline/server/health.controller.js';
import { problemOf } from '@touchline/server/problem-of.js';
import { endsWithin } from '@touchline/subscriptions';
import { pause } from '@touchline/subscriptions/pause.js';
import { Intake } from './intake.js';
import type { IntakeOwner } from './run-intake.js';
import { runIntake } from './run-intake.js';
import type { IntakeObserver } from './batch-consumer.js';

export interface RunningIntake {
  /** Lets the message in hand finish, and gives the partitions back, within the time. */
  drain(timeoutMs: number): Promise<void>;
  /** @throws NotReady while messages wait for a fault of ours to be over, or nobody can say whether any wait */
  check(): Promise<void>;
}

/** How far behind it is is asked of the brokers this often. */
const LAG_EVERY_MS = 5_000;
const BEGINS_EVERY_MS = 100;

/** What keeps this process from taking messages in. */
interface Faults {
  /** Before that there may be no topic to ask about. */
  begun: boolean;
  blocked: Set<number>;
  /** Nothing is taken at all. */
  down: string | null;
  /** How far behind it is is not known. */
  lag: string | null;
}

/** Takes messages in from `KAFKA_BROKERS` until drained; rests where there are none. */
export function startIntake(platform: Platform): RunningIntake {
  const { settings, keys, clock, logger, pool, tracing } = platform;
  const { prefix } = settings.topics;
  const kafka = openKafka(platform, 'intake');
  if (kafka === null) logger.info(`the intake rests: ${whyNoBrokers(settings)}`);
  const ending = new AbortController();
  const faults: Faults = { begun: false, blocked: new Set(), down: null, lag: null };
  const standing = new IntakeStanding(pool, intakeTopics(prefix).intake);
  const deps = { keys, clock, tracing, prefix, intake: intakeOn(platform), observer: observer(platform, faults, standing) };
  const owner = (): Promise<IntakeOwner> => ownerOf(platform, standing);
  const running =
    kafka === null
      ? Promise.resolve()
      : Promise.all([runIntake({ ...deps, kafka, owner }, ending.signal), watchLag(platform, kafka, faults, ending.signal)]);
  return {
    async drain(timeoutMs) {
      ending.abort();
      await endsWithin(running, timeoutMs);
    },
    async check() {
      if (faults.down !== null) throw new NotReady(`no messages are taken in: ${faults.down}`);
      if (faults.blocked.size > 0) throw new NotReady(`standing: partitions ${[...faults.blocked].sort().join(', ')} of the intake`);
      if (faults.lag !== null) throw new NotReady(`the brokers do not say how many messages wait: ${faults.lag}`);
    },
  };
}

export const intakeOn = ({ services, users, claims, settings, logger }: Platform): Intake =>
  new Intake({
    ...{ services, users, claims, secret: settings.secrets.identityHmacSecret, limitBytes: settings.http.bodyLimitBytes },
    keyKept: (error) => logger.warn({ err: error }, 'a message was refused, and its key not given back: it stays with the message'),
  });

export async function ownerOf({ store, pool }: Platform, standing: IntakeStanding): Promise<IntakeOwner> {
  const logId = await store.logId();
  return { logId, logsBefore: await new Copies(pool).movedFrom(logId), installation: await standing.installation() };
}

/** The lag of every partition, as the brokers have it; what is not known is absent, and is a fault. */
async function watchLag({ settings, store, metrics }: Platform, kafka: Kafka, faults: Faults, signal: AbortSignal): Promise<void> {
  const { prefix } = settings.topics;
  while (!faults.begun && !signal.aborted) await pause(BEGINS_EVERY_MS, signal);
  while (!signal.aborted) {
    try {
      const groupId = intakeGroup(prefix, await store.logId());
      const lags = await partitionLags(kafka, { groupId, topic: intakeTopics(prefix).intake });
      for (const { partition, waiting } of lags) metrics.intakeLag.set({ partition: String(partition) }, waiting);
      faults.lag = null;
    } catch (error) {
      metrics.intakeLag.reset();
      faults.lag = nameOf(error);
    }
    await pause(LAG_EVERY_MS, signal);
  }
}

function observer({ logger, metrics, holder }: Platform, faults: Faults, standing: IntakeStanding): IntakeObserver {
  const { blocked } = faults;
  // It only informs operators; what is away has a probe of its own.
  const noting = new BestEffort((error) => logger.warn({ err: error }, 'where the intake stands was not noted; it goes on'));
  const told = (): void => {
    metrics.intakeBlocked.set(blocked.size);
  };
  return {
    taken(outcome, { partition, offset, seconds }) {
      metrics.intakeSeconds.observe(seconds);
      if (outcome.kind === 'recorded') {
        metrics.intakeMessages.inc({ outcome: outcome.repeated ? 'repeated' : 'recorded' });
        return;
      }
      const { code } = outcome.problem;
      metrics.intakeMessages.inc({ outcome: 'refused' });
      metrics.refusals.inc({ code });
      // What the message says of itself is the sender's word, and stands with the reject.
      logger.warn({ partition, offset, code }, 'a message was not taken');
    },
    blocked({ partition, offset }, error) {
      const isNews = !blocked.has(partition);
      blocked.add(partition);
      told();
      void noting.run(() => standing.stands({ partition, offset, fault: nameOf(error), holder }));
      if (isNews) logger.error({ partition, offset, err: error }, 'a partition of the intake stands until this is over');
    },
    unblocked(partition) {
      blocked.delete(partition);
      told();
      void noting.run(() => standing.goesOn([partition]));
      logger.info({ partition }, 'the partition of the intake stands no longer');
    },
    assigned(partitions) {
      [faults.begun, faults.down] = [true, null];
      // One that was taken over stands with the other now, if it does.
      for (const partition of blocked) if (!partitions.includes(partition)) blocked.delete(partition);
      told();
      void noting.run(() => standing.goesOn(partitions.filter((partition) => !blocked.has(partition))));
    },
    fault(error) {
      faults.down = nameOf(error);
      blocked.clear();
      told();
      logger.warn({ err: error }, 'the intake lost its footing; it will try again');
    },
  };
}

/** A fault without its insides. */
function nameOf(error: unknown): string {
  const { code } = problemOf(error);
  return code === 'internal' && error instanceof Error ? error.name : code;
}

import type { Platform } from '@touchline/platform';
import { openKafka } from '@touchline/platform/relay.js';
import { endsWithin } from '@touchline/subscriptions';
import { Intake } from './intake.js';
import { runIntake } from './run-intake.js';
import type { IntakeObserver } from './take-batch.js';

export interface RunningIntake {
  /** Lets the message in hand finish, and gives the partitions back, within the time. */
  drain(timeoutMs: number): Promise<void>;
  /** Fails while messages wait for a fault of ours to be over. */
  check(): Promise<void>;
}

/** Takes messages in from `KAFKA_BROKERS` until drained; rests where there are none. */
export function startIntake(platform: Platform): RunningIntake {
  const { settings, keys, clock, logger } = platform;
  const kafka = openKafka(platform, 'intake');
  if (kafka === null) logger.info('the intake rests: KAFKA_BROKERS is not set');
  const ending = new AbortController();
  const blocked = new Set<number>();
  const deps = { keys, clock, prefix: settings.topics.prefix, intake: intakeOn(platform), observer: observer(platform, blocked) };
  const running = kafka === null ? Promise.resolve() : runIntake({ ...deps, kafka }, ending.signal);
  return {
    async drain(timeoutMs) {
      ending.abort();
      await endsWithin(running, timeoutMs);
    },
    async check() {
      if (blocked.size > 0) throw new Error(`standing: partitions ${[...blocked].join(', ')} of the intake`);
    },
  };
}

export const intakeOn = ({ services, users, claims, settings }: Platform): Intake =>
  new Intake({ services, users, claims, secret: settings.secrets.identityHmacSecret, limitBytes: settings.http.bodyLimitBytes });

function observer({ logger, metrics }: Platform, blocked: Set<number>): IntakeObserver {
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
    left(partition, messages) {
      metrics.intakeLag.set({ partition: String(partition) }, messages);
    },
    blocked({ partition, offset }, error) {
      const isNews = !blocked.has(partition);
      blocked.add(partition);
      metrics.intakeBlocked.set(blocked.size);
      if (isNews) logger.error({ partition, offset, err: error }, 'the intake stands until this is over');
    },
    unblocked(partition) {
      blocked.delete(partition);
      metrics.intakeBlocked.set(blocked.size);
      logger.info({ partition }, 'the intake stands no longer');
    },
    fault(error) {
      blocked.clear();
      metrics.intakeBlocked.set(0);
      logger.warn({ err: error }, 'the intake lost its footing; it will try again');
    },
  };
}

import type { Settings } from '@touchline/config';
import type { Kafka, KafkaOptions } from '@touchline/kafka';
import { ProducerThread, kafkaClient } from '@touchline/kafka';
import { Copies } from '@touchline/moving';
import type { Tracing } from '@touchline/observability';
import type { RelayObserver } from '@touchline/relay';
import { RelayStatus, runRelay } from '@touchline/relay';
import type { Traced } from '@touchline/relay/record-builder.js';
import { LatestManifests } from '@touchline/relay/latest-manifests.js';
import { spanOf } from '@touchline/relay/record.js';
import { endsWithin } from '@touchline/subscriptions';
import { topics } from '@touchline/topics';
import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';

export interface Relay {
  /** Lets the transaction in hand finish and gives back the lease, within the time. */
  drain(timeoutMs: number): Promise<void>;
  /** Fails while the relay stands still for an operator, or rests. */
  check(): Promise<void>;
}

/** Tells the log on the topics of `KAFKA_BROKERS` until drained; rests where there are none. */
export function startRelay(platform: Platform): Relay {
  const { settings, pool, logger } = platform;
  const { prefix, relayBatchSize, manifestEvery, manifestIntervalSeconds } = settings.topics;
  const status = new RelayStatus(pool, prefix);
  const options = kafkaOptions(platform, 'relay');
  const ending = new AbortController();
  if (options === null) logger.info(`the relay rests: ${whyNoBrokers(settings)}`);
  const keys = platform.logHeads.keys;
  const running: Promise<void> =
    options === null
      ? Promise.resolve()
      : runRelay(
          {
            ...platform,
            ...{ kafka: kafkaClient(options), prefix, topics, status, latest: new LatestManifests(pool, prefix), manifestEvery },
            openProducer: (transactionalId) => ProducerThread.open(options, transactionalId),
            signer: { keyId: keys.current.keyId, sign: (text) => keys.signText(text).signature },
            manifestIntervalMs: manifestIntervalSeconds * 1000,
            now: () => new Date().toISOString(),
            followMove: async (logId, position) => new Copies(pool).follow(logId, position, await platform.store.logId()),
            observer: observer(platform),
            ...leasesOf(platform),
            batchSize: relayBatchSize,
          },
          ending.signal,
        );
  return {
    async drain(timeoutMs) {
      ending.abort();
      await endsWithin(running, timeoutMs);
    },
    async check() {
      const stands = await status.get();
      if (stands?.state === 'stopped') throw new Error(`the relay stands still: ${stands.code}`);
    },
  };
}

/** Why no broker is spoken to; null where they are. */
export function whyNoBrokers({ topics: { brokers, rehearsal } }: Settings): string | null {
  if (brokers === undefined) return 'KAFKA_BROKERS is not set';
  return rehearsal === 'on' ? 'REHEARSAL is on' : null;
}

/** A client of the brokers in the settings; null where none are named, or this is a rehearsal. */
export function openKafka(platform: Pick<Platform, 'settings' | 'logger'>, role: string): Kafka | null {
  const options = kafkaOptions(platform, role);
  return options && kafkaClient(options);
}

function kafkaOptions({ settings, logger }: Pick<Platform, 'settings' | 'logger'>, role: string): KafkaOptions | null {
  const { brokers, tls, saslMechanism: mechanism, username, password = '' } = settings.topics;
  if (brokers === undefined || whyNoBrokers(settings) !== null) return null;
  return {
    brokers,
    clientId: `touchline-${role}`,
    tls: tls === 'on',
    ...(username !== undefined && { sasl: { mechanism, username, password } }),
    onTrouble: (message) => logger.debug({ message }, 'kafka'),
  };
}

function observer({ logger, metrics, tracing }: Platform): RelayObserver {
  let known = '';
  return {
    state(state) {
      metrics.setRelay(state);
      // One that stands by looks again and again; only a change is news.
      if (known !== state) logger.info({ state }, 'relay');
      known = state;
    },
    sent({ events, messages, traced, seconds }) {
      metrics.relayedEvents.inc(events);
      metrics.relayTransactions.observe(seconds);
      for (const [topic, count] of messages) metrics.relayedMessages.inc({ topic }, count);
      if (tracing !== null) tellSent(tracing, traced, seconds);
    },
    created(names) {
      if (names.length > 0) logger.info({ topics: names }, 'topics created');
    },
    stopped({ code, message }) {
      logger.error({ code, detail: message }, 'the relay stands still until an operator acts');
    },
    fault(error) {
      metrics.setRelay(null);
      known = '';
      logger.warn({ err: error }, 'the relay lost its footing; it will try again');
    },
    unnoted(error) {
      logger.warn({ err: error }, 'what the relay notes beside the topics was not written; it goes on');
    },
  };
}

/** A span for each event, under the id that its messages name as the parent of whatever they lead to. */
function tellSent(tracing: Tracing, traced: ReadonlyMap<string, Traced>, seconds: number): void {
  for (const [eventId, { traceparent, topics: told }] of traced) {
    const [topic] = told;
    const one = told.length === 1 ? { 'messaging.destination.name': topic ?? '' } : { 'messaging.batch.message_count': told.length };
    const attributes = { 'messaging.system': 'kafka', 'messaging.operation.type': 'send', 'messaging.operation.name': 'send', ...one };
    const name = told.length === 1 ? `send ${topic}` : 'send';
    tracing.done({ name, kind: 'producer', attributes }, { traceparent, seconds, spanId: spanOf(eventId) });
  }
}

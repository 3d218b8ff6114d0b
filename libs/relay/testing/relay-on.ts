import type { Settings } from '@touchline/config';
import type { Platform, Relay } from '@touchline/platform';
import { startRelay } from '@touchline/platform';
import { eventually } from '@touchline/testing/eventually.js';
import type { TestKafka } from '@touchline/testing/kafka.js';
import { RelayStatus } from '../status.js';

/** The same platform with a Kafka: what the tests of the relay set differently. */
export const withTopics = (platform: Platform, kafka: TestKafka, more: Partial<Settings['topics']> = {}): Platform => ({
  ...platform,
  settings: {
    ...platform.settings,
    topics: { ...platform.settings.topics, brokers: kafka.brokers.split(','), prefix: kafka.prefix, ...more },
  },
});

/** Runs a relay for so long as the work takes. */
export async function whileRelaying<T>(platform: Platform, work: (relay: Relay) => Promise<T>): Promise<T> {
  const relay = startRelay(platform);
  try {
    return await work(relay);
  } finally {
    await relay.drain(20_000);
  }
}

/** Waits until the topics tell everything that is recorded now. */
export async function untilTold(platform: Platform, boundMs = 60_000): Promise<void> {
  const head = await platform.store.head();
  const status = new RelayStatus(platform.pool, platform.settings.topics.prefix);
  await eventually(async () => {
    const stands = await status.get();
    if (stands?.state === 'stopped') throw new Error(`the relay stands still: ${stands.code} ${stands.detail}`);
    return (stands?.position ?? '') >= (head ?? '');
  }, boundMs);
}

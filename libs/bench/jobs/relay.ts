import { setTimeout as delay } from 'node:timers/promises';
import { growHeapSlowly } from '@touchline/event-store';
import { kafkaClient, ensureTopics } from '@touchline/kafka';
import type { Platform } from '@touchline/platform';
import { startRelay } from '@touchline/platform';
import { RelayStatus, topicSpecs } from '@touchline/relay';
import { topics } from '@touchline/topics';
import { withPlatform } from '../data/open.js';
import type { Job } from './job.js';

export interface RelayInput {
  url: string;
  brokers: string;
  /** Of the topics; nothing was told on them yet. */
  prefix: string;
}

const LOOKS_EVERY_MS = 10;
const PATIENCE_MS = 30_000;

const relaying = <T>({ url, brokers, prefix }: RelayInput, work: (platform: Platform) => Promise<T>): Promise<T> => {
  growHeapSlowly();
  return withPlatform(url, work, { KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix });
};

/** Tells a log from its beginning to its end: lease, fence, numbers, messages, manifests and positions, as the relay does. */
export const relay: Job<RelayInput, { events: number; messages: number; seconds: number }> = (input) =>
  relaying(input, async (platform) => {
    await ensureTopics(kafkaClient({ brokers: [input.brokers], clientId: 'bench' }), topicSpecs(input.prefix, topics));
    const began = performance.now();
    const running = startRelay(platform);
    await untilAt(platform, input.prefix, await platform.store.head());
    const seconds = (performance.now() - began) / 1000;
    await running.drain(10_000);
    return { ...(await counts(platform)), seconds };
  });

/** Tells what comes, from where the topics say, until the parent says to go on. */
export const relayOn: Job<RelayInput, object> = (input, parent) =>
  relaying(input, async (platform) => {
    const running = startRelay(platform);
    await untilAt(platform, input.prefix, await platform.store.head());
    parent.tell({});
    await parent.goOn();
    await running.drain(10_000);
    return {};
  });

/** Waits as long as it gets on. */
async function untilAt({ pool }: Platform, prefix: string, head: string | null): Promise<void> {
  const status = new RelayStatus(pool, prefix);
  let [reached, since] = ['', performance.now()];
  while (reached < (head ?? '')) {
    await delay(LOOKS_EVERY_MS);
    const stands = await status.get();
    if (stands?.state === 'stopped') throw new Error(`the relay stands still: ${stands.code} ${stands.detail}`);
    if ((stands?.position ?? '') !== reached) [reached, since] = [stands?.position ?? '', performance.now()];
    else if (performance.now() - since > PATIENCE_MS) throw new Error(`the relay does not get on: ${stands?.trouble ?? ''}`);
  }
}

async function counts({ metrics }: Platform): Promise<{ events: number; messages: number }> {
  const sum = ({ values }: { values: { value: number }[] }): number => values.reduce((total, { value }) => total + value, 0);
  return { events: sum(await metrics.relayedEvents.get()), messages: sum(await metrics.relayedMessages.get()) };
}

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Record } from '@touchline/commands';
import type { Issuer } from '@touchline/commands';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform } from '@touchline/platform';
import type { JourneyCommand } from '@touchline/touchpoints/journey/journey.decider.js';
import { journeyDecider } from '@touchline/touchpoints/journey/journey.decider.js';
import { pause } from '@touchline/subscriptions';
import { eventsOf, refused, visited } from './testing/look.js';
import type { Client } from './testing/use-api.js';
import { useApi } from './testing/use-api.js';

describe('two processes that record on the same streams', () => {
  const api = useApi();
  let li: Client;
  let other: Platform;
  beforeAll(async () => {
    li = await api.as('li');
    const { settings } = api.platform;
    const logger = createLogger({ role: 'test', level: 'silent' });
    other = await openPlatform({ settings, role: 'test', logger, metrics: new Metrics(), clock: { now: () => Promise.resolve(api.now) } });
  });
  afterAll(() => other.close());

  let phones = 0;
  const received = (): ReturnType<typeof visited> => visited(api, li, `137${33_000_000 + (phones += 1)}`);
  const call = (journeyId: string, note: string) => ({ occurredAt: api.now, journeyId, reached: true, note });
  const fromElsewhere = (): Issuer => {
    const id = randomUUID();
    return {
      ...{ tenant: 'dongfang', sites: 'all', actor: { kind: 'user', id: li.userId }, commandId: id },
      ...{ requestHash: id, correlationId: id, causationId: id },
    };
  };
  const elsewhere = async (order: JourneyCommand): Promise<void> => {
    const { journeyId } = order;
    const outcome = await Record.onJourney(fromElsewhere(), { journeyId, decider: journeyDecider, command: order }).run(other.services);
    expect(outcome.kind).toBe('recorded');
  };

  it('refuse and take what the other has made of a journey, whatever they hold of it', async () => {
    const { journeyId } = await received();
    await li.record('/calls/made', call(journeyId, '一'));
    await elsewhere({ act: 'lose', journeyId, occurredAt: api.now, loss: { kind: 'gave-up' } });
    await refused(api, li, 'journey.not-open', '/calls/made', call(journeyId, '二'));
    await elsewhere({ act: 'reactivate', journeyId, occurredAt: api.now, reactivation: { cause: 'manager' }, byManager: true });
    await li.record('/calls/made', call(journeyId, '三'));
    const revisions = (await eventsOf(api, 'journey', journeyId)).map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, place) => place));
  });

  it('keep nothing of a person whom the other erased', async () => {
    const { customerId, journeyId } = await received();
    await li.record('/calls/made', call(journeyId, '赵小敏一'));
    await li.record(`/customers/${customerId}/details`, { name: '赵小敏' });
    await li.record('/calls/made', call(journeyId, '赵小敏二'));
    const outcome = await Record.erasure(fromElsewhere(), { customerId, erasure: { askedBy: 'person', reason: 'asked' } }).run(
      other.services,
    );
    expect(outcome.kind).toBe('recorded');
    await refused(api, li, 'customer.erased', `/customers/${customerId}/details`, { name: '赵小敏' });
    const owner = { tenant: 'dongfang', subject: `customer:${customerId}` };
    const isKnown = async (): Promise<boolean> => (await api.platform.keys.openKeys([owner])).get(owner) !== null;
    for (const until = performance.now() + 10_000; performance.now() < until && (await isKnown());) await pause(20);
    await li.record('/calls/made', call(journeyId, '赵小敏三'));
    const journey = await eventsOf(api, 'journey', journeyId);
    expect(journey.at(-1)?.data['note']).toEqual({ erased: true });
    expect(JSON.stringify(await api.platform.sealing.open(journey))).not.toContain('赵');
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { LocalCredentials } from '@touchline/auth';
import type { StoredEvent } from '@touchline/event-store';
import { PASSWORD } from '@touchline/server/testing/group.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { TENANT } from './cast.js';
import { seedDemo } from './seed.js';
import { stories } from './stories.js';

describe('the demonstration', () => {
  const api = useApi();
  const seed = (): Promise<void> => seedDemo(api.platform.services, new LocalCredentials(api.platform.pool), PASSWORD);
  const told = async (): Promise<StoredEvent[]> => {
    const events: StoredEvent[] = [];
    for await (const event of api.platform.store.readAll()) if (event.metadata.includes(`"tenant":"${TENANT}"`)) events.push(event);
    return events;
  };
  let events: StoredEvent[] = [];
  beforeAll(async () => {
    await seed();
    events = await told();
  });

  it('adds nothing when it is told again', async () => {
    await seed();
    expect((await told()).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('is the same every time', () => {
    expect(stories()).toEqual(stories());
  });

  it('breaks no rule of the business', () => {
    expect(events.filter(({ metadata }) => metadata.includes('"deviations"'))).toEqual([]);
  });

  it('shows every act there is a story for', () => {
    const types = new Set(events.map(({ type }) => type));
    const acts = ['call-received', 'call-made', 'visit-received', 'contact-recorded', 'touchpoint-recorded', 'quote-revised'];
    const ends = ['contract-signed', 'contract-cancelled', 'handover-completed', 'complaint-closed', 'journey-lost'];
    expect([...acts, ...ends].filter((type) => !types.has(type))).toEqual([]);
  });

  it('keeps everything personal sealed, invented as it is', () => {
    const people = stories().flatMap(({ person }) => person ?? []);
    expect(people.length).toBe(120);
    const text = events.map(({ data, metadata }) => data + metadata).join('\n');
    expect(people.filter(({ phone }) => text.includes(phone.slice(3)))).toEqual([]);
  });
});

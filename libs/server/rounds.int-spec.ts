import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokensFrom } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import { loadSettings } from '@touchline/config';
import { useWireServer } from '@touchline/event-store/testing/wire-server/use-wire-server.js';
import type { WireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import { startWireServer } from '@touchline/event-store/testing/wire-server/wire-server.js';
import type { RecordedAnswer } from '@touchline/http';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform } from '@touchline/platform';
import { PATIENT } from '@touchline/testing/patience.js';
import { useDatabase } from '@touchline/testing/postgres.js';
import { newSecrets } from '@touchline/testing/secrets.js';
import { createApi } from './create-api.js';
import type { Served } from './serve.js';
import { seedGroups } from './testing/group.js';

describe('how often a call received waits for the log, one time after another', () => {
  const behind = useWireServer();
  const database = useDatabase();
  const now = '2026-06-01T02:00:00.000Z';
  let server: WireServer;
  let platform: Platform;
  let api: Served;
  let url: string;
  let authorization: string;

  beforeAll(async () => {
    // What is asked together is to arrive together, however busy the machine is.
    server = await startWireServer({ store: behind.behind, latencyMs: 50 });
    const env = { EVENTSTORE_URL: server.connectionString, DATABASE_URL: database.url, NODE_ENV: 'test', LOG_LEVEL: 'silent', PORT: '0' };
    const settings = loadSettings({ ...env, ...newSecrets(), ...PATIENT });
    const clock = { now: () => Promise.resolve(now) };
    const logger = createLogger({ role: 'test', level: 'silent' });
    platform = await openPlatform({ settings, role: 'test', logger, metrics: new Metrics(), clock });
    await seedGroups(platform);
    // No projector: its subscription asks the server, too.
    api = await createApi(platform, { page: false });
    url = await api.listen();
    const token = await tokensFrom(settings, clock).local?.issue({ tenant: 'dongfang', userId: userIdOf('dongfang', 'li') });
    authorization = `Bearer ${token?.token ?? ''}`;
  });
  afterAll(async () => {
    await api.drain();
    await platform.close();
    await server.close();
  });

  async function received(person: { phone: string; name?: string }): Promise<{ answer: RecordedAnswer; rounds: number }> {
    const before = server.rounds;
    const response = await fetch(`${url}/calls/received`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, 'idempotency-key': randomUUID() },
      body: JSON.stringify({ occurredAt: now, siteId: 'pudong', contactTaken: true, person }),
    });
    const answer = (await response.json()) as RecordedAnswer;
    expect([response.status, answer]).toEqual([201, expect.anything()]);
    return { answer, rounds: server.rounds - before };
  }

  it('four times for somebody new: what there is of them; number, customer and journey, which follow each other', async () => {
    await received({ phone: '13700000001', name: '王芳' });
    const { rounds } = await received({ phone: '13700000002', name: '李强' });
    expect(rounds).toBe(4);
  });

  it('four times for somebody known: whose the number is, who that is, their journeys, and the call', async () => {
    const first = await received({ phone: '13700000003', name: '赵敏' });
    const { answer, rounds } = await received({ phone: '13700000003', name: '赵敏' });
    expect([answer.journeyId, rounds]).toEqual([first.answer.journeyId, 4]);
  });
});

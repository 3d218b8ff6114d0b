import { randomUUID } from 'node:crypto';
import { loadSettings } from '@touchline/config';
import type { RecordedAnswer } from '@touchline/http';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform, startProjector } from '@touchline/platform';
import { createApi } from '@touchline/server/create-api.js';
import { PASSWORD, seedGroups } from '@touchline/server/testing/group.js';
import { newSecrets } from '@touchline/testing/secrets.js';

export interface Servers {
  DATABASE_URL: string;
  EVENTSTORE_URL?: string;
}

/** A platform that runs, to be stopped and started on other servers. */
export interface Running {
  platform: Platform;
  /** A call of somebody new. */
  receive(name: string): Promise<RecordedAnswer>;
  get<T>(path: string): Promise<{ status: number; body: T }>;
  stop(): Promise<void>;
}

export const newEnv = (): Record<string, string> => ({
  ...{ NODE_ENV: 'test', LOG_LEVEL: 'silent', PORT: '0', LEASE_TTL_MS: '1000', READ_YOUR_WRITE_TIMEOUT_MS: '15000' },
  ...newSecrets(),
});

const json = { 'content-type': 'application/json' };

/** API and projector with these settings, and the groups of the tests. */
export async function startRunning(env: Record<string, string> & Servers): Promise<Running> {
  const logger = createLogger({ role: 'test', level: 'silent' });
  const platform = await openPlatform({ settings: loadSettings(env), role: 'test', logger, metrics: new Metrics() });
  await seedGroups(platform);
  const projector = startProjector(platform);
  const api = await createApi(platform, { page: false });
  const url = await api.listen();
  const signedIn = async (login: string, tenant = 'dongfang'): Promise<Record<string, string>> => {
    const body = JSON.stringify({ tenant, login, password: PASSWORD });
    const response = await fetch(`${url}/sign-in`, { method: 'POST', headers: json, body });
    return { authorization: `Bearer ${((await response.json()) as { token: string }).token}` };
  };
  const [li, admin, operator] = [await signedIn('li'), await signedIn('admin'), await signedIn('ops', 'platform')];
  return {
    platform,
    async receive(name) {
      const phone = `135${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`;
      const call = { occurredAt: new Date().toISOString(), siteId: 'pudong', person: { name, phone }, contactTaken: true };
      const headers = { ...json, ...li, 'idempotency-key': randomUUID() };
      const response = await fetch(`${url}/calls/received`, { method: 'POST', headers, body: JSON.stringify(call) });
      if (response.status !== 201) throw new Error(`the call was answered with ${response.status}: ${await response.text()}`);
      return (await response.json()) as RecordedAnswer;
    },
    async get<T>(path: string) {
      const response = await fetch(url + path, { headers: path.startsWith('/admin/projections') ? operator : admin });
      return { status: response.status, body: (await response.json()) as T };
    },
    async stop() {
      await api.drain();
      await projector.drain(10_000);
      await platform.close();
    },
  };
}

import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { SITES } from '@touchline/demo/cast.js';
import { chanceFrom } from '@touchline/testing/crash/chance.js';
import type { Job } from './job.js';
import { atOnce } from './at-once.js';
import { quantile } from '../statistics.js';

export interface LoadInput {
  address: string;
  token: string;
  connections: number;
  seconds: number;
  /** Journeys that calls are made on, one drawn for each request; null for calls received, each of somebody new. */
  journeys: readonly string[] | null;
  seed: number;
}

/** A site of the demonstration. */
const SITE = SITES[0]?.id ?? '';

/** Sends calls over so many connections, each as soon as the one before is answered. */
export const load: Job<LoadInput, { perSecond: number; p99Ms: number }> = async (input) => {
  const { address, token, connections, seconds, journeys, seed } = input;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const chance = chanceFrom(seed);
  const { perSecond, latenciesMs } = await atOnce(connections, seconds, 1, async () => {
    const said = {
      occurredAt: new Date(Date.now() - 1_000).toISOString(),
      durationSeconds: 60 + chance.below(240),
      note: '再次电话回访,客户表示周末再来看看。',
    };
    const person = { phone: `13${String(chance.below(1_000_000_000)).padStart(9, '0')}`, name: '王芳' };
    const body =
      journeys === null
        ? { ...said, siteId: SITE, contactTaken: true, person }
        : { ...said, journeyId: chance.pick(journeys), reached: true };
    await post(agent, `${address}/calls/${journeys === null ? 'received' : 'made'}`, token, JSON.stringify(body));
  });
  agent.destroy();
  return { perSecond, p99Ms: quantile(latenciesMs, 0.99) };
};

const post = (agent: Agent, url: string, token: string, body: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'idempotency-key': randomUUID(),
    };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => (response.statusCode === 201 ? resolve() : reject(new Error(text))));
    });
    sent.on('error', reject);
    sent.end(body);
  });

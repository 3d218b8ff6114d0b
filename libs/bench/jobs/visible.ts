import { setTimeout as delay } from 'node:timers/promises';
import { recordOnJourney } from '@touchline/commands';
import type { Position } from '@touchline/core';
import { toIso } from '@touchline/core';
import { TENANT } from '@touchline/demo';
import { demoIssuer } from '@touchline/demo/issuer.js';
import type { Platform } from '@touchline/platform';
import { customerStatusProjection as view } from '@touchline/projections/customer-status/customer-status.projection.js';
import { waitFor } from '@touchline/subscriptions';
import { callDecider } from '@touchline/touchpoints/call/call.decider.js';
import { chanceFrom } from '@touchline/testing/crash/chance.js';
import { SENDER } from '../data/prepare.js';
import { withPlatform } from '../data/open.js';
import { quantile } from '../statistics.js';
import type { Job } from './job.js';

export interface VisibleInput {
  url: string;
  perSecond: number;
  seconds: number;
  journeys: readonly string[];
  seed: number;
}

const PATIENCE_MS = 10_000;
const WARMING_UP = 0.3;

/** Records so many calls a second, and of each waits, from the answer on, until a query of the view shows it. */
export const visible: Job<VisibleInput, { p50Ms: number; p99Ms: number }> = ({ url, perSecond, seconds, journeys, seed }) =>
  withPlatform(url, async (platform) => {
    const chance = chanceFrom(seed);
    const count = Math.ceil(seconds * perSecond);
    const first = -Math.ceil(count * WARMING_UP);
    const began = performance.now();
    const all: Promise<number>[] = [];
    for (let n = first; n < count; n++) {
      await delay(Math.max(0, began + ((n - first) * 1000) / perSecond - performance.now()));
      const shown = shownAfter(platform, `${seed} ${n}`, chance.pick(journeys));
      shown.catch(() => undefined);
      if (n >= 0) all.push(shown);
    }
    const latencies = await Promise.all(all);
    return { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) };
  });

async function shownAfter(platform: Platform, reference: string, journeyId: string): Promise<number> {
  const recordedAt = await record(platform, reference, journeyId);
  const began = performance.now();
  const { reached } = await waitFor(platform, view.name, recordedAt, PATIENCE_MS);
  const { rows } = await platform.pool.query(
    `select folded_position from read_model.${view.table} where id = $1 and folded_position >= $2`,
    [journeyId, recordedAt],
  );
  if (!reached || rows.length === 0) throw new Error(`not shown within ${PATIENCE_MS} ms`);
  return performance.now() - began;
}

async function record({ services }: Platform, reference: string, journeyId: string): Promise<Position> {
  const occurredAt = toIso(Date.now() - 1_000);
  const data = { channel: 'phone', direction: 'out', responsibleId: SENDER, reached: true } as const;
  const outcome = await recordOnJourney(services, demoIssuer(`visible ${reference}`), {
    journeyId,
    decider: callDecider,
    command: { journeyId, occurredAt, fact: { type: 'call-made', data } },
  });
  if (outcome.kind === 'refused' || outcome.position === null) throw new Error(`a call on ${journeyId} of ${TENANT} was refused`);
  return outcome.position;
}

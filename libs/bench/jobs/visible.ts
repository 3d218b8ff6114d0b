import type { Platform } from '@touchline/platform';
import { CustomerPart } from '@touchline/projections/customer-status/customer-status.entity.js';
import { customerStatusProjection } from '@touchline/projections/customer-status/customer-status.projection.js';
import { tableOf } from '@touchline/projections/table-of.js';
import { waitFor } from '@touchline/subscriptions';
import { chanceFrom } from '@touchline/testing/crash/chance.js';
import { withPlatform } from '../data/open.js';
import { quantile } from '../statistics.js';
import { atRate } from './at-rate.js';
import type { Job } from './job.js';
import { recordCall } from './record-call.js';

const view = { ...customerStatusProjection, ...tableOf(CustomerPart) };

export interface VisibleInput {
  url: string;
  perSecond: number;
  seconds: number;
  journeys: readonly string[];
  seed: number;
  /** Of the platform, beside those of every benchmark. */
  settings?: Record<string, string>;
}

/** On a machine that others use, too. */
const PATIENCE_MS = 60_000;

/** Records so many calls a second, and of each waits, from the answer on, until a query of the view shows it. */
export const visible: Job<VisibleInput, { p50Ms: number; p99Ms: number }> = ({ url, perSecond, seconds, journeys, seed, settings }) =>
  withPlatform(
    url,
    async (platform) => {
      const chance = chanceFrom(seed);
      const latencies = await atRate(perSecond, seconds, (n) => shownAfter(platform, `visible ${seed} ${n}`, chance.pick(journeys)));
      return { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) };
    },
    settings,
  );

async function shownAfter(platform: Platform, reference: string, journeyId: string): Promise<number> {
  const recordedAt = await recordCall(platform, reference, journeyId);
  const began = performance.now();
  const { reached } = await waitFor(platform, view.name, recordedAt, PATIENCE_MS);
  const { rows } = await platform.pool.query(
    `select folded_position from read_model.${view.table} where id = $1 and folded_position >= $2`,
    [journeyId, recordedAt],
  );
  if (!reached) throw new Error(`not reached within ${PATIENCE_MS} ms`);
  if (rows.length === 0) throw new Error(`reached, and not shown: ${recordedAt} of ${journeyId}`);
  return performance.now() - began;
}

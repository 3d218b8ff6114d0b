import { startRebuilds } from '@touchline/platform';
import { CustomerPart } from '@touchline/projections/customer-status/customer-status.entity.js';
import { customerStatusProjection } from '@touchline/projections/customer-status/customer-status.projection.js';
import { tableOf } from '@touchline/projections/table-of.js';
import { buildName } from '@touchline/subscriptions';
import { setTimeout as delay } from 'node:timers/promises';
import { withPlatform } from '../data/open.js';
import type { Job } from './job.js';

const view = { ...customerStatusProjection, ...tableOf(CustomerPart) };

const LOOKS_EVERY_MS = 20;

/** The whole of a rebuild: filled beside the live rows, indexed, compared with them and switched to. */
export const rebuild: Job<{ url: string }, { events: number; seconds: number }> = ({ url }) =>
  withPlatform(url, async (platform) => {
    const { builds, checkpoints } = platform;
    const began = performance.now();
    const build = await builds.begin(view);
    if (build === null) throw new Error(`${view.name} is being rebuilt`);
    const rebuilder = startRebuilds(platform);
    for (let state = build.state; state !== 'live'; state = (await builds.get(build))?.state ?? state) {
      if (state !== 'building') throw new Error(`the rebuild is ${state}`);
      if ((await checkpoints.get(buildName(build)))?.state === 'stopped') throw new Error('the rebuild stopped at an event');
      await delay(LOOKS_EVERY_MS);
    }
    const seconds = (performance.now() - began) / 1000;
    await rebuilder.drain(10_000);
    return { events: (await checkpoints.get(view.name))?.events ?? 0, seconds };
  });

import { customerStatusProjection as view } from '@touchline/projections/customer-status/customer-status.projection.js';
import { runProjection, waitFor } from '@touchline/subscriptions';
import { withPlatform } from '../data/open.js';
import type { Job } from './job.js';

/** Folds the view's rows anew from the whole log: as it catches up, on an empty table. */
export const rebuild: Job<{ url: string }, { events: number; seconds: number }> = ({ url }) =>
  withPlatform(url, async (platform) => {
    const { pool, store, registry, sealing, checkpoints, builds, leases, notifications, holder, settings } = platform;
    const head = await store.head();
    if (head === null) throw new Error('the log is empty');
    let events = 0;
    const ending = new AbortController();
    const began = performance.now();
    const nothing = (): void => undefined;
    const failed = (_: string, failure: unknown): void => {
      throw new Error(JSON.stringify(failure));
    };
    const running = runProjection(
      {
        ...{ pool, store, registry, checkpoints, builds, leases, notifications, holder },
        open: (each) => sealing.open(each),
        observer: { state: nothing, batch: (_, batch) => (events += batch.events), failure: failed, fault: failed },
        heartbeatMs: settings.log.leaseTtlMs / 3,
        batchSize: settings.log.projectionBatchSize,
      },
      view,
      ending.signal,
    );
    await Promise.race([running, waitFor(platform, view.name, head, 3_600_000)]);
    const seconds = (performance.now() - began) / 1000;
    ending.abort();
    await running;
    return { events, seconds };
  });

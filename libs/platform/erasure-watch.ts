import { finishErasure } from '@touchline/identity';
import { keysOfErasedPeople } from '@touchline/projections/customer-streams/customer-streams.query.js';
import type { Regular } from '@touchline/subscriptions';
import { every } from '@touchline/subscriptions';
import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';

const EVERY_MS = 15_000;

/** Looks, at the start and now and then, for erasures that were cut short and finishes them, and for keys that outlasted one. */
export function watchErasures(platform: Platform, everyMs = EVERY_MS): Regular {
  return every(leasesOf(platform), {
    name: 'erasures',
    intervalMs: everyMs,
    work: (signal) => finishWhatIsLeft(platform, signal),
    failed: (error) => platform.logger.warn({ err: error }, 'erasures could not be looked up'),
  });
}

async function finishWhatIsLeft({ untimed, keys, erasing, logger }: Platform, signal: AbortSignal): Promise<void> {
  for (const begun of await erasing.erasures.underWay()) {
    if (signal.aborted) return;
    const { tenant, customerId } = begun;
    try {
      const { outcome, complete } = await finishErasure(erasing, begun);
      const refusals = outcome.kind === 'refused' ? outcome.refusals.map(({ code }) => code) : [];
      logger.info({ tenant, customerId, complete, refusals }, 'erasure taken up');
    } catch (error) {
      logger.warn({ tenant, customerId, err: error }, 'an erasure could not be finished; it will be tried again');
    }
  }
  for (const { tenant, subject } of await keysOfErasedPeople(untimed)) {
    await keys.erase(tenant, [subject]);
    logger.warn({ tenant, subject }, 'the key of somebody erased stood still; it is destroyed');
  }
}

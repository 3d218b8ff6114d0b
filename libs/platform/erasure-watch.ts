import { tellErasure } from '@touchline/identity';
import { keysOfErasedPeople } from '@touchline/projections/customer-streams/customer-streams.query.js';
import type { Regular } from '@touchline/subscriptions';
import { every } from '@touchline/subscriptions';
import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';

const EVERY_MS = 15_000;

/**
 * Looks, at the start and now and then, for what a restored table of keys leaves to do: erasures noted there that the log has not
 * been told of, and keys that outlasted one. What was begun and cut short its timer takes up (ADR 0015).
 */
export function watchErasures(platform: Platform, everyMs = EVERY_MS): Regular {
  return every(leasesOf(platform), {
    name: 'erasures',
    intervalMs: everyMs,
    work: (signal) => doWhatIsLeft(platform, signal),
    failed: (error) => platform.logger.warn({ err: error }, 'erasures could not be looked up'),
  });
}

async function doWhatIsLeft({ untimed, keys, erasing, logger }: Platform, signal: AbortSignal): Promise<void> {
  for (const noted of await erasing.erasures.underWay()) {
    if (signal.aborted) return;
    const { tenant, customerId } = noted;
    try {
      const outcome = await tellErasure(erasing, noted);
      if (outcome === null) continue;
      const refusals = outcome.kind === 'refused' ? outcome.refusals.map(({ code }) => code) : [];
      logger.info({ tenant, customerId, refusals }, 'the log is told of an erasure');
    } catch (error) {
      logger.warn({ tenant, customerId, err: error }, 'the log could not be told of an erasure; it will be tried again');
    }
  }
  for (const { tenant, subject } of await keysOfErasedPeople(untimed)) {
    await keys.erase(tenant, [subject]);
    logger.warn({ tenant, subject }, 'the key of somebody erased stood still; it is destroyed');
  }
}

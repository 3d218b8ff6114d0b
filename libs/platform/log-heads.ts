import { LogBroken } from '@touchline/audit/faults.js';
import { LogEmpty } from '@touchline/audit/heads/log-heads.js';
import type { Regular } from '@touchline/subscriptions';
import { every } from '@touchline/subscriptions';
import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';

const MINUTE = 60_000;

/**
 * Checks what the log has gained and signs it, now and then (ADR 0014). Whoever comes too soon after another leaves it; what is
 * cut short goes on at the next time, from its last batch.
 */
export function startLogHeads(platform: Platform): Regular {
  const { logHeads, logger, settings } = platform;
  const intervalMs = settings.log.headIntervalMinutes * MINUTE;
  // At the start too, where the last is that old: processes that live shorter than the interval would never sign.
  let unlessWithinMs = intervalMs;
  return every(leasesOf(platform), {
    name: 'log-heads',
    intervalMs,
    async work() {
      const within = unlessWithinMs;
      unlessWithinMs = intervalMs / 2;
      const { treeSize, position, keyId } = await logHeads.write({ unlessWithinMs: within });
      logger.info({ treeSize, position, keyId }, 'log head');
    },
    failed(error) {
      if (error instanceof LogEmpty) return;
      if (error instanceof LogBroken) logger.error({ fault: error.fault }, 'the log does not hold; it was not signed');
      else logger.warn({ err: error }, 'the log could not be signed; it will be tried again');
    },
  });
}

import { setTimeout as delay } from 'node:timers/promises';
import { LogBroken } from '@touchline/audit/faults.js';
import { LogEmpty } from '@touchline/audit/heads/log-heads.js';
import { endsWithin } from '@touchline/subscriptions';
import type { Platform } from './platform.js';

const MINUTE = 60_000;

/**
 * Checks what the log has gained and signs it, now and then (ADR 0014). Any number of processes may do so: one is at it at a
 * time, and who comes too soon after another leaves it.
 */
export function startLogHeads(platform: Platform): { drain(timeoutMs: number): Promise<void> } {
  const intervalMs = platform.settings.log.headIntervalMinutes * MINUTE;
  const ending = new AbortController();
  const running = intervalMs === 0 ? Promise.resolve() : repeat(platform, intervalMs, ending.signal);
  return {
    async drain(timeoutMs) {
      ending.abort();
      // What is cut short here goes on at the next start, from its last batch.
      await endsWithin(running, timeoutMs);
    },
  };
}

async function repeat({ logHeads, logger }: Platform, intervalMs: number, signal: AbortSignal): Promise<void> {
  // At the start too, where the last is that old: processes that live shorter than the interval would never sign.
  let unlessWithinMs = intervalMs;
  do {
    try {
      const { treeSize, position, keyId } = await logHeads.write({ unlessWithinMs });
      logger.info({ treeSize, position, keyId }, 'log head');
    } catch (error) {
      if (error instanceof LogEmpty) continue;
      if (error instanceof LogBroken) logger.error({ fault: error.fault }, 'the log does not hold; it was not signed');
      else logger.warn({ err: error }, 'the log could not be signed; it will be tried again');
    }
    unlessWithinMs = intervalMs / 2;
  } while (await delay(intervalMs, true, { signal }).catch(() => false));
}

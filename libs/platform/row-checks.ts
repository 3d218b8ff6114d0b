import { projections } from '@touchline/projections';
import { RowChecks, RowsNotOurs, lastDue, verifyRows } from '@touchline/rebuild';
import { endsWithin, pause } from '@touchline/subscriptions';
import type { Platform } from './platform.js';

const LEASE = 'row-checks';
const EVERY_MS = 30_000;

/**
 * Holds a sample of every view's rows against the log, at the hour of the settings, by the platform's clock. Any number of
 * processes may; one is at it at a time, and what one has done for an hour is not done again. Ends when drained.
 */
export function startRowChecks(platform: Platform, everyMs = EVERY_MS): { drain(timeoutMs: number): Promise<void> } {
  const ending = new AbortController();
  const { signal } = ending;
  const running = (async () => {
    if (platform.settings.log.rowCheckEveryHours === 0) return;
    while (!signal.aborted) {
      await checkWhatIsDue(platform, signal).catch((error: unknown) =>
        platform.logger.warn({ err: error }, 'rows could not be held against the log; it will be tried again'),
      );
      await pause(everyMs, signal);
    }
  })();
  return {
    async drain(timeoutMs) {
      ending.abort();
      await endsWithin(running, timeoutMs);
    },
  };
}

async function checkWhatIsDue(platform: Platform, signal: AbortSignal): Promise<void> {
  const { clock, leases, settings, pool, holder } = platform;
  const { rowCheckHour: hour, rowCheckEveryHours: everyHours } = settings.log;
  const dueAt = lastDue(await clock.now(), { hour, everyHours });
  const checks = new RowChecks(pool);
  const isDone = async (name: string): Promise<boolean> =>
    (await checks.list()).some((check) => check.projection === name && check.dueAt >= dueAt);
  for (const { name, projection } of projections) {
    if (signal.aborted || (await isDone(name))) continue;
    const lease = await leases.acquire(LEASE, holder);
    if (lease === null) return;
    try {
      if (!(await isDone(name))) await check(platform, checks, projection, dueAt, signal);
    } finally {
      await leases.release(lease);
    }
  }
}

async function check(
  platform: Platform,
  checks: RowChecks,
  projection: (typeof projections)[number]['projection'],
  dueAt: string,
  signal: AbortSignal,
): Promise<void> {
  const { settings, logger, metrics, clock } = platform;
  const { name } = projection;
  const deps = { ...platform, pool: platform.untimed, open: platform.openForViews };
  try {
    const verified = await verifyRows(deps, projection, { sample: settings.log.rowCheckSample, signal });
    if (verified.interrupted) return;
    await checks.keep(dueAt, await clock.now(), verified, null);
    const { rows, differing, named } = verified;
    metrics.checkedRows.set({ projection: name }, rows);
    metrics.differingRows.set({ projection: name }, differing);
    if (differing === 0) logger.info({ projection: name, rows }, 'rows are as the log says');
    else
      logger.error({ projection: name, rows, differing, keys: named.slice(0, 10).map(({ key }) => key) }, 'rows are not as the log says');
  } catch (error) {
    if (!(error instanceof RowsNotOurs)) throw error;
    await checks.keep(dueAt, await clock.now(), { projection: name, position: null, rows: 0, differing: 0, named: [] }, error.message);
  }
}

import { projections } from '@touchline/projections';
import { RowChecks, RowsNotOurs, lastDue, verifyRows } from '@touchline/rebuild';
import type { Regular } from '@touchline/subscriptions';
import { every } from '@touchline/subscriptions';
import type { Platform } from './platform.js';
import { leasesOf } from './platform.js';

const EVERY_MS = 30_000;

/**
 * Holds a sample of every view's rows against the log, at the hour of the settings, by the platform's clock. What one process
 * has done for an hour is not done again.
 */
export function startRowChecks(platform: Platform, everyMs = EVERY_MS): Regular {
  return every(leasesOf(platform), {
    name: 'row-checks',
    intervalMs: platform.settings.log.rowCheckEveryHours === 0 ? 0 : everyMs,
    work: (signal) => checkWhatIsDue(platform, signal),
    failed: (error) => platform.logger.warn({ err: error }, 'rows could not be held against the log; it will be tried again'),
  });
}

async function checkWhatIsDue(platform: Platform, signal: AbortSignal): Promise<void> {
  const { clock, settings, pool } = platform;
  const { rowCheckHour: hour, rowCheckEveryHours: everyHours } = settings.log;
  const dueAt = lastDue(await clock.now(), { hour, everyHours });
  const checks = new RowChecks(pool);
  const done = new Set((await checks.list()).flatMap((check) => (check.dueAt >= dueAt ? [check.projection] : [])));
  for (const { name, projection } of projections)
    if (!signal.aborted && !done.has(name)) await check(platform, checks, projection, dueAt, signal);
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

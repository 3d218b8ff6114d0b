import type { Settings } from '@touchline/config';
import type { Clock } from '@touchline/core';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform, startProjector, startRebuilds, watchErasures } from '@touchline/platform';
import { projections } from '@touchline/projections';
import { READ_MODEL_SCHEMA } from '@touchline/subscriptions';
import { eventually } from '@touchline/testing/eventually.js';
import type { Pool } from 'pg';

/** The platform on what was restored, with everything that its processes run; it has caught up when `work` begins. */
export async function openedOn<T>(
  { url, settings, clock }: { url: string; settings: Settings; clock?: Clock },
  work: (platform: Platform) => Promise<T>,
): Promise<T> {
  const platform = await openPlatform({
    settings: { ...settings, store: { ...settings.store, databaseUrl: url } },
    role: 'test',
    logger: createLogger({ role: 'test', level: 'silent' }),
    metrics: new Metrics(),
    ...(clock && { clock }),
  });
  const projector = startProjector(platform);
  const rebuilds = startRebuilds(platform);
  const erasures = watchErasures(platform);
  try {
    await untilCaughtUp(platform);
    return await work(platform);
  } finally {
    await erasures.drain(10_000);
    await rebuilds.drain(10_000);
    await projector.drain(10_000);
    await platform.close();
  }
}

export const untilCaughtUp = (platform: Platform): Promise<unknown> =>
  eventually(async () => {
    const head = await platform.store.head();
    const reached = await platform.checkpoints.list();
    return projections.every(({ name, projection: { version } }) =>
      reached.some((each) => each.name === name && each.version === version && each.position === head),
    );
  });

/** Rows of every read model, by its name, in an order of their own. */
export async function rowsOf(pool: Pool): Promise<Map<string, unknown[]>> {
  const rows = new Map<string, unknown[]>();
  for (const { projection } of projections)
    rows.set(
      projection.name,
      (await pool.query<object>(`select * from ${READ_MODEL_SCHEMA}.${projection.table}`)).rows.map((row) => JSON.stringify(row)).sort(),
    );
  return rows;
}

/** Has every read model folded from nothing when the platform is opened next. */
export async function forgetRows(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ projection: string; schema: string }>(
    `select projection, schema from touchline.builds where state = 'live'`,
  );
  const tables = rows.map(({ projection, schema }) => `${schema}.${projections.find(({ name }) => name === projection)!.projection.table}`);
  await pool.query('truncate touchline.checkpoints');
  for (const table of tables) await pool.query(`truncate ${table}`);
}

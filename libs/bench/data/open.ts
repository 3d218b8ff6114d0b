import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { openPlatform } from '@touchline/platform';
import { settingsOf } from './settings.js';

/** The platform on a database of the benchmark, for as long as the work takes. */
export async function withPlatform<T>(
  databaseUrl: string,
  work: (platform: Platform) => Promise<T>,
  env: Record<string, string> = {},
): Promise<T> {
  const logger = createLogger({ role: 'bench', level: 'warn', destination: process.stderr });
  const platform = await openPlatform({ settings: settingsOf(databaseUrl, env), role: 'bench', logger, metrics: new Metrics() });
  try {
    return await work(platform);
  } finally {
    await platform.close();
  }
}

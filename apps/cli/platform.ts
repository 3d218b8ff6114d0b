import { loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform/platform.js';
import { openPlatform } from '@touchline/platform/platform.js';

/** Opens the platform for one command, without read models; its own lines go to stderr, warnings only unless LOG_LEVEL says so. */
export async function withPlatform<T>(work: (platform: Platform) => Promise<T>): Promise<T> {
  const settings = loadSettings({ LOG_LEVEL: 'warn', ...process.env });
  const logger = createLogger({ role: 'cli', level: settings.process.logLevel, destination: process.stderr });
  const platform = await openPlatform({ settings, role: 'cli', logger, metrics: new Metrics(), readModels: false });
  try {
    return await work(platform);
  } finally {
    await platform.close();
  }
}

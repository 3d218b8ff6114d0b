import { join, resolve } from 'node:path';
import type { Pool } from 'pg';
import type { Settings } from '@touchline/config';
import { InvalidSettings, loadSettings } from '@touchline/config';
import { Metrics, createLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform/platform.js';
import { openPlatform } from '@touchline/platform/platform.js';
import { createPool, readIfThere, runningEmbeddedUrl } from '@touchline/postgres';

/** Opens the platform for one command, without read models; its own lines go to stderr, warnings only unless LOG_LEVEL says so. */
export async function withPlatform<T>(work: (platform: Platform) => Promise<T>): Promise<T> {
  const settings = await settingsHere();
  const logger = createLogger({ role: 'cli', level: settings.process.logLevel, destination: process.stderr });
  const platform = await openPlatform({ settings, role: 'cli', logger, metrics: new Metrics(), readModels: false });
  try {
    // Nobody waits for it but who called it, and they can interrupt it.
    return await work({ ...platform, pool: platform.untimed });
  } finally {
    await platform.close();
  }
}

/** Opens the database of the settings for one command, as it stands: nothing is migrated, and the log not opened. */
export async function withDatabase<T>(work: (at: { settings: Settings; pool: Pool }) => Promise<T>): Promise<T> {
  const settings = await settingsHere();
  const pool = createPool({ url: settings.store.databaseUrl, applicationName: 'touchline-cli', max: 4 });
  try {
    return await work({ settings, pool });
  } finally {
    await pool.end();
  }
}

export const settingsHere = async (): Promise<Settings> => loadSettings({ LOG_LEVEL: 'warn', ...(await environment()) });

/** The settings as given; without DATABASE_URL, those of the platform that `npm start` runs in this folder. */
const environment = async (): Promise<Record<string, string | undefined>> => {
  const { DATABASE_URL, ...secrets } = await homeEnvironment();
  return { ...secrets, ...process.env, ...(DATABASE_URL !== undefined && { DATABASE_URL }) };
};

/** What the platform that `npm start` runs in this folder made for itself; nothing where the settings are given. */
export async function homeEnvironment(): Promise<Record<string, string>> {
  if ((process.env['DATABASE_URL'] ?? '') !== '') return {};
  const home = resolve(process.env['TOUCHLINE_HOME'] ?? '.touchline');
  const secrets = await readIfThere(join(home, 'secrets.json'));
  if (secrets === null) return {};
  const url = await runningEmbeddedUrl(join(home, 'postgres'), 'touchline');
  if (url === null)
    throw new InvalidSettings([{ key: 'DATABASE_URL', problem: `is missing, and no platform runs from ${home}; npm start runs it` }]);
  return { ...(JSON.parse(secrets) as Record<string, string>), DATABASE_URL: url };
}

import { createHash } from 'node:crypto';
import type { Settings } from '@touchline/config';
import { loadSettings } from '@touchline/config';
import { SEED } from './write-log.js';

const secret = (name: string, bytes: number): string =>
  createHash('sha512').update(`${SEED}/${name}`).digest().subarray(0, bytes).toString('base64');

/** What a process of the platform is started with; the secrets are the same in every run, as the prepared log is. */
export const environmentOf = (databaseUrl: string, more: Record<string, string> = {}): Record<string, string> => ({
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  DATABASE_URL: databaseUrl,
  PORT: '0',
  RATE_LIMIT_PER_MINUTE: '1000000',
  TOKEN_TTL_MINUTES: '1440',
  MASTER_KEYS: `1:${secret('master', 32)}`,
  LOG_SIGNING_KEYS: `1:${secret('signing', 32)}`,
  IDENTITY_HMAC_SECRET: secret('identity', 48),
  TOKEN_SIGNING_KEY: secret('tokens', 48),
  ...more,
});

export const settingsOf = (databaseUrl: string, more: Record<string, string> = {}): Settings =>
  loadSettings(environmentOf(databaseUrl, more));

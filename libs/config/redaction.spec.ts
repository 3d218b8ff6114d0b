import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { loadSettings } from './load-settings.js';
import { redactedSettings, secretKeys, secretLogPaths } from './redaction.js';

const secrets = {
  DATABASE_URL: 'postgres://touchline:opensesame-1@db/touchline',
  EVENTSTORE_URL: 'esdb://admin:opensesame-2@log',
  MASTER_KEYS: `1:${Buffer.from('opensesame-3'.padEnd(32, '.')).toString('base64')}`,
  LOG_SIGNING_KEYS: `1:${Buffer.from('opensesame-6'.padEnd(32, '.')).toString('base64')}`,
  IDENTITY_HMAC_SECRET: 'opensesame-4'.padEnd(32, '.'),
  TOKEN_SIGNING_KEY: 'opensesame-5'.padEnd(32, '.'),
  KAFKA_PASSWORD: 'opensesame-7',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=opensesame-8',
};
const settings = loadSettings(secrets);

describe('redaction', () => {
  it('knows every secret', () => {
    expect([...secretKeys].sort()).toEqual(Object.keys(secrets).sort());
  });

  it('shows settings without their secrets, and tells set from unset', () => {
    const shown = redactedSettings(settings);
    expect(shown['store']).toEqual({
      ...{ databaseUrl: '[redacted]', eventStoreUrl: '[redacted]' },
      ...{ eventStoreNamespace: 'touchline', timeoutMs: 5_000 },
    });
    expect(shown['http']).toEqual(settings.http);
    const { EVENTSTORE_URL: _, ...withoutLog } = secrets;
    expect(redactedSettings(loadSettings(withoutLog))['store']).toStrictEqual({
      ...{ databaseUrl: '[redacted]', eventStoreNamespace: 'touchline', timeoutMs: 5_000 },
    });
  });

  it('gives pino the paths that keep secrets out of log lines', () => {
    let written = '';
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written += chunk.toString('utf8');
        done();
      },
    });
    const logger = pino({ redact: [...secretLogPaths] }, sink);
    logger.info({ settings }, 'as settings');
    logger.info(settings, 'at the top');
    logger.info(settings.store, 'one group');
    logger.info({ env: secrets }, 'as environment');
    logger.info(secrets, 'environment at the top');

    expect(written).toContain('environment at the top');
    expect(written).toContain('"port":3000');
    const { masterKeys, logSigningKeys } = settings.secrets;
    const bytes = [...masterKeys, ...logSigningKeys].map(({ key }) => JSON.stringify(key));
    for (const value of [...Object.values(secrets), 'opensesame', ...bytes]) {
      expect(written).not.toContain(value);
    }
  });
});

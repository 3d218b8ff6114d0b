import { describe, expect, it } from '@jest/globals';
import { InvalidSettings, loadSettings } from './load-settings.js';

const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');

const valid = {
  DATABASE_URL: 'postgres://touchline:hunter2hunter2@db.example/touchline',
  MASTER_KEYS: `2:${key(2)},1:${key(1)}`,
  LOG_SIGNING_KEYS: `1:${key(3)}`,
  IDENTITY_HMAC_SECRET: 'an identity secret that is long enough',
  TOKEN_SIGNING_KEY: 'a token signing key that is long enough',
};

function faultsOf(env: Record<string, string | undefined>): Record<string, string> {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof InvalidSettings) return Object.fromEntries(error.faults.map((fault) => [fault.key, fault.problem]));
    throw error;
  }
  return {};
}

describe('loading the settings', () => {
  it('reads values by type and fills in defaults', () => {
    const settings = loadSettings({ ...valid, PORT: '8080', TRUST_PROXY: '10.0.0.0/8, ::1', CORS_ORIGINS: 'https://desk.example' });
    expect(settings.http).toEqual({
      host: '127.0.0.1',
      port: 8080,
      bodyLimitBytes: 262_144,
      idempotencyKeyDays: 30,
      rateLimitPerMinute: 600,
      maskedSearchesPerDay: 100,
      requestTimeoutMs: 30_000,
      readYourWriteTimeoutMs: 5_000,
      trustProxy: ['10.0.0.0/8', '::1'],
      corsOrigins: ['https://desk.example'],
    });
    expect(settings.process.mode).toBe('production');
    expect(settings.store.eventStoreUrl).toBeUndefined();
  });

  it('orders master keys so that the highest version comes last', () => {
    const { masterKeys } = loadSettings(valid).secrets;
    expect(masterKeys.map(({ version, key: bytes }) => [version, bytes.length, bytes[0]])).toEqual([
      [1, 32, 1],
      [2, 32, 2],
    ]);
  });

  it('takes an empty variable for an unset one', () => {
    expect(loadSettings({ ...valid, PORT: '', EVENTSTORE_URL: '  ' }).http.port).toBe(3000);
    expect(faultsOf({ ...valid, DATABASE_URL: '' })).toEqual({ DATABASE_URL: 'is missing (required always)' });
  });

  it('freezes what it returns, all the way down', () => {
    const settings = loadSettings({ ...valid, TRUST_PROXY: '::1' });
    for (const part of [settings, settings.http, settings.http.trustProxy, settings.secrets.masterKeys, settings.secrets.masterKeys[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('needs a signing key without an identity provider, and the whole provider with one', () => {
    const { TOKEN_SIGNING_KEY: _, ...unsigned } = valid;
    expect(faultsOf(unsigned)).toEqual({ TOKEN_SIGNING_KEY: 'is missing (required without OIDC_ISSUER)' });
    expect(faultsOf({ ...unsigned, OIDC_ISSUER: 'https://id.example' })).toEqual({
      OIDC_AUDIENCE: 'is missing (required with OIDC_ISSUER)',
      OIDC_JWKS_URL: 'is missing (required with OIDC_ISSUER)',
    });
    const whole = { ...unsigned, OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'touchline', OIDC_JWKS_URL: 'https://id.example/keys' };
    expect(faultsOf(whole)).toEqual({});
  });

  it('names every fault at once, with the value where it is no secret', () => {
    const env = {
      DATABASE_URL: 'mysql://root:opensesame@db/x',
      EVENTSTORE_URL: 'http://admin:changeit@log',
      MASTER_KEYS: '1:c2hvcnQ=',
      IDENTITY_HMAC_SECRET: 'tooshort',
      TOKEN_SIGNING_KEY: 'alsoshort',
      NODE_ENV: 'staging',
      LOG_LEVEL: 'loud',
      PORT: '70000',
      BODY_LIMIT_BYTES: '1e6',
      LEASE_TTL_MS: '-5',
      PROJECTION_BATCH_SIZE: '2.5',
      TOKEN_TTL_MINUTES: '0',
      TRUST_PROXY: 'true',
      CORS_ORIGINS: 'https://desk.example/path',
      OIDC_ISSUER: 'id.example',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%0d',
      OTEL_TRACES_SAMPLER_ARG: '10%',
    };
    expect(faultsOf(env)).toEqual({
      DATABASE_URL: 'must be a URL starting with postgres:// or postgresql://',
      EVENTSTORE_URL: expect.stringMatching(/^it is no address of an EventStoreDB server; expected esdb:\/\//),
      MASTER_KEYS: 'must be <version>:<base64 of 32 bytes>, comma-separated',
      LOG_SIGNING_KEYS: 'is missing (required always)',
      IDENTITY_HMAC_SECRET: 'must be text of at least 32 characters',
      TOKEN_SIGNING_KEY: 'must be text of at least 32 characters',
      NODE_ENV: 'must be one of production, development, test, not "staging"',
      LOG_LEVEL: 'must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
      PORT: 'must be a whole number from 0 to 65535, not "70000"',
      BODY_LIMIT_BYTES: 'must be a whole number from 1024 to 67108864, not "1e6"',
      LEASE_TTL_MS: 'must be a whole number from 1000 to 600000, not "-5"',
      PROJECTION_BATCH_SIZE: 'must be a whole number from 1 to 10000, not "2.5"',
      TOKEN_TTL_MINUTES: 'must be a whole number from 1 to 1440, not "0"',
      TRUST_PROXY: 'must be IP addresses or networks such as 10.0.0.0/8, comma-separated, not "true"',
      CORS_ORIGINS: 'must be origins such as https://desk.example.com, comma-separated, not "https://desk.example/path"',
      OIDC_ISSUER: 'must be a URL starting with https:// or http://, not "id.example"',
      OIDC_AUDIENCE: 'is missing (required with OIDC_ISSUER)',
      OIDC_JWKS_URL: 'is missing (required with OIDC_ISSUER)',
      OTEL_EXPORTER_OTLP_HEADERS: 'must be name=value, comma-separated, values percent-encoded',
      OTEL_TRACES_SAMPLER_ARG: 'must be a number from 0 to 1, not "10%"',
    });
    expect(() => loadSettings(env)).toThrow(/NODE_ENV[^]*DATABASE_URL[^]*PORT/);
  });

  it.each([
    ['DATABASE_URL', 'mysql://root:opensesame@db/x'],
    ['EVENTSTORE_URL', 'http://admin:opensesame@log'],
    ['MASTER_KEYS', `1:opensesame,1:${key(1)}`],
    ['MASTER_KEYS', `1:${key(1)},1:${key(2)}`],
    ['IDENTITY_HMAC_SECRET', 'opensesame'],
    ['TOKEN_SIGNING_KEY', 'opensesame'],
  ])('never quotes a wrong %s', (name, value) => {
    let thrown: unknown;
    try {
      loadSettings({ ...valid, [name]: value });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidSettings);
    const shown = `${String(thrown)} ${JSON.stringify(thrown)} ${(thrown as Error).stack ?? ''}`;
    expect(shown).toContain(name);
    for (const part of value.split(/[,:/@]/).filter((piece) => piece.length > 5)) expect(shown).not.toContain(part);
  });

  it('refuses a wait for the own write that outlasts the request', () => {
    expect(faultsOf({ ...valid, REQUEST_TIMEOUT_MS: '5000' })).toEqual({
      READ_YOUR_WRITE_TIMEOUT_MS: 'must be less than REQUEST_TIMEOUT_MS, or no such query could answer',
    });
  });
});

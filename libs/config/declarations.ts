import {
  brokers,
  eventStoreAddress,
  fraction,
  headers,
  masterKeys,
  namespace,
  oneOf,
  origins,
  secretText,
  text,
  topicPrefix,
  trustedProxies,
  url,
  wholeNumber,
} from './setting-types.js';
import type { Setting } from './setting.js';
import { optional, required, requiredWith, requiredWithout, withDefault } from './setting.js';

export interface SettingGroup {
  title: string;
  settings: Readonly<Record<string, Setting>>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Every setting there is. To add one, add it here and run `npm run generate:config`. */
export const declarations = {
  process: {
    title: 'Process',
    settings: {
      mode: withDefault('NODE_ENV', oneOf('production', 'development', 'test'), 'production', {
        description: 'What the process is run for; `test` alone allows the settable clock of the tests.',
      }),
      home: withDefault('TOUCHLINE_HOME', text, '.touchline', {
        description: 'Folder where the standalone platform keeps its database and its generated secrets.',
      }),
      logLevel: withDefault('LOG_LEVEL', oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), 'info', {
        description: 'Least severe log line that is written.',
      }),
      drainTimeoutMs: withDefault('DRAIN_TIMEOUT_MS', wholeNumber(0, 10 * MINUTE), '15000', {
        description: 'Longest that a stopping process lets running work finish, in milliseconds.',
      }),
    },
  },
  store: {
    title: 'Storage',
    settings: {
      databaseUrl: required('DATABASE_URL', url('postgres', 'postgresql'), {
        description: 'Postgres server of the read models, the keys and, without EVENTSTORE_URL, the event log.',
        secret: true,
      }),
      eventStoreUrl: optional('EVENTSTORE_URL', eventStoreAddress, {
        description:
          'EventStoreDB or KurrentDB server, or cluster, that holds the event log in place of Postgres (docs/eventstoredb.md). kurrentdb:// is read as esdb://.',
        secret: true,
      }),
      eventStoreNamespace: withDefault('EVENTSTORE_NAMESPACE', namespace, 'touchline', {
        description:
          'Stands in front of the names of our streams on EventStoreDB, which others may share. A log keeps that it was begun with.',
      }),
      timeoutMs: withDefault('STORE_TIMEOUT_MS', wholeNumber(100, 10 * MINUTE), '5000', {
        description: 'Longest that the log or the database may take to let in and to answer, in milliseconds, before it counts as away.',
      }),
    },
  },
  secrets: {
    title: 'Keys',
    settings: {
      masterKeys: required('MASTER_KEYS', masterKeys, {
        description: 'Keys that wrap the key of each person. The highest version seals; keep the older ones for what they sealed.',
        secret: true,
        make: 'echo "1:$(openssl rand -base64 32)"',
      }),
      identityHmacSecret: required('IDENTITY_HMAC_SECRET', secretText, {
        description: 'Keys the digests by which telephone numbers are found. Changing it loses every one of them.',
        secret: true,
        make: 'openssl rand -base64 48',
      }),
      logSigningKeys: required('LOG_SIGNING_KEYS', masterKeys, {
        description: 'Ed25519 keys of the log heads. The highest version signs; keep the older ones to know what they signed.',
        secret: true,
        make: 'echo "1:$(openssl rand -base64 32)"',
      }),
    },
  },
  signIn: {
    title: 'Sign-in',
    settings: {
      tokenSigningKey: optional('TOKEN_SIGNING_KEY', secretText, {
        description: 'Signs the tokens of local users. Not needed where an identity provider signs.',
        secret: true,
        required: requiredWithout('OIDC_ISSUER'),
        make: 'openssl rand -base64 48',
      }),
      tokenTtlMinutes: withDefault('TOKEN_TTL_MINUTES', wholeNumber(1, 24 * 60), '60', {
        description: 'How long a local sign-in lasts, in minutes.',
      }),
      oidcIssuer: optional('OIDC_ISSUER', url('https', 'http'), {
        description: 'Identity provider whose tokens are accepted; local sign-in is then off.',
      }),
      oidcAudience: optional('OIDC_AUDIENCE', text, {
        description: 'Audience that a token of the provider must be made for.',
        required: requiredWith('OIDC_ISSUER'),
      }),
      oidcJwksUrl: optional('OIDC_JWKS_URL', url('https', 'http'), {
        description: "Where the provider's public keys are read.",
        required: requiredWith('OIDC_ISSUER'),
      }),
      oidcLoginClaim: withDefault('OIDC_LOGIN_CLAIM', text, 'preferred_username', {
        description: 'Claim that names the user as known here.',
      }),
      oidcTenantClaim: withDefault('OIDC_TENANT_CLAIM', text, 'tenant', {
        description: 'Claim that names the group the user belongs to.',
      }),
    },
  },
  http: {
    title: 'HTTP',
    settings: {
      host: withDefault('HOST', text, '127.0.0.1', { description: 'Address the API listens on.' }),
      port: withDefault('PORT', wholeNumber(0, 65_535), '3000', { description: 'Port the API listens on; 0 takes any free one.' }),
      bodyLimitBytes: withDefault('BODY_LIMIT_BYTES', wholeNumber(1024, 64 * 1024 * 1024), '262144', {
        description: 'Largest request body, in bytes.',
      }),
      rateLimitPerMinute: withDefault('RATE_LIMIT_PER_MINUTE', wholeNumber(1, 1_000_000), '600', {
        description: 'Most requests of one caller in a minute.',
      }),
      maskedSearchesPerDay: withDefault('MASKED_SEARCHES_PER_DAY', wholeNumber(1, 1_000_000), '100', {
        description: 'Most searches for customers in a day (UTC) by somebody who sees names masked.',
      }),
      requestTimeoutMs: withDefault('REQUEST_TIMEOUT_MS', wholeNumber(100, 10 * MINUTE), '30000', {
        description: 'Longest that a request may take, in milliseconds.',
      }),
      idempotencyKeyDays: withDefault('IDEMPOTENCY_KEY_DAYS', wholeNumber(1, 3650), '30', {
        description: 'How long an Idempotency-Key stands for its request all over its group, in days.',
      }),
      readYourWriteTimeoutMs: withDefault('READ_YOUR_WRITE_TIMEOUT_MS', wholeNumber(0, MINUTE), '5000', {
        description: 'Longest that a query with `?after=` waits for its read model, in milliseconds; less than REQUEST_TIMEOUT_MS.',
      }),
      trustProxy: withDefault('TRUST_PROXY', trustedProxies, '', {
        description: 'Proxies whose X-Forwarded-For is believed.',
      }),
      corsOrigins: withDefault('CORS_ORIGINS', origins, '', {
        description: 'Origins other than its own whose pages may call the API.',
      }),
    },
  },
  log: {
    title: 'Recording and projecting',
    settings: {
      clockToleranceMs: withDefault('CLOCK_TOLERANCE_MS', wholeNumber(0, 60 * MINUTE), '60000', {
        description: 'How far `occurredAt` may lie in the future, in milliseconds, to forgive a clock that is fast.',
      }),
      leaseTtlMs: withDefault('LEASE_TTL_MS', wholeNumber(SECOND, 10 * MINUTE), '10000', {
        description: 'After how long without a sign of life another worker takes over a projection, in milliseconds.',
      }),
      projectionBatchSize: withDefault('PROJECTION_BATCH_SIZE', wholeNumber(1, 10_000), '2000', {
        description: 'Most events that a projection folds in one transaction.',
      }),
      rebuildBatchSize: withDefault('REBUILD_BATCH_SIZE', wholeNumber(1, 50_000), '10000', {
        description: 'Most events that a rebuild folds in one transaction; what bounds its memory.',
      }),
      rowCheckHour: withDefault('ROW_CHECK_HOUR', wholeNumber(0, 23), '19', {
        description: 'Hour of the day, UTC, at which rows of the read models are held against the log.',
      }),
      rowCheckEveryHours: withDefault('ROW_CHECK_EVERY_HOURS', wholeNumber(0, 7 * 24), '24', {
        description: 'How often that is done, in hours; 0 leaves it to be asked for.',
      }),
      rowCheckSample: withDefault('ROW_CHECK_SAMPLE', wholeNumber(1, 100_000), '500', {
        description: 'How many rows of each read model are compared.',
      }),
      headIntervalMinutes: withDefault('LOG_HEAD_INTERVAL_MINUTES', wholeNumber(0, 7 * 24 * 60), '15', {
        description: 'How often a log that has grown is checked and signed, in minutes; 0 leaves it to be asked for.',
      }),
    },
  },
  topics: {
    title: 'Topics',
    settings: {
      brokers: optional('KAFKA_BROKERS', brokers, {
        description:
          'Kafka cluster whose topics tell what was recorded, and from which messages are taken in. Without it relay and intake rest.',
      }),
      prefix: withDefault('KAFKA_TOPIC_PREFIX', topicPrefix, 'touchline', {
        description: 'First part of the name of every topic, before a dot. Of one installation; another begins its topics anew.',
      }),
      rehearsal: withDefault('REHEARSAL', oneOf('on', 'off'), 'off', {
        description: 'On for a platform that was restored to try it out: it speaks to no broker, whatever KAFKA_BROKERS says.',
      }),
      tls: withDefault('KAFKA_TLS', oneOf('on', 'off'), 'off', { description: 'Whether the brokers are spoken to over TLS.' }),
      saslMechanism: withDefault('KAFKA_SASL_MECHANISM', oneOf('plain', 'scram-sha-256', 'scram-sha-512'), 'scram-sha-512', {
        description: 'How relay and intake prove who they are, where KAFKA_USERNAME is set.',
      }),
      username: optional('KAFKA_USERNAME', text, { description: 'Name under which relay and intake sign in to the brokers.' }),
      password: optional('KAFKA_PASSWORD', text, {
        description: 'Password of that name.',
        secret: true,
        required: requiredWith('KAFKA_USERNAME'),
      }),
      relayBatchSize: withDefault('RELAY_BATCH_SIZE', wholeNumber(1, 10_000), '2000', {
        description: 'Most events that the relay tells in one transaction.',
      }),
      manifestEvery: withDefault('MANIFEST_EVERY', wholeNumber(1, 1_000_000), '1000', {
        description: 'A manifest is signed once this many messages of a topic have come since the last.',
      }),
      manifestIntervalSeconds: withDefault('MANIFEST_INTERVAL_SECONDS', wholeNumber(1, 24 * 60 * 60), '60', {
        description: 'And at the latest so many seconds after the first of them.',
      }),
    },
  },
  tracing: {
    title: 'Tracing',
    settings: {
      endpoint: optional('OTEL_EXPORTER_OTLP_ENDPOINT', url('http', 'https'), {
        description:
          'Collector of OpenTelemetry that spans are sent to, over OTLP/HTTP with JSON, at /v1/traces below it. Without it nothing is traced.',
      }),
      exporterHeaders: optional('OTEL_EXPORTER_OTLP_HEADERS', headers, {
        description: 'Headers that the collector wants, such as a token.',
        secret: true,
      }),
      serviceName: optional('OTEL_SERVICE_NAME', text, {
        description: 'Name that spans bear in place of `touchline-api`, `touchline-projector` and so on.',
      }),
      sampler: withDefault(
        'OTEL_TRACES_SAMPLER',
        oneOf('always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'),
        'parentbased_always_on',
        { description: 'Which traces are recorded; `parentbased`: as the caller says, where the caller says so.' },
      ),
      samplerArg: withDefault('OTEL_TRACES_SAMPLER_ARG', fraction, '1', {
        description: 'Share of the traces that `traceidratio` records.',
      }),
    },
  },
} as const satisfies Record<string, SettingGroup>;

type Declarations = typeof declarations;
type Value<S> = S extends Setting<infer T> ? T : never;

/** All settings, read and checked. Deeply frozen. */
export type Settings = {
  readonly [G in keyof Declarations]: {
    readonly [K in keyof Declarations[G]['settings']]: Value<Declarations[G]['settings'][K]>;
  };
};

/** Rules between settings that are each right by themselves. */
export const crossChecks: readonly ((settings: Settings) => { key: string; problem: string } | undefined)[] = [
  ({ http }) =>
    http.readYourWriteTimeoutMs < http.requestTimeoutMs
      ? undefined
      : { key: 'READ_YOUR_WRITE_TIMEOUT_MS', problem: 'must be less than REQUEST_TIMEOUT_MS, or no such query could answer' },
];

export const groups: readonly SettingGroup[] = Object.values(declarations);
export const allSettings: readonly Setting[] = groups.flatMap((group) => Object.values<Setting>(group.settings));

import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import {
  AuthGuard,
  RouteDeclarationCheck,
  LOCAL_TOKENS,
  LocalCredentials,
  Operations,
  SignInLimits,
  SiteDirectory,
  WordDirectory,
  TOKEN_VERIFIER,
  UserDirectory,
  tokensFrom,
} from '@touchline/auth';
import { LogHeads } from '@touchline/audit/heads/log-heads.js';
import type { Settings } from '@touchline/config';
import { COMMAND_SERVICES, MaskedSearches, NamedCommandHandler, RequestClaims } from '@touchline/commands';
import { CommandMetadataGuard, DIGEST_SECRET, featureModule } from '@touchline/http';
import { Metrics } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { TopicContract } from '@touchline/relay/topic-contract.js';
import { LatestManifests } from '@touchline/relay/latest-manifests.js';
import { IntakeOperations } from '@touchline/intake-state/operations.js';
import { IntakeStanding } from '@touchline/intake-state/standing.js';
import { intakeTopics } from '@touchline/intake-state/topics.js';
import { RelayOperations } from '@touchline/relay/operations.js';
import { RelayStatus } from '@touchline/relay/status.js';
import { ProjectionOperations } from '@touchline/projections/operations.js';
import { Replays } from '@touchline/projections/as-of.js';
import { ReadModels } from '@touchline/projections/read-models.js';
import { RebuildOperations, otherVersions } from '@touchline/projections/rebuilds.js';
import { SetAsideOperations } from '@touchline/projections/set-aside.js';
import type { QueryServices } from '@touchline/projections/named-query.js';
import { NamedQueryHandler, QUERY_SERVICES } from '@touchline/projections/named-query.handler.js';
import { standstill } from '@touchline/projections/standstill.js';
import { openKafka, whyNoBrokers } from '@touchline/platform/relay.js';
import type { Probe } from './health.controller.js';
import { features } from './features.js';
import { NotReady, Readiness } from './health.controller.js';
import { IdempotencyGuard } from './idempotency.guard.js';
import { serveOpenApi } from './openapi.js';
import type { ProblemFilter } from './problem.filter.js';
import type { Served } from './serve.js';
import { serve } from './serve.js';
import { validationPipe } from './validation.js';

/** Nest wants a class to name a module by; what they hold is put together below. */
@Module({})
class ApiModule {}
@Module({})
class PlatformModule {}

/**
 * The HTTP application on an open platform. Does not listen yet. `page`: the API’s documentation as a page too. `probes`: what else this
 * process does, and must be able to.
 */
export async function createApi(
  platform: Platform,
  { page = true, probes = [] }: { page?: boolean; probes?: readonly Probe[] } = {},
): Promise<Served> {
  const tokens = tokensFrom(platform.settings, platform.clock);
  const api = await serve(platform, ({ readiness, filter }) => apiModule(platform, tokens, readiness, filter), {
    probes: [{ name: 'read-models', check: () => readsItsOwnVersions(platform), shortcomings: () => rowsBehind(platform) }, ...probes],
    verifier: tokens.verifier,
  });
  const { corsOrigins } = platform.settings.http;
  if (corsOrigins.length > 0) api.app.enableCors({ origin: [...corsOrigins] });
  serveOpenApi(api.app, page);
  return api;
}

/** A release answers from the rows it knows, and from no others (ADR 0021). @throws NotReady */
async function readsItsOwnVersions(platform: Platform): Promise<void> {
  const others = await otherVersions(platform);
  if (others.length === 0) return;
  const told = others.map(
    ({ projection, live, wanted, advice }) => `${projection} is of version ${live ?? 'none'}, read is ${wanted}: ${advice}`,
  );
  throw new NotReady(told.join('; '));
}

/** Old rows are better than none: what stands still is told, and served (ADR 0021). */
async function rowsBehind(platform: Platform): Promise<string[]> {
  const { stopped, partly } = await standstill(platform);
  return [...stopped, ...partly];
}

type Tokens = ReturnType<typeof tokensFrom>;

function apiModule(platform: Platform, tokens: Tokens, readiness: Readiness, filter: ProblemFilter): DynamicModule {
  const { settings, clock, pool, metrics } = platform;
  const read = new ReadModels({ ...platform, beside: pool, pool: platform.queries, timeoutMs: settings.http.readYourWriteTimeoutMs });
  const operations = new Operations(platform.services.deps);
  const rebuilds = new RebuildOperations({ ...platform, operations });
  const aside = new SetAsideOperations(platform);
  const asking: QueryServices = {
    ...platform,
    read,
    replays: new Replays({ ...platform, read }),
    masked: new MaskedSearches(pool, clock, settings.http.maskedSearchesPerDay),
    secret: settings.secrets.identityHmacSecret,
  };
  const values: [symbol | Type, unknown][] = [
    [COMMAND_SERVICES, platform.services],
    [RequestClaims, platform.claims],
    [DIGEST_SECRET, settings.secrets.identityHmacSecret],
    [TOKEN_VERIFIER, tokens.verifier],
    [LOCAL_TOKENS, tokens.local],
    [LocalCredentials, new LocalCredentials(pool)],
    [UserDirectory, platform.users],
    [SignInLimits, new SignInLimits(pool, clock)],
    [SiteDirectory, platform.sites],
    [WordDirectory, platform.words],
    [Metrics, metrics],
    [Readiness, readiness],
    [LogHeads, platform.logHeads],
    [RebuildOperations, rebuilds],
    [SetAsideOperations, aside],
    [ProjectionOperations, new ProjectionOperations({ ...platform, rebuilds, aside, operations, deps: platform.services.deps })],
    [RelayOperations, relayOperations(platform, operations)],
    [Operations, operations],
    [IntakeOperations, intakeOperations(platform)],
    [LatestManifests, new LatestManifests(pool, settings.topics.prefix)],
    [TopicContract, topicContract(settings)],
    [ReadModels, read],
    [QUERY_SERVICES, asking],
  ];
  return {
    module: ApiModule,
    imports: [
      CqrsModule.forRoot(),
      {
        ...{ module: PlatformModule, global: true },
        providers: values.map(([provide, useValue]): Provider => ({ provide, useValue })),
        exports: values.map(([provide]) => provide),
      },
      ...features.map(featureModule),
    ],
    providers: [
      NamedCommandHandler,
      NamedQueryHandler,
      RouteDeclarationCheck,
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: APP_GUARD, useClass: CommandMetadataGuard },
      { provide: APP_GUARD, useClass: IdempotencyGuard },
      { provide: APP_PIPE, useFactory: validationPipe },
      { provide: APP_FILTER, useValue: filter },
    ],
  };
}

function topicContract({ topics: { prefix, tls, username, saslMechanism } }: Settings): TopicContract {
  return new TopicContract(prefix, { tls: tls === 'on', sasl: username === undefined ? null : saslMechanism });
}

function relayOperations({ pool, store, settings }: Platform, operations: Operations): RelayOperations {
  const { prefix } = settings.topics;
  return new RelayOperations({ status: new RelayStatus(pool, prefix), store, prefix, isSet: whyNoBrokers(settings) === null, operations });
}

function intakeOperations(platform: Platform): IntakeOperations {
  const { pool, store, settings } = platform;
  const { prefix } = settings.topics;
  const standing = new IntakeStanding(pool, intakeTopics(prefix).intake);
  return new IntakeOperations({ standing, store, prefix, kafka: openKafka(platform, 'api') });
}

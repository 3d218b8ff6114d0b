import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  AuthGuard,
  EveryRouteIsDeclared,
  LOCAL_TOKENS,
  LocalCredentials,
  SignInController,
  SiteDirectory,
  TOKEN_VERIFIER,
  UserDirectory,
  tokensFrom,
} from '@touchline/auth';
import { COMMAND_SERVICES, RecordHandler } from '@touchline/commands';
import { DIGEST_SECRET, IssuerGuard } from '@touchline/http';
import { Metrics, nestLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import { projections } from '@touchline/projections';
import { touchpoints } from '@touchline/touchpoints';
import { createAdapter, prepareFastify } from './fastify.js';
import { HealthController, Readiness } from './health.controller.js';
import { serveOpenApi } from './openapi.js';
import { ProblemFilter } from './problem.filter.js';
import { validationPipe } from './validation.js';

/** Nest wants a class to name the module by; what it holds is put together below. */
@Module({})
class ApiModule {}

/** Every controller of the API, from the lists of touchpoints and read models. */
export const apiControllers = (): Type[] => [
  SignInController,
  HealthController,
  ...touchpoints.flatMap(({ controllers }) => [...controllers]),
  ...projections.flatMap(({ controllers }) => [...controllers]),
];

export interface Api {
  app: NestFastifyApplication;
  /** `http://host:port` once listening. */
  listen(): Promise<string>;
  /** Takes no more requests, lets those in hand finish, and closes; within the settings' time. */
  drain(): Promise<void>;
}

/** The HTTP application on an open platform. Does not listen yet. `page`: the API's documentation as a page too. */
export async function createApi(platform: Platform, { page = true } = {}): Promise<Api> {
  const { settings, logger, metrics, store, pool } = platform;
  const readiness = new Readiness([
    { name: 'event-log', check: () => store.head() },
    { name: 'database', check: () => pool.query('select 1') },
  ]);
  const filter = new ProblemFilter(logger, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(apiModule(platform, readiness, filter), createAdapter(settings), {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  await prepareFastify(fastify, { settings, filter, logger, metrics });
  if (settings.http.corsOrigins.length > 0) app.enableCors({ origin: [...settings.http.corsOrigins] });
  serveOpenApi(app, page);
  return {
    app,
    listen: async () => {
      await app.listen(settings.http.port, settings.http.host);
      return app.getUrl();
    },
    drain: async () => {
      readiness.draining = true;
      const late = setTimeout(() => {
        logger.warn('requests in hand took too long; closing their connections');
        fastify.server.closeAllConnections();
      }, settings.process.drainTimeoutMs);
      await app.close();
      clearTimeout(late);
    },
  };
}

function apiModule(platform: Platform, readiness: Readiness, filter: ProblemFilter): DynamicModule {
  const { settings, clock, pool, metrics } = platform;
  const tokens = tokensFrom(settings, clock);
  const values: [symbol | Type, unknown][] = [
    [COMMAND_SERVICES, platform.services],
    [DIGEST_SECRET, settings.secrets.identityHmacSecret],
    [TOKEN_VERIFIER, tokens.verifier],
    [LOCAL_TOKENS, tokens.local],
    [LocalCredentials, new LocalCredentials(pool)],
    [UserDirectory, platform.users],
    [SiteDirectory, platform.sites],
    [Metrics, metrics],
    [Readiness, readiness],
  ];
  return {
    module: ApiModule,
    imports: [CqrsModule.forRoot()],
    controllers: apiControllers(),
    providers: [
      ...values.map(([provide, useValue]): Provider => ({ provide, useValue })),
      RecordHandler,
      EveryRouteIsDeclared,
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: APP_GUARD, useClass: IssuerGuard },
      { provide: APP_PIPE, useFactory: validationPipe },
      { provide: APP_FILTER, useValue: filter },
    ],
  };
}

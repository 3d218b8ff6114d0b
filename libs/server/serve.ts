import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger } from '@touchline/observability';
import type { Platform } from '@touchline/platform';
import type { TokenVerifier } from '@touchline/auth/tokens.js';
import { createAdapter, prepareFastify } from './fastify.js';
import type { Probe } from './health.controller.js';
import { Readiness } from './health.controller.js';
import { methodsByAddress } from './other-methods.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestCounts } from './rate-limit.js';

export interface Served {
  app: NestFastifyApplication;
  /** `http://host:port` once listening. */
  listen(): Promise<string>;
  /** Takes no more requests, lets those in hand finish, and closes; within the settings' time. */
  drain(): Promise<void>;
}

/** An HTTP application on an open platform: limits, problem documents, request log, draining. Does not listen yet. */
export async function serve(
  platform: Platform,
  moduleOf: (shared: { readiness: Readiness; filter: ProblemFilter }) => DynamicModule,
  { probes = [], verifier = null }: { probes?: readonly Probe[]; verifier?: TokenVerifier | null } = {},
): Promise<Served> {
  const { settings, logger, metrics, tracing, store, pool, clock } = platform;
  const readiness = new Readiness([
    { name: 'event-log', check: () => store.head() },
    { name: 'database', check: () => pool.query('select 1') },
    ...probes,
  ]);
  const filter = new ProblemFilter(logger, metrics);
  const app = await NestFactory.create<NestFastifyApplication>(moduleOf({ readiness, filter }), createAdapter(settings, filter), {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  filter.methodsOf = methodsByAddress(fastify);
  const counts = new RequestCounts(pool, (error) =>
    logger.warn({ err: error }, 'how often callers ask is not told to the other processes; each counts for itself'),
  );
  await prepareFastify(fastify, { settings, logger, metrics, tracing, filter, rates: { clock, counts, verifier } });
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
      await counts.close();
    },
  };
}

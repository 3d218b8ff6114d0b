import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '@touchline/config';
import { Problem, readJson, underSignal } from '@touchline/http';
import type { Logger, Metrics } from '@touchline/observability';
import type { ProblemFilter } from './problem.filter.js';

const CORRELATION = /^[A-Za-z0-9._-]{8,64}$/;

/** Limits on size, time and address; the id of a request is its correlation id, the caller's own where it is fit. */
export function createAdapter({ http }: Settings, filter: ProblemFilter): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit: http.bodyLimitBytes,
    requestTimeout: http.requestTimeoutMs,
    connectionTimeout: http.requestTimeoutMs * 2,
    return503OnClosing: true,
    clientErrorHandler: refuseGarbage,
    trustProxy: http.trustProxy.length > 0 ? [...http.trustProxy] : false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => filter.reply(error, request, reply),
    genReqId: (request: IncomingMessage) => {
      const given = request.headers['x-correlation-id'];
      return typeof given === 'string' && CORRELATION.test(given) ? given : randomUUID();
    },
  });
}

/** What Node cannot even read as HTTP is refused on the bare connection. */
function refuseGarbage(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const [status, reason] =
    error.code === 'HPE_HEADER_OVERFLOW' ? ([431, 'Request Header Fields Too Large'] as const) : ([400, 'Bad Request'] as const);
  const problem = new Problem(
    status,
    status === 431 ? 'request.headers-too-large' : 'request.invalid',
    'this cannot be read as an HTTP request',
  );
  const body = JSON.stringify(problem.document());
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** What every request passes before Nest sees it. */
export async function prepareFastify(
  fastify: FastifyInstance,
  parts: { settings: Settings; logger: Logger; metrics: Metrics; filter: ProblemFilter },
): Promise<void> {
  const { settings, logger, metrics, filter } = parts;
  await fastify.register(helmet, { contentSecurityPolicy: { directives: { 'img-src': ["'self'", 'data:'], 'script-src': ["'self'"] } } });
  await fastify.register(rateLimit, {
    max: settings.http.rateLimitPerMinute,
    timeWindow: 60_000,
    keyGenerator: callerKey,
    errorResponseBuilder: (_request, context) =>
      new Problem(429, 'rate.limited', `at most ${context.max} requests a minute`, {
        headers: { 'retry-after': String(Math.ceil(context.ttl / 1000)) },
      }),
  });
  parseJsonStrictly(fastify);
  limitTime(fastify, settings.http.requestTimeoutMs, filter);
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-correlation-id', request.id);
  });
  fastify.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the address itself: a query may hold a telephone number.
    const line = {
      correlationId: request.id,
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
    };
    metrics.requests.observe({ method: line.method, route: line.route, status: String(line.status) }, reply.elapsedTime / 1000);
    logger.info({ ...line, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'request');
  });
}

/** Limits count per token where there is one, so that a shared address does not make callers pay for each other. */
const callerKey = (request: FastifyRequest): string => request.headers.authorization ?? request.ip;

/**
 * Answers whoever waits too long; what the request records goes on, what it asks of rows ends. Fastify's own `handlerTimeout` is no help: it takes the
 * end of a request's body for the end of the request.
 */
function limitTime(fastify: FastifyInstance, limitMs: number, filter: ProblemFilter): void {
  const detail = 'the request took too long; look with the same Idempotency-Key whether it was recorded';
  fastify.addHook('onRequest', (request, reply, done) => {
    const over = new AbortController();
    const late = setTimeout(() => {
      if (!reply.sent) filter.reply(new Problem(408, 'request.timeout', detail), request, reply);
      over.abort();
    }, limitMs);
    reply.raw.once('close', () => {
      clearTimeout(late);
      over.abort();
    });
    // What the database still works on for it ends with it.
    underSignal(over.signal, done);
  });
}

/** JSON and nothing else. */
function parseJsonStrictly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => readJson(body));
}

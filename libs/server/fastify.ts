import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '@touchline/config';
import { traceparentIn } from '@touchline/core';
import { Problem, Waiting, readJson, whileWaiting } from '@touchline/http';
import type { Logger, Metrics, Tracing } from '@touchline/observability';
import type { ProblemFilter } from './problem.filter.js';
import type { RateLimit } from './rate-limit.js';
import { limitRates } from './rate-limit.js';
import { whose } from './request-context.js';
import { traceRequests } from './traced-requests.js';

const HEADERS_TIMEOUT_MS = 10_000;
const CHECKED_EVERY_MS = 2_000;
const CORRELATION = /^[A-Za-z0-9._-]{8,64}$/;

/** Limits on size, time and address; the id of a request is its correlation id, the caller's own where it is fit. */
export function createAdapter({ http }: Settings, filter: ProblemFilter): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit: http.bodyLimitBytes,
    requestTimeout: http.requestTimeoutMs,
    connectionTimeout: http.requestTimeoutMs * 2,
    http: {
      // Headers are sent at once; whoever sends nothing, or one byte now and then, holds no socket for long.
      headersTimeout: Math.min(http.requestTimeoutMs, HEADERS_TIMEOUT_MS),
      connectionsCheckingInterval: Math.min(http.requestTimeoutMs, CHECKED_EVERY_MS),
    },
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

/** What Node cannot even read as HTTP: status, reason, code and detail by its error codes. */
const UNREADABLE: Readonly<Record<string, readonly [number, string, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'request.headers-too-large', 'the headers are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'request.timeout', 'the request did not come in time'],
};
const GARBAGE = [400, 'Bad Request', 'request.invalid', 'this cannot be read as an HTTP request'] as const;

/** Refused on the bare connection, which is then gone, whatever the other side does with its half. */
function refuseGarbage(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, code, detail] = UNREADABLE[error.code ?? ''] ?? GARBAGE;
  const problem = new Problem(status, code, detail);
  const body = JSON.stringify(problem.document());
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** What every request passes before Nest sees it. */
export async function prepareFastify(
  fastify: FastifyInstance,
  parts: {
    settings: Settings;
    logger: Logger;
    metrics: Metrics;
    tracing: Tracing | null;
    filter: ProblemFilter;
    rates: Omit<RateLimit, 'max' | 'filter'>;
  },
): Promise<void> {
  const { settings, logger, metrics, tracing, filter, rates } = parts;
  await fastify.register(helmet, { contentSecurityPolicy: { directives: { 'img-src': ["'self'", 'data:'], 'script-src': ["'self'"] } } });
  parseJsonStrictly(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    const traceparent = traceparentIn(request.headers['traceparent']);
    if (traceparent !== undefined) request.traceparent = traceparent;
    reply.header('x-correlation-id', request.id);
  });
  if (tracing !== null) traceRequests(fastify, tracing);
  limitTime(fastify, settings.http.requestTimeoutMs, filter);
  limitRates(fastify, { max: settings.http.rateLimitPerMinute, filter, ...rates });
  fastify.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the address itself: a query may hold a telephone number.
    const line = {
      ...whose(request),
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
    };
    metrics.requests.observe({ method: line.method, route: line.route, status: String(line.status) }, reply.elapsedTime / 1000);
    logger.info({ ...line, ms: Math.round(reply.elapsedTime * 10) / 10 }, 'request');
  });
}

/**
 * Answers whoever waits too long; what the request records goes on, what it asks of rows ends. Fastify's own `handlerTimeout` is no help: it takes the
 * end of a request's body for the end of the request.
 */
function limitTime(fastify: FastifyInstance, limitMs: number, filter: ProblemFilter): void {
  const advice: Readonly<Record<string, string>> = { POST: 'look with the same Idempotency-Key whether it was recorded' };
  fastify.addHook('onRequest', (request, reply, done) => {
    const waiting = new Waiting();
    const late = setTimeout(() => {
      if (!reply.sent)
        filter.reply(
          new Problem(408, 'request.timeout', `the request took too long; ${advice[request.method] ?? 'ask again, or for less'}`),
          request,
          reply,
        );
      waiting.leave();
    }, limitMs);
    reply.raw.once('close', () => {
      clearTimeout(late);
      waiting.leave();
    });
    // What the database still works on for it ends with it.
    whileWaiting(waiting, done);
  });
}

/** JSON and nothing else. */
function parseJsonStrictly(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => readJson(body));
}

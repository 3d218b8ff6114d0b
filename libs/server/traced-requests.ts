import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenSpan, Tracing } from '@touchline/observability';

/** Asked for all day by whoever watches the process. */
const UNTRACED = /^\/(health|metrics)\b/;

/**
 * A span for each request, below the one that it came with; what it leads to is told on by this one. It says the route's pattern and
 * never the address itself, who asked, or where from.
 */
export function traceRequests(fastify: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    if (route !== undefined && UNTRACED.test(route)) return done();
    const span = tracing.begin(
      {
        name: route === undefined ? request.method : `${request.method} ${route}`,
        kind: 'server',
        attributes: {
          'http.request.method': request.method,
          'url.scheme': request.protocol,
          ...(route !== undefined && { 'http.route': route }),
        },
      },
      request.traceparent,
    );
    if (span.traceparent !== undefined) request.traceparent = span.traceparent;
    spans.set(request, span);
    reply.raw.once('close', () => span.end(endOf(reply)));
    span.run(done);
  });
  // Reading a body leaves the span behind.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else span.run(done);
  });
}

/** A refusal is an answer; what failed is ours, or nobody waited for it. */
function endOf({ raw, statusCode }: FastifyReply): NonNullable<Parameters<OpenSpan['end']>[0]> {
  if (!raw.writableFinished) return { error: 'cancelled' };
  return { attributes: { 'http.response.status_code': statusCode }, ...(statusCode >= 500 && { error: String(statusCode) }) };
}

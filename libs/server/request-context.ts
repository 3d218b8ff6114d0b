import type { FastifyRequest } from 'fastify';
import type { Caller } from '@touchline/core';
import { traceIdOf } from '@touchline/core';

declare module 'fastify' {
  interface FastifyRequest {
    /** W3C trace context that the request came with. */
    traceparent?: string;
    /** Set by the sign-in guard. */
    caller?: Caller;
  }
}

/** Whose a log line is: the request, its trace where it came with one, and who asked, by ids alone. */
export function whose({ id, traceparent, caller }: FastifyRequest): Record<string, string> {
  return {
    correlationId: id,
    ...(traceparent !== undefined && { traceId: traceIdOf(traceparent) }),
    ...(caller !== undefined && { tenant: caller.tenant, userId: caller.userId }),
  };
}

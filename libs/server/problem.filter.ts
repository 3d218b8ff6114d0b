import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppendOutcomeUnknown, EventStoreUnavailable, EventTooLarge, InvalidEventText } from '@touchline/event-store';
import { Problem, Refused } from '@touchline/http';
import type { Logger, Metrics } from '@touchline/observability';
import { isConnectionLoss } from '@touchline/postgres';
import { REJECTION_STATUS } from '@touchline/touchpoints/rejections.js';
import type { RejectionCode } from '@touchline/touchpoints/rejections.js';

/** Every failure leaves as a problem document (RFC 9457): business refusals by their code, faults without their insides. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.reply(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also used by Fastify itself, for an address it cannot even route. */
  reply(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const problem = asProblem(error);
    if (problem.status >= 500) this.logger.error({ err: error, correlationId: request.id, code: problem.code }, 'request failed');
    this.metrics.refusals.inc({ code: problem.code });
    void reply
      .status(problem.status)
      .headers(problem.headers)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem.document(request.url.split('?', 1)[0])));
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refused) return refusal(error);
  if (error instanceof EventStoreUnavailable)
    return new Problem(503, 'event-store.unavailable', 'the event log cannot be reached; try again', RETRY);
  if (error instanceof AppendOutcomeUnknown)
    return new Problem(
      503,
      'event-store.unavailable',
      'the event log did not say whether it was recorded; ask again with the same Idempotency-Key',
      RETRY,
    );
  if (error instanceof EventTooLarge) return new Problem(413, 'event.too-large', 'what is to be recorded is too large for one event');
  if (error instanceof InvalidEventText)
    return new Problem(400, 'body.invalid-text', 'text may hold neither NUL nor half a surrogate pair');
  if (isConnectionLoss(error)) return new Problem(503, 'database.unavailable', 'the database cannot be reached; try again', RETRY);
  if (error instanceof HttpException) return fromNest(error);
  return fromFastify(error) ?? new Problem(500, 'internal', 'something failed on our side; nothing was recorded unless a retry says so');
}

const RETRY = { headers: { 'retry-after': '1' } };

function refusal({ refusals, extensions }: Refused): Problem {
  const [first] = refusals;
  if (first === undefined) return new Problem(500, 'internal', 'refused without a reason');
  return new Problem(REJECTION_STATUS[first.code as RejectionCode], first.code, first.detail, {
    errors: refusals.map(({ field, code, detail }) => ({ field: field ?? '', rule: code, detail })),
    extensions,
  });
}

function fromNest(error: HttpException): Problem {
  const status = error.getStatus();
  if (status === 404) return new Problem(404, 'route.unknown', 'there is nothing at this address');
  return fromFastify(error.cause) ?? new Problem(status, status >= 500 ? 'internal' : 'request.invalid', error.message);
}

/** Fastify's own refusals, by its error codes. */
const FASTIFY: Readonly<Record<string, readonly [number, string, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'body.too-large', 'the request body is larger than allowed'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'body.unsupported-media-type', 'send application/json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'body.malformed', 'the body does not have the length it claims'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'body.malformed', 'the body is empty'],
  FST_ERR_BAD_URL: [400, 'request.invalid', 'the address is malformed'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'address.too-long', 'a part of the address is too long'],
};

function fromFastify(error: unknown): Problem | null {
  const known = FASTIFY[String((error as { code?: unknown } | null)?.code)];
  return known === undefined ? null : new Problem(...known);
}

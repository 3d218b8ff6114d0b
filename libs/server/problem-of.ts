import { HttpException } from '@nestjs/common';
import {
  AppendOutcomeUnknown,
  EventStoreUnavailable,
  EventTooLarge,
  InvalidEventText,
  LogDenied,
  StreamDamaged,
} from '@touchline/event-store';
import { Problem, Refused } from '@touchline/http';
import { isConnectionLoss, sqlState } from '@touchline/postgres';
import { REJECTION_STATUS } from '@touchline/routes/rejections.js';
import type { RejectionCode } from '@touchline/routes/rejections.js';

/** What a failure is to whoever asked: a refusal by its code, a fault without its insides. Status 500 and above is our fault. */
export function problemOf(error: unknown): Problem {
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
  if (error instanceof LogDenied) return new Problem(503, 'event-store.unavailable', 'the event log does not let this process do it');
  if (error instanceof StreamDamaged)
    return new Problem(
      503,
      'event-store.stream-damaged',
      'events of this record were hidden or deleted in the event log; an operator has to look at it',
    );
  if (error instanceof EventTooLarge) return new Problem(413, 'event.too-large', 'what is to be recorded is too large for one event');
  if (error instanceof InvalidEventText)
    return new Problem(400, 'body.invalid-text', 'text may hold neither NUL nor half a surrogate pair');
  // Cancelled: it took longer than a request may, or nobody waits any more.
  if (sqlState(error) === '57014' || (error instanceof Error && error.name === 'AbortError'))
    return new Problem(503, 'database.unavailable', 'the answer took longer than a request may; ask for less', RETRY);
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

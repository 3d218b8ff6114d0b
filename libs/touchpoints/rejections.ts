import type { ScopeRejection, PlacingRejection } from '@touchline/commands';
import { RecordingRoute } from '@touchline/http';
import type { EngineCode } from '@touchline/event-store';
import type { CallRejection } from './call/call.decider.js';

/** Every code a command can be refused with. */
export type RejectionCode = EngineCode | ScopeRejection | PlacingRejection | CallRejection;

/** HTTP status of every refusal: a new code does not compile until it has one. */
export const REJECTION_STATUS: Readonly<Record<RejectionCode, 400 | 403 | 404 | 409 | 412 | 422>> = {
  'idempotency.key-reused': 422,
  'precondition.stale': 412,
  'occurred-at.in-future': 422,
  'stream.contended': 409,
  'scope.other-site': 403,
  'site.unknown': 404,
  'site.closed': 409,
  'site.other-product-line': 422,
  'contact.site-missing': 422,
  'customer.unknown': 404,
  'user.unknown': 422,
  'journey.unknown': 404,
  'journey.not-open': 409,
  'correction.unknown-event': 404,
  'correction.other-kind': 422,
};

/** A route that records, with the refusals of its own beside those of every such route. */
export function Records(summary: string, ...codes: RejectionCode[]): MethodDecorator {
  const byStatus: { [status: number]: string[] } = {};
  for (const code of codes) (byStatus[REJECTION_STATUS[code]] ??= []).push(code);
  return RecordingRoute(summary, byStatus);
}

/** Refusals of every route that records on a journey. */
export const ON_JOURNEY = [
  'journey.unknown',
  'journey.not-open',
  'site.unknown',
  'user.unknown',
  'correction.unknown-event',
  'correction.other-kind',
] as const satisfies readonly RejectionCode[];

/** Refusals of every route that takes a contact and finds its journey. */
export const ON_CONTACT = [
  ...ON_JOURNEY,
  'site.closed',
  'site.other-product-line',
  'contact.site-missing',
  'customer.unknown',
] as const satisfies readonly RejectionCode[];

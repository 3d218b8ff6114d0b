import type { PlacingRejection, ScopeRejection } from '@touchline/commands';
import type { EngineCode } from '@touchline/event-store';
import { RecordingRoute } from '@touchline/http';
import type { IdentityCode } from '@touchline/identity';
import type { ActRejection } from '@touchline/touchpoints/journey/act.rules.js';
import { touchpoints } from '@touchline/touchpoints/list.js';

type Status = 400 | 403 | 404 | 409 | 412 | 422;

/** What a touchpoint's own commands are refused with stands beside them. */
type OfTouchpoints = keyof UnionToIntersection<(typeof touchpoints)[number]['refusals']>;
type UnionToIntersection<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;

/** Of everything else. */
type OfTheRest = Exclude<
  EngineCode | ScopeRejection | PlacingRejection | IdentityCode | ActRejection | 'contact.unknown' | 'contact.already-recorded',
  OfTouchpoints
>;

/** Every code a command can be refused with. */
export type RejectionCode = OfTouchpoints | OfTheRest;

const OF_THE_REST: Readonly<Record<OfTheRest, Status>> = {
  'idempotency.key-reused': 422,
  'precondition.stale': 412,
  'occurred-at.in-future': 422,
  'stream.contended': 409,
  'word.unknown': 422,
  'scope.other-site': 403,
  'site.other-product-line': 422,
  'contact.site-missing': 422,
  'user.unknown': 422,
  'correction.unknown-event': 404,
  'correction.other-kind': 422,
  'contact.unknown': 404,
  'contact.already-recorded': 409,
  'journey.unknown': 404,
  'journey.not-open': 409,
  'journey.owner-elsewhere': 422,
};

/** HTTP status of every refusal: a new code does not compile until it has one. */
export const REJECTION_STATUS = Object.assign({}, OF_THE_REST, ...touchpoints.map(({ refusals }) => refusals)) as Readonly<
  Record<RejectionCode, Status>
>;

/** A route that records, with the refusals of its own beside those of every such route. */
export function Records(summary: string, ...codes: readonly RejectionCode[]): MethodDecorator {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) byStatus.set(REJECTION_STATUS[code], [...(byStatus.get(REJECTION_STATUS[code]) ?? []), code]);
  return RecordingRoute(summary, Object.fromEntries(byStatus));
}

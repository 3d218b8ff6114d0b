import type { PlacingRejection, ScopeRejection } from '@touchline/commands';
import type { EngineCode } from '@touchline/event-store';
import { RecordingRoute } from '@touchline/http';
import type { IdentityCode } from '@touchline/identity';
import type { CallRejection } from './call/call.decider.js';
import type { ComplaintRejection } from './complaint/complaint.decider.js';
import type { ContactRejection } from './contact/contact.decider.js';
import type { ContractRejection } from './contract/contract.decider.js';
import type { CustomerRejection } from './customer/customer.decider.js';
import type { QuestionRejection } from './customer/question.decider.js';
import type { DeclaredRejection } from './declared/declared.decider.js';
import type { HandoverRejection } from './handover/handover.decider.js';
import type { JourneyRejection } from './journey/journey.decider.js';
import type { PlaybookRejection } from './playbook/playbook.decider.js';
import type { PlaybookFormRejection } from './playbook/playbook.dto.js';
import type { QuoteRejection } from './quote/quote.decider.js';
import type { RevealRejection } from './reveal/reveal.decider.js';
import type { SiteRejection } from './site/site.decider.js';
import type { UnitRejection } from './unit/unit.decider.js';
import type { UserRejection } from './user/user.decider.js';
import type { VisitRejection } from './visit/visit.decider.js';
import type { WordsRejection } from './words/words.decider.js';

/** Every code a command can be refused with. */
export type RejectionCode =
  | EngineCode
  | ScopeRejection
  | PlacingRejection
  | IdentityCode
  | CallRejection
  | ComplaintRejection
  | ContactRejection
  | ContractRejection
  | CustomerRejection
  | DeclaredRejection
  | HandoverRejection
  | JourneyRejection
  | PlaybookRejection
  | PlaybookFormRejection
  | QuestionRejection
  | QuoteRejection
  | RevealRejection
  | SiteRejection
  | UnitRejection
  | UserRejection
  | VisitRejection
  | WordsRejection;

/** HTTP status of every refusal: a new code does not compile until it has one. */
export const REJECTION_STATUS: Readonly<Record<RejectionCode, 400 | 403 | 404 | 409 | 412 | 422>> = {
  'idempotency.key-reused': 422,
  'precondition.stale': 412,
  'occurred-at.in-future': 422,
  'stream.contended': 409,
  'word.unknown': 422,
  'word.taken': 409,
  'words.unknown': 404,
  'scope.other-site': 403,
  'site.unknown': 404,
  'site.closed': 409,
  'site.other-product-line': 422,
  'contact.site-missing': 422,
  'customer.unknown': 404,
  'user.unknown': 422,
  'correction.unknown-event': 404,
  'correction.other-kind': 422,

  'phone.invalid': 422,
  'phone.extension': 422,
  'email.invalid': 422,
  'wechat.invalid': 422,
  'member-number.invalid': 422,
  'identifier.held': 409,
  'identifier.shared': 409,
  'identifier.different-holders': 409,

  'customer.already-registered': 409,
  'customer.erased': 409,
  'customer.nameless': 422,
  'customer.nothing-to-change': 422,
  'customer.identifier-unknown': 404,
  'question.unknown': 404,
  'question.settled': 409,
  'question.other-answers': 422,
  'consent.already-given': 409,
  'consent.not-given': 409,

  'contact.unknown': 404,
  'contact.already-recorded': 409,
  'contact.already-tied': 409,
  'contact.not-tied': 409,
  'contact.journey-unidentified': 409,

  'journey.unknown': 404,
  'journey.not-open': 409,
  'journey.already-lost': 409,
  'journey.not-lost': 409,
  'journey.not-a-manager': 403,
  'journey.contract-stands': 409,
  'journey.already-identified': 409,
  'journey.same-owner': 409,
  'journey.out-of-order': 422,
  'journey.owner-elsewhere': 422,

  'visit.batch-empty': 422,
  'visit.not-the-owner': 409,

  'quote.price-invalid': 422,
  'quote.discount-invalid': 422,
  'quote.validity-past': 422,
  'quote.already-stands': 409,
  'quote.none-stands': 409,
  'quote.contract-stands': 409,
  'quote.out-of-order': 422,

  'contract.price-invalid': 422,
  'contract.schedule-invalid': 422,
  'contract.quote-unknown': 422,
  'contract.quote-withdrawn': 409,
  'contract.quote-superseded': 409,
  'contract.already-signed': 409,
  'contract.none-stands': 409,
  'contract.out-of-order': 422,

  'handover.no-contract': 409,
  'handover.already-completed': 409,
  'handover.appointment-past': 422,
  'handover.same-time': 409,
  'handover.reason-missing': 422,
  'handover.checklist-invalid': 422,
  'handover.out-of-order': 422,

  'complaint.unknown': 404,
  'complaint.already-received': 409,
  'complaint.customer-missing': 422,
  'complaint.category-unknown': 422,
  'complaint.account-missing': 422,
  'complaint.already-acknowledged': 409,
  'complaint.already-resolved': 409,
  'complaint.already-closed': 409,
  'complaint.not-resolved': 409,
  'complaint.out-of-order': 422,

  'touchpoint.undeclared': 422,
  'touchpoint.fields-invalid': 422,

  'unit.already-registered': 409,
  'unit.unknown': 404,
  'site.already-open': 409,
  'site.zone-unknown': 422,
  'site.product-lines': 422,
  'playbook.unknown': 404,
  'calendar.bad-slot': 422,
  'calendar.slots-overlap': 422,
  'calendar.bad-date': 422,
  'calendar.date-twice': 422,
  'calendar.make-up-without-hours': 422,
  'user.login-taken': 409,
  'user.not-registered': 404,
  'user.roles': 422,
  'user.site-unknown': 422,
  'user.deactivated': 409,
  'user.last-administrator': 409,
  'user.active': 409,
  'playbook.invalid': 422,
  'playbook.id-is-shipped': 409,
  'playbook.version-not-next': 409,
};

/** A route that records, with the refusals of its own beside those of every such route. */
export function Records(summary: string, ...codes: RejectionCode[]): MethodDecorator {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) byStatus.set(REJECTION_STATUS[code], [...(byStatus.get(REJECTION_STATUS[code]) ?? []), code]);
  return RecordingRoute(summary, Object.fromEntries(byStatus));
}

/** Refusals of every route that takes a correction. */
export const CORRECTING = ['correction.unknown-event', 'correction.other-kind'] as const satisfies readonly RejectionCode[];

/** Refusals of every route whose journey is named, whatever is done with it. */
export const OF_JOURNEY = ['journey.unknown'] as const satisfies readonly RejectionCode[];

/** Refusals of every route that records an act on a journey. */
export const ON_JOURNEY = [...OF_JOURNEY, ...CORRECTING, 'journey.not-open', 'user.unknown'] as const satisfies readonly RejectionCode[];

/** Refusals of every route that takes a contact and finds its journey. */
export const ON_CONTACT = [
  ...ON_JOURNEY,
  'site.unknown',
  'site.closed',
  'site.other-product-line',
  'contact.site-missing',
  'contact.unknown',
  'contact.already-recorded',
  'word.unknown',
  'customer.unknown',
  'phone.invalid',
  'phone.extension',
  'identifier.shared',
] as const satisfies readonly RejectionCode[];

import type { NewEvent, Rejection, Subjects } from '@touchline/core';
import { endOfDay, identityFault } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import type { JourneyEvent, JourneyOpened, JourneyStanding } from './journey.events.js';

/** Given with a contact that may be the first of its journey: what the journey is opened with. */
export type JourneyOpening = JourneyOpened;

/** What a contact brings, as far as the journey around it is concerned. */
export interface Contact {
  journeyId: string;
  occurredAt: string;
  opening?: JourneyOpening;
  /** The consultant who gains the journey by this contact, if it has no owner; absent where it claims nothing. */
  claimant?: string;
}

export type ContactRejection = 'journey.unknown' | 'journey.not-open';

/** Time zone of the site, for limits that run to the end of a day. */
export interface ContactRules {
  playbook: Playbook;
  zone: string;
}

/**
 * What a contact does to its journey: opens it, brings it back within the playbook's days, gives it its first owner
 * (domain §6). Owner is the first *recorded* reception, so an owned journey keeps its owner.
 */
export function aroundContact(
  journey: JourneyStanding,
  contact: Contact,
  rules: ContactRules,
): { before: NewEvent<JourneyEvent>[]; subjects: Subjects; refusals: Rejection<ContactRejection>[] } {
  const opened = journey.opened ?? contact.opening;
  if (opened === undefined)
    return { before: [], subjects: {}, refusals: [identityFault('journey.unknown', 'there is no such journey', 'journeyId')] };
  const customerId = journey.customerId ?? opened.customerId;
  const subjects: Subjects = { journey: contact.journeyId, site: opened.siteId, ...(customerId && { customer: customerId }) };
  const { occurredAt } = contact;
  const before: NewEvent<JourneyEvent>[] = [];
  if (journey.opened === null) before.push({ type: 'journey-opened', data: opened, occurredAt, subjects });
  if (journey.status === 'lost') {
    if (!mayComeBack(journey, occurredAt, rules))
      return {
        before,
        subjects,
        refusals: [{ code: 'journey.not-open', kind: 'rule', detail: 'this journey was lost too long ago; open a new one' }],
      };
    before.push({ type: 'journey-reactivated', data: { cause: 'customer-came-back' }, occurredAt, subjects });
  }
  if (journey.ownerId === null && contact.claimant !== undefined)
    before.push({ type: 'journey-owner-assigned', data: { ownerId: contact.claimant, reason: 'first-reception' }, occurredAt, subjects });
  return { before, subjects, refusals: [] };
}

/** Lost, not bought, and back by the end of the last allowed day at the site (domain §6). */
export function mayComeBack(journey: JourneyStanding, at: string, rules: ContactRules): boolean {
  if (journey.lostAt === null || journey.bought) return false;
  return at < endOfDay(journey.lostAt, rules.zone, rules.playbook.reactivationDays);
}

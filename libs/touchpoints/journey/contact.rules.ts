import type { NewEvent, Rejection, Subjects } from '@touchline/core';
import { endOfDay, identityFault, rule } from '@touchline/core';
import type { Playbook } from '@touchline/playbooks';
import type { JourneyEvent, JourneyOpened } from './journey.events.js';
import type { JourneyStanding } from './journey.fold.js';

/** Given with a touchpoint that may be the first of its journey: what the journey is opened with. */
export type JourneyOpening = JourneyOpened;

/** An act on a journey, as far as the journey around it is concerned. */
export interface ActOnJourney {
  journeyId: string;
  occurredAt: string;
  opening?: JourneyOpening;
}

/** An act of the customer's own: a call or visit received. */
export interface Contact extends ActOnJourney {
  /** The consultant who gains the journey by this contact, if it has no owner; absent where it claims nothing. */
  claimant?: string;
}

export type ContactRejection = 'journey.unknown' | 'journey.not-open';

/** Time zone of the site, for limits that run to the end of a day. */
export interface ContactRules {
  playbook: Playbook;
  zone: string;
}

/** What has to be recorded before an act, in the same append, and whom all of it is about. */
export interface AroundAct {
  before: NewEvent<JourneyEvent>[];
  subjects: Subjects;
  refusals: Rejection<ContactRejection>[];
}

/** What an act does to its journey: opens it where it is the first. On a lost journey it is refused (domain §6.6). */
export function aroundAct(journey: JourneyStanding, act: ActOnJourney): AroundAct {
  const around = aroundOpening(journey, act);
  const refusals = isAfterLoss(journey, act.occurredAt) ? [rule('journey.not-open', 'this journey is lost; take it up again first')] : [];
  return { ...around, refusals: [...around.refusals, ...refusals] };
}

/**
 * What a contact does to its journey beyond that: brings it back within the playbook's days, gives it its first owner
 * (domain §6.1, §6.6). Owner is the first *recorded* reception, so an owned journey keeps its owner.
 */
export function aroundContact(journey: JourneyStanding, contact: Contact, rules: ContactRules): AroundAct {
  const { before, subjects, refusals } = aroundOpening(journey, contact);
  const { occurredAt, claimant } = contact;
  if (refusals.length > 0) return { before, subjects, refusals };
  if (isAfterLoss(journey, occurredAt)) {
    if (!mayComeBack(journey, occurredAt, rules))
      return { before, subjects, refusals: [rule('journey.not-open', 'this journey was lost too long ago; open a new one')] };
    before.push({ type: 'journey-reactivated', data: { cause: 'customer-came-back' }, occurredAt, subjects });
  }
  if (journey.ownerId === null && claimant !== undefined)
    before.push({ type: 'journey-owner-assigned', data: { ownerId: claimant, reason: 'first-reception' }, occurredAt, subjects });
  return { before, subjects, refusals: [] };
}

/** Lost, not bought, and back by the end of the last allowed day at the site (domain §6.6). */
export function mayComeBack(journey: JourneyStanding, at: string, rules: ContactRules): boolean {
  if (journey.lostAt === null || journey.bought) return false;
  return at < endOfDay(journey.lostAt, rules.zone, rules.playbook.reactivationDays);
}

/** What the first act of a journey needs: its opening. Whatever the journey's state, so also for what changes that. */
export function aroundOpening(journey: JourneyStanding, { journeyId, occurredAt, opening }: ActOnJourney): AroundAct {
  const opened = journey.opened ?? opening;
  if (opened === undefined)
    return { before: [], subjects: {}, refusals: [identityFault('journey.unknown', 'there is no such journey', 'journeyId')] };
  const customer = journey.customerId ?? opened.customerId;
  const subjects: Subjects = { journey: journeyId, site: opened.siteId, ...(customer !== undefined && { customer }) };
  return {
    before: journey.opened === null ? [{ type: 'journey-opened', data: opened, occurredAt, subjects }] : [],
    subjects,
    refusals: [],
  };
}

/** Told late, an act from before the loss is history of an open journey: it neither needs nor brings it back. */
const isAfterLoss = (journey: JourneyStanding, at: string): boolean => journey.lostAt !== null && at >= journey.lostAt;

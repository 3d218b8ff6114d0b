import type { DecideContext, Decider } from '@touchline/core';
import { accept, acceptUnless, refuse } from '@touchline/core';
import type { CorrectionRejection } from '../correction.events.js';
import { checkCorrection } from '../correction.events.js';
import type { Contact, ContactRejection, ContactRules } from '../journey/contact.events.js';
import { aroundContact } from '../journey/contact.events.js';
import type { JourneyEvent, JourneyStanding } from '../journey/journey.events.js';
import { evolveJourney, noJourney } from '../journey/journey.events.js';
import type { CallEvent } from './call.events.js';

export interface CallCommand extends Contact {
  fact: CallEvent;
  /** Id of the event this call replaces. */
  corrects?: string;
}

export type CallRejection = ContactRejection | CorrectionRejection;

/**
 * A call belongs to a journey. One received with contact details taken is a reception and gives an ownerless journey its
 * owner; one without claims nothing (domain §6). A correction changes what was noted, never who owns.
 */
export const callDecider: Decider<JourneyStanding, CallCommand, CallEvent | JourneyEvent, DecideContext & ContactRules, CallRejection> = {
  initial: noJourney,
  evolve: evolveJourney,

  decide(journey, command, context) {
    const { fact, occurredAt, corrects } = command;
    if (corrects !== undefined) {
      const { subjects, refusals } = checkCorrection(corrects, fact.type, context);
      return subjects === null ? refuse(...refusals) : accept({ ...fact, occurredAt, subjects, corrects });
    }
    const { before, subjects, refusals } = aroundContact(journey, command, context);
    return acceptUnless([...before, { ...fact, occurredAt, subjects }], ...refusals);
  },
};

import type { DecideContext, Decider } from '@touchline/core';
import type { ActRejection } from '../journey/act.rules.js';
import { decideAct } from '../journey/act.rules.js';
import type { Contact, ContactRules } from '../journey/contact.rules.js';
import { aroundAct, aroundContact } from '../journey/contact.rules.js';
import type { JourneyEvent } from '../journey/journey.events.js';
import type { JourneyStanding } from '../journey/journey.fold.js';
import { journeyFold } from '../journey/journey.fold.js';
import type { CallEvent } from './call.events.js';

export interface CallCommand extends Contact {
  fact: CallEvent;
  /** Id of the event this call replaces. */
  corrects?: string;
}

export type CallRejection = ActRejection;

/**
 * A call belongs to a journey. One received with contact details taken is a reception and gives an ownerless journey its
 * owner; one without claims nothing (domain §6.1). Only the customer's own call brings a lost journey back. A correction
 * changes what was noted, never who owns.
 */
export const callDecider: Decider<JourneyStanding, CallCommand, CallEvent | JourneyEvent, DecideContext & ContactRules, CallRejection> = {
  fold: journeyFold,

  decide(journey, { fact, claimant, ...command }, context) {
    const isReception = fact.type === 'call-received' && fact.data.contactTaken;
    const contact = { ...command, ...(isReception && claimant !== undefined && { claimant }) };
    const around = fact.type === 'call-received' ? aroundContact(journey, contact, context) : aroundAct(journey, command);
    return decideAct<CallEvent, CallRejection>(around, command, context, { type: fact.type, data: fact.data });
  },
};

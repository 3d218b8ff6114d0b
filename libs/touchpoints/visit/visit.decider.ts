import type { DecideContext, Decider } from '@touchline/core';
import { rule } from '@touchline/core';
import type { ActRejection } from '../journey/act.rules.js';
import { decideAct } from '../journey/act.rules.js';
import type { ActOnJourney, ContactRules } from '../journey/contact.rules.js';
import { aroundContact } from '../journey/contact.rules.js';
import type { JourneyEvent } from '../journey/journey.events.js';
import type { JourneyStanding } from '../journey/journey.fold.js';
import { journeyFold } from '../journey/journey.fold.js';
import { formFault } from '../touchpoint.rules.js';
import type { VisitEvent, VisitReceived } from './visit.events.js';

export interface VisitCommand extends ActOnJourney {
  visit: VisitReceived;
  /** Id of the visit this one replaces. */
  corrects?: string;
}

export type VisitRejection = ActRejection | 'visit.batch-empty' | 'visit.not-the-owner';

/**
 * Every visit tied to a journey is a reception and gives an ownerless journey to whoever received it, unless a colleague
 * received on the owner's behalf (domain §6.1, §6.3). A correction changes what was noted, never who owns.
 */
export const visitDecider: Decider<JourneyStanding, VisitCommand, VisitEvent | JourneyEvent, DecideContext & ContactRules, VisitRejection> =
  {
    fold: journeyFold,

    decide(journey, { visit, ...command }, context) {
      const { batchSize, onBehalfOf, responsibleId } = visit;
      const contact = onBehalfOf === undefined ? { claimant: responsibleId, ...command } : command;
      return decideAct<VisitEvent, VisitRejection>(aroundContact(journey, contact, context), command, context, {
        type: 'visit-received',
        data: visit,
        faults: [
          !(Number.isSafeInteger(batchSize) && batchSize >= 1) && formFault('visit.batch-empty', 'at least one person came', 'batchSize'),
        ],
        rules: [
          onBehalfOf !== undefined &&
            onBehalfOf !== journey.ownerId &&
            rule('visit.not-the-owner', 'a colleague receives on behalf of the owner of the journey', 'onBehalfOf'),
        ],
      });
    },
  };

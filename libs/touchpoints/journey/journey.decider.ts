import type { DecideContext, Decider, Decision } from '@touchline/core';
import { accept, acceptUnless, identityFault, refuse, rule } from '@touchline/core';
import type { ActRejection } from './act.rules.js';
import { decideAct } from './act.rules.js';
import type { ActOnJourney } from './contact.rules.js';
import { aroundOpening } from './contact.rules.js';
import type { JourneyEvent, JourneyLost, JourneyReactivated } from './journey.events.js';
import type { JourneyStanding } from './journey.fold.js';
import { journeyFold } from './journey.fold.js';

export type JourneyCommand = Lose | Reactivate | Identify | Assign;

interface Lose extends ActOnJourney {
  act: 'lose';
  loss: JourneyLost;
  /** Id of the loss this one replaces. */
  corrects?: string;
}

interface Reactivate {
  act: 'reactivate';
  journeyId: string;
  occurredAt: string;
  reactivation: JourneyReactivated & { cause: 'recorded-in-error' | 'manager' };
  /** True where a manager sends it. */
  byManager: boolean;
}

/** Ties an unidentified journey to its customer. */
interface Identify {
  act: 'identify';
  journeyId: string;
  customerId: string;
}

interface Assign {
  act: 'assign';
  journeyId: string;
  ownerId: string;
  note?: string;
  /** Set where an imported source names the owner, and since when; a manager's reassignment counts from when it is made. */
  sourceSince?: string;
}

export type JourneyRejection =
  | ActRejection
  | 'journey.already-lost'
  | 'journey.not-lost'
  | 'journey.not-a-manager'
  | 'journey.contract-stands'
  | 'journey.already-identified'
  | 'journey.same-owner'
  | 'journey.out-of-order';

type Decided = Decision<JourneyEvent, JourneyRejection>;

/** What happens to a journey as a whole: lost, taken up again, tied to its customer, given to another owner. */
export const journeyDecider: Decider<JourneyStanding, JourneyCommand, JourneyEvent, DecideContext, JourneyRejection> = {
  fold: journeyFold,

  decide(journey, command, context) {
    switch (command.act) {
      case 'lose':
        return lose(journey, command, context);
      case 'reactivate':
        return reactivate(journey, command);
      case 'identify':
        return identify(journey, command, context);
      case 'assign':
        return assign(journey, command, context);
    }
  },
};

function lose(journey: JourneyStanding, { loss, ...command }: Lose, context: DecideContext): Decided {
  const { occurredAt } = command;
  return decideAct<JourneyEvent, JourneyRejection>(aroundOpening(journey, command), command, context, {
    type: 'journey-lost',
    data: loss,
    rules: [
      journey.status === 'lost' && rule('journey.already-lost', 'this journey is lost already'),
      journey.bought && rule('journey.contract-stands', 'a contract stands; cancel it first'),
      journey.status === 'open' && isBefore(occurredAt, journey.since) && outOfOrder('it was opened'),
    ],
  });
}

function reactivate(journey: JourneyStanding, { journeyId, occurredAt, reactivation, byManager }: Reactivate): Decided {
  const { subjects, refusals } = aroundOpening(journey, { journeyId, occurredAt });
  if (journey.opened === null) return refuse(...refusals);
  return acceptUnless<JourneyEvent, JourneyRejection>(
    [{ type: 'journey-reactivated', data: reactivation, occurredAt, subjects }],
    journey.status !== 'lost' && rule('journey.not-lost', 'this journey is open'),
    reactivation.cause === 'manager' && !byManager && rule('journey.not-a-manager', 'a manager takes up a lost journey again', 'cause'),
    isBefore(occurredAt, journey.lostAt) && outOfOrder('it was lost'),
  );
}

function identify(journey: JourneyStanding, { journeyId, customerId }: Identify, { now }: DecideContext): Decided {
  const { subjects, refusals } = aroundOpening(journey, { journeyId, occurredAt: now });
  if (journey.opened === null) return refuse(...refusals);
  if (journey.customerId !== null)
    return refuse(identityFault('journey.already-identified', 'this journey has its customer, for good', 'customerId'));
  return accept({ type: 'journey-identified', data: { customerId }, occurredAt: now, subjects: { ...subjects, customer: customerId } });
}

function assign(journey: JourneyStanding, { journeyId, ownerId, note, sourceSince }: Assign, { now }: DecideContext): Decided {
  // A reassignment counts from when it was made, however it is explained (ADR 0016).
  const occurredAt = sourceSince ?? now;
  const { subjects, refusals } = aroundOpening(journey, { journeyId, occurredAt });
  if (journey.opened === null) return refuse(...refusals);
  const reason = sourceSince === undefined ? 'reassigned' : 'source';
  return acceptUnless<JourneyEvent, JourneyRejection>(
    [{ type: 'journey-owner-assigned', data: { ownerId, reason, ...(note !== undefined && { note }) }, occurredAt, subjects }],
    journey.ownerId === ownerId && rule('journey.same-owner', 'this journey is theirs already', 'ownerId'),
  );
}

const isBefore = (at: string, other: string | null): boolean => other !== null && at < other;

const outOfOrder = (what: string) => rule('journey.out-of-order', `this cannot have happened before ${what}`, 'occurredAt');

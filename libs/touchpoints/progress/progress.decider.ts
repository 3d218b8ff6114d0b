import type { DecideContext, Decider } from '@touchline/core';
import { rule } from '@touchline/core';
import type { ActRejection } from '../journey/act.rules.js';
import { decideAct } from '../journey/act.rules.js';
import type { ActOnJourney } from '../journey/contact.rules.js';
import { aroundAct } from '../journey/contact.rules.js';
import { standingContract } from '../journey/dealings.fold.js';
import type { JourneyEvent } from '../journey/journey.events.js';
import type { JourneyStanding } from '../journey/journey.fold.js';
import { journeyFold } from '../journey/journey.fold.js';
import type { ProgressEvent, ProgressTold } from './progress.events.js';

export interface ProgressCommand extends ActOnJourney {
  progress: ProgressTold;
  /** Id of the event that this one replaces. */
  corrects?: string;
}

export type ProgressRejection = ActRejection | 'progress.no-contract' | 'progress.expected-past';

/** Whoever bought waits, and is told how it comes on, until it is handed over (domain §4.5). */
export const progressDecider: Decider<JourneyStanding, ProgressCommand, ProgressEvent | JourneyEvent, DecideContext, ProgressRejection> = {
  fold: journeyFold,

  decide(journey, { progress, ...command }, context) {
    const { occurredAt } = command;
    const { expectedAt } = progress;
    const contract = standingContract(journey.dealings);
    const waits = contract !== null && journey.dealings.handedOver[contract] === undefined;
    return decideAct<ProgressEvent, ProgressRejection>(aroundAct(journey, command), command, context, {
      type: 'progress-told',
      data: progress,
      rules: [
        !waits && rule('progress.no-contract', 'nothing is waited for: no contract stands that is not fulfilled'),
        expectedAt !== undefined && expectedAt < occurredAt && rule('progress.expected-past', 'what is expected lies ahead', 'expectedAt'),
      ],
    });
  },
};

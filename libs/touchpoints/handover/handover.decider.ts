import type { DecideContext, Decider, Rejection } from '@touchline/core';
import { rule } from '@touchline/core';
import type { ActRejection } from '../journey/act.rules.js';
import { decideAct } from '../journey/act.rules.js';
import type { ActOnJourney } from '../journey/contact.rules.js';
import { aroundAct } from '../journey/contact.rules.js';
import type { Dealings } from '../journey/dealings.fold.js';
import { standingContract } from '../journey/dealings.fold.js';
import type { JourneyEvent } from '../journey/journey.events.js';
import type { JourneyStanding } from '../journey/journey.fold.js';
import { journeyFold } from '../journey/journey.fold.js';
import { formFault } from '../touchpoint.rules.js';
import type { HandoverAppointment, HandoverEvent, HandoverReport } from './handover.events.js';

export type HandoverCommand = ActOnJourney & {
  /** Id of the event that this one replaces; an appointment may replace either kind of appointment. */
  corrects?: string;
} & ({ act: 'schedule'; appointment: HandoverAppointment } | { act: 'complete'; report: HandoverReport });

export type HandoverRejection =
  | ActRejection
  | 'handover.no-contract'
  | 'handover.already-completed'
  | 'handover.appointment-past'
  | 'handover.same-time'
  | 'handover.reason-missing'
  | 'handover.checklist-invalid'
  | 'handover.out-of-order';

type Broken = (Rejection<HandoverRejection> | false)[];

/**
 * An appointment made while one holds moves it, with a reason (domain §3.2). A handover without an appointment is
 * allowed: people come early. A contract is fulfilled once.
 */
export const handoverDecider: Decider<JourneyStanding, HandoverCommand, HandoverEvent | JourneyEvent, DecideContext, HandoverRejection> = {
  fold: journeyFold,

  decide(journey, command, context) {
    const { dealings } = journey;
    const { occurredAt, corrects } = command;
    const around = aroundAct(journey, command);
    const contract = standingContract(dealings) ?? 0;
    if (command.act === 'complete')
      return decideAct<HandoverEvent, HandoverRejection>(around, command, context, {
        type: 'handover-completed',
        data: { ...command.report, contract },
        keeps: ['contract'],
        faults: reportFaults(command.report),
        // The playbook's gates (domain §3.3) are further rules here, in their order.
        rules: needsOpenContract(dealings, occurredAt),
      });
    const { appointment } = command;
    const previousAt = dealings.appointments[contract]?.at;
    const isMove = corrects === undefined ? previousAt !== undefined : context.recorded(corrects)?.type === 'handover-rescheduled';
    return decideAct<HandoverEvent, HandoverRejection>(around, command, context, {
      type: isMove ? 'handover-rescheduled' : 'handover-scheduled',
      data: { ...appointment, contract, ...(isMove && { previousAt }) },
      keeps: ['contract', 'previousAt'],
      rules: [
        ...needsOpenContract(dealings, occurredAt),
        appointment.at < occurredAt && rule('handover.appointment-past', 'an appointment lies ahead of its making', 'at'),
        ...(isMove ? moveRules(appointment, dealings.appointments[contract], occurredAt) : []),
      ],
    });
  },
};

function reportFaults({ checklist }: HandoverReport): Broken {
  if (checklist === undefined) return [];
  const areCounts = [checklist.passed, checklist.failed].every((count) => Number.isSafeInteger(count) && count >= 0);
  return [!areCounts && formFault('handover.checklist-invalid', 'items passed and failed are counted from 0', 'checklist')];
}

function needsOpenContract(dealings: Dealings, occurredAt: string): Broken {
  const contract = standingContract(dealings);
  if (contract === null) return [rule('handover.no-contract', 'no contract stands')];
  if (dealings.handedOver[contract] !== undefined) return [rule('handover.already-completed', 'what this contract sold was handed over')];
  const signedAt = dealings.signed[contract]?.at ?? occurredAt;
  return [occurredAt < signedAt && outOfOrder('the contract was signed')];
}

function moveRules({ at, reason }: HandoverAppointment, made: Dealings['appointments'][string] | undefined, occurredAt: string): Broken {
  if (made === undefined) return [];
  return [
    at === made.at && rule('handover.same-time', 'the appointment is at this time already', 'at'),
    reason === undefined && rule('handover.reason-missing', 'an appointment is moved with a reason', 'reason'),
    occurredAt < made.madeAt && outOfOrder('the appointment was made'),
  ];
}

const outOfOrder = (what: string): Rejection<'handover.out-of-order'> =>
  rule('handover.out-of-order', `this cannot have happened before ${what}`, 'occurredAt');

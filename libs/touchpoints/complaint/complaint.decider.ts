import type { DecideContext, Decider, Decision, NewEvent, Rejection, Subjects } from '@touchline/core';
import { acceptUnless, identityFault, refuse, rule } from '@touchline/core';
import type { CorrectionRejection } from '../correction.rules.js';
import { checkCorrection } from '../correction.rules.js';
import type { TouchpointData } from '../touchpoint.events.js';
import { formFault } from '../touchpoint.rules.js';
import type { ComplaintEvent, ComplaintReceived, ComplaintResolved } from './complaint.events.js';
import type { ComplaintStanding } from './complaint.fold.js';
import { COMPLAINT_CATEGORIES } from './complaint.events.js';
import { complaintFold } from './complaint.fold.js';

export type ComplaintAct =
  | {
      act: 'receive';
      complaint: ComplaintReceived;
      /** What a new complaint is about; absent where one that is there already is named. */
      about?: { customerId?: string; journeyId?: string; siteId: string };
    }
  | { act: 'acknowledge'; acknowledgement: TouchpointData }
  | { act: 'resolve'; resolution: ComplaintResolved }
  | { act: 'close'; closing: TouchpointData };

export type ComplaintCommand = ComplaintAct & {
  complaintId: string;
  occurredAt: string;
  /** Id of the event of the same kind that this one replaces. */
  corrects?: string;
};

export type ComplaintRejection =
  | CorrectionRejection
  | 'complaint.unknown'
  | 'complaint.already-received'
  | 'complaint.customer-missing'
  | 'complaint.category-unknown'
  | 'complaint.account-missing'
  | 'complaint.already-acknowledged'
  | 'complaint.already-resolved'
  | 'complaint.already-closed'
  | 'complaint.not-resolved'
  | 'complaint.out-of-order';

type Broken = (Rejection<ComplaintRejection> | false)[];

/**
 * Received → acknowledged → resolved → closed. Acknowledging may be left out: a later step stands for the earlier ones
 * (domain §8.1).
 */
export const complaintDecider: Decider<ComplaintStanding, ComplaintCommand, ComplaintEvent, DecideContext, ComplaintRejection> = {
  fold: complaintFold,

  decide(complaint, command, context) {
    const { occurredAt, corrects } = command;
    const fact = factOf(command);
    const faults = command.act === 'receive' ? formFaults(command.complaint) : [];
    if (corrects !== undefined) {
      const { subjects, refusals } = checkCorrection(corrects, fact.type, context);
      return subjects === null ? refuse(...refusals) : decided({ ...fact, occurredAt, subjects, corrects }, faults);
    }
    if (command.act === 'receive') return receive(complaint, command, { ...fact, occurredAt }, faults);
    if (complaint.status === null) return refuse(UNKNOWN);
    return decided({ ...fact, occurredAt, subjects: subjectsOf(command.complaintId, complaint) }, stepRules(complaint, command));
  },
};

const UNKNOWN = identityFault<ComplaintRejection>('complaint.unknown', 'there is no such complaint', 'complaintId');

type Receive = Extract<ComplaintCommand, { act: 'receive' }>;
type Decided = Decision<ComplaintEvent, ComplaintRejection>;

const decided = (event: NewEvent<ComplaintEvent>, broken: Broken): Decided => acceptUnless([event], ...broken);

function factOf(command: ComplaintCommand): ComplaintEvent {
  switch (command.act) {
    case 'receive':
      return { type: 'complaint-received', data: command.complaint };
    case 'acknowledge':
      return { type: 'complaint-acknowledged', data: command.acknowledgement };
    case 'resolve':
      return { type: 'complaint-resolved', data: command.resolution };
    case 'close':
      return { type: 'complaint-closed', data: command.closing };
  }
}

function receive(
  complaint: ComplaintStanding,
  { complaintId, about }: Receive,
  fact: ComplaintEvent & { occurredAt: string },
  faults: Broken,
): Decided {
  if (complaint.status !== null)
    return refuse(identityFault('complaint.already-received', 'this complaint is recorded already', 'complaintId'));
  if (about === undefined) return refuse(UNKNOWN);
  const { customerId, journeyId, siteId } = about;
  if (customerId === undefined)
    return refuse(identityFault('complaint.customer-missing', 'a complaint is a known customer’s', 'customerId'));
  return decided({ ...fact, subjects: subjectsOf(complaintId, { customerId, journeyId: journeyId ?? null, siteId }) }, faults);
}

function subjectsOf(
  complaint: string,
  { customerId, journeyId, siteId }: Pick<ComplaintStanding, 'customerId' | 'journeyId' | 'siteId'>,
): Subjects {
  return {
    complaint,
    ...(customerId !== null && { customer: customerId }),
    ...(journeyId !== null && { journey: journeyId }),
    ...(siteId !== null && { site: siteId }),
  };
}

function formFaults({ category, account }: ComplaintReceived): Broken {
  return [
    !COMPLAINT_CATEGORIES.includes(category) && formFault('complaint.category-unknown', 'there is no such category', 'category'),
    account.trim() === '' && formFault('complaint.account-missing', 'the whole account is kept word for word', 'account'),
  ];
}

// Final care, the clocks' breaches and reopening (domain §8.1, §8.2) add steps and rules of their own beside these.
function stepRules({ status, since }: ComplaintStanding, { act, occurredAt }: ComplaintCommand): Broken {
  const isResolved = status === 'resolved';
  return [
    status === 'closed' && rule('complaint.already-closed', 'this complaint is closed'),
    act !== 'close' && isResolved && rule('complaint.already-resolved', 'this complaint is resolved'),
    act === 'acknowledge' && status === 'acknowledged' && rule('complaint.already-acknowledged', 'this complaint is acknowledged'),
    act === 'close' && status !== 'closed' && !isResolved && rule('complaint.not-resolved', 'a complaint is resolved before it is closed'),
    since !== null &&
      occurredAt < since &&
      rule('complaint.out-of-order', 'this cannot have happened before the step it follows', 'occurredAt'),
  ];
}

import type { JsonObject } from '@touchline/core';
import type { CallMade, CallReceived } from '@touchline/touchpoints/call/call.events.js';
import type { ComplaintReceived, ComplaintResolved } from '@touchline/touchpoints/complaint/complaint.events.js';
import { COMPLAINT_CATEGORIES, GROUNDS, RESPONSIBILITIES, SEVERITIES } from '@touchline/touchpoints/complaint/complaint.events.js';
import type { ContactRecorded } from '@touchline/touchpoints/contact/contact.events.js';
import { CONTACT_KINDS } from '@touchline/touchpoints/contact/contact.events.js';
import type { ContractCancelled, ContractSigned } from '@touchline/touchpoints/contract/contract.events.js';
import type { TouchpointRecorded } from '@touchline/touchpoints/declared/declared.events.js';
import type { HandoverCompleted, HandoverRescheduled, HandoverScheduled } from '@touchline/touchpoints/handover/handover.events.js';
import type { JourneyLost, JourneyReactivated } from '@touchline/touchpoints/journey/journey.events.js';
import { LOSS_KINDS } from '@touchline/touchpoints/journey/journey.events.js';
import type { QuoteVersion, QuoteWithdrawn } from '@touchline/touchpoints/quote/quote.events.js';
import type { TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import { CHANNELS } from '@touchline/touchpoints/touchpoint.events.js';
import type { VisitReceived } from '@touchline/touchpoints/visit/visit.events.js';
import type { Schema } from './schema.js';
import { count, flag, id, instant, list, money, object, text, told, whole, word } from './schema.js';

// What is told of each touchpoint, by the stored name of its event. Free text is sealed and never told.

const act = { channel: word(CHANNELS), direction: word(['in', 'out']), responsibleId: id('of the person responsible') };
const counted = { media: text('how they heard of us'), campaign: text() };

const received = told<CallReceived>()(
  { ...act, contactTaken: flag('false for a caller who left no details') },
  {
    ...{ rings: count(), durationSeconds: count(), rolledOver: flag('to the standby consultant'), repeatCaller: flag() },
    ...{ visitInvited: flag(), visitAt: instant(), visitDeclined: flag(), nextCallAt: instant(), ...counted },
  },
);
const visited = told<VisitReceived>()(
  { ...act, batchSize: count('people who came together'), first: flag('first visit of this intent'), contactTaken: flag() },
  {
    ...{ byAppointment: flag(), arrivedAt: instant(), greetedAfterSeconds: count(), ...counted, wishToBuy: flag() },
    ...{ onBehalfOf: id('the owner for whom a colleague received'), materialShown: list(text()), risksShown: list(text()) },
  },
);
const quoted = told<QuoteVersion>()(
  { ...act, version: count('counts the quotes of the journey, from 1'), price: money() },
  { discount: money(), product: text(), validUntil: instant() },
);
const appointed = { ...act, at: instant('the time agreed'), contract: whole('which contract; 0 where the source names none') };
const further = ({ properties = {} }: Schema): Record<string, Schema> =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in act)));

interface Told {
  /** Of its schema; 1 where nothing else is said. */
  version?: number;
  /** One line for people. */
  summary: string;
  details: Schema;
}

/** By the stored type of the event. */
export const touchpointMessages: Readonly<Record<string, Told>> = {
  'call-received': { summary: 'A call came in', details: received },
  'call-made': {
    summary: 'A call was made',
    details: told<CallMade>()(
      { ...act, reached: flag('false where nobody answered') },
      { durationSeconds: count(), visitAt: instant(), nextCallAt: instant() },
    ),
  },
  'visit-received': { summary: 'Somebody came', details: visited },
  'contact-recorded': {
    summary: 'A call or visit of somebody who left no details',
    details: told<ContactRecorded>()(
      { ...act, kind: word(CONTACT_KINDS), siteId: id() },
      {},
      { ...further(received), ...further(visited) },
    ),
  },
  'touchpoint-recorded': {
    version: 2,
    summary: 'A touchpoint whose type the playbook declares',
    details: told<TouchpointRecorded>()({
      ...act,
      kind: text('as the playbook names the type'),
      fields: {
        type: 'object',
        description: "by that type's schema in the playbook: numbers, times, yes or no, choices and words; no field that may hold any text",
      },
    }),
  },
  'quote-issued': { version: 2, summary: 'A quote was given', details: quoted },
  'quote-revised': { version: 2, summary: 'A quote was replaced by a further version', details: quoted },
  'quote-withdrawn': {
    summary: 'A quote, with every older version, was taken back',
    details: told<QuoteWithdrawn>()(act, { version: count() }),
  },
  'contract-signed': {
    summary: 'A contract was signed',
    details: told<ContractSigned>()(
      {
        ...act,
        number: count('counts the contracts of the journey, from 1'),
        price: money(),
        settledQuote: count('newest quote, 0 for none'),
      },
      {
        onQuote: count(),
        paymentSchedule: list(object({ dueAt: instant(), amount: money() })),
        ...{ termsExplained: flag(), serviceCentreIntroduced: flag() },
      },
    ),
  },
  'contract-cancelled': {
    summary: 'A contract, with its handover, was cancelled',
    details: told<ContractCancelled>()(act, { number: count() }),
  },
  'handover-scheduled': {
    summary: 'A handover was agreed on',
    details: told<HandoverScheduled>()(appointed, { customerToldAt: instant() }),
  },
  'handover-rescheduled': {
    summary: 'A handover was moved',
    details: told<HandoverRescheduled>()({ ...appointed, previousAt: instant() }, { customerToldAt: instant() }),
  },
  'handover-completed': {
    summary: 'The home or vehicle was handed over',
    details: told<HandoverCompleted>()(
      { ...act, contract: appointed.contract },
      {
        checklist: object({ passed: count(), failed: count() }),
        ...{ documents: flag(), keys: flag(), feesExplained: flag(), fitOutGuidance: flag(), complaintGuidance: flag() },
        ...{ serviceContactIntroduced: flag(), photo: flag() },
      },
    ),
  },
  'journey-lost': { version: 2, summary: 'The journey was lost', details: told<JourneyLost>()({ kind: word(LOSS_KINDS) }) },
  'journey-reactivated': {
    summary: 'A lost journey was taken up again',
    details: told<JourneyReactivated>()({ cause: word(['customer-came-back', 'recorded-in-error', 'manager']) }),
  },
  'complaint-received': {
    summary: 'Somebody complained',
    details: told<ComplaintReceived>()(
      { ...act, category: word(COMPLAINT_CATEGORIES) },
      { severity: word(SEVERITIES), building: text('building or batch concerned') },
    ),
  },
  'complaint-acknowledged': { summary: 'The receipt of a complaint was confirmed', details: told<TouchpointData>()(act) },
  'complaint-resolved': {
    summary: 'A complaint was answered with a resolution',
    details: told<ComplaintResolved>()({ ...act, responsibility: word(RESPONSIBILITIES) }, { ground: word(GROUNDS) }),
  },
  'complaint-closed': { summary: 'A complaint was closed', details: told<TouchpointData & JsonObject>()(act) },
};

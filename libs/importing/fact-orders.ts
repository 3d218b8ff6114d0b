import type { JourneyContext, JourneyOrder } from '@touchline/commands/record-on-journey.js';
import { statedOf } from '@touchline/commands/identity-questions.js';
import type { Decider, EventShape, JsonObject } from '@touchline/core';
import { fieldRules } from '@touchline/playbooks';
import { callDecider } from '@touchline/touchpoints/call/call.decider.js';
import type { CallEvent } from '@touchline/touchpoints/call/call.events.js';
import type { ComplaintCommand } from '@touchline/touchpoints/complaint/complaint.decider.js';
import type { ComplaintReceived, ComplaintResolved } from '@touchline/touchpoints/complaint/complaint.events.js';
import { contractDecider } from '@touchline/touchpoints/contract/contract.decider.js';
import type { ContractCancellation, ContractTerms } from '@touchline/touchpoints/contract/contract.events.js';
import { declaredDecider } from '@touchline/touchpoints/declared/declared.decider.js';
import { handoverDecider } from '@touchline/touchpoints/handover/handover.decider.js';
import type { HandoverAppointment, HandoverReport } from '@touchline/touchpoints/handover/handover.events.js';
import type { ActOnJourney } from '@touchline/touchpoints/journey/contact.rules.js';
import { journeyDecider } from '@touchline/touchpoints/journey/journey.decider.js';
import type { JourneyLost, JourneyReactivated } from '@touchline/touchpoints/journey/journey.events.js';
import { quoteDecider } from '@touchline/touchpoints/quote/quote.decider.js';
import type { QuoteTerms, QuoteWithdrawal } from '@touchline/touchpoints/quote/quote.events.js';
import type { TouchpointData } from '@touchline/touchpoints/touchpoint.events.js';
import { visitDecider } from '@touchline/touchpoints/visit/visit.decider.js';
import type { VisitReceived } from '@touchline/touchpoints/visit/visit.events.js';
import type { Fact, SourceJourney } from './facts.js';
import type { BuiltIn } from './touchpoint-fields.js';
import { isBuiltIn } from './touchpoint-fields.js';

export type ComplaintTouchpoint = Extract<BuiltIn, `complaint-${string}`>;
export type JourneyTouchpoint = Exclude<BuiltIn, ComplaintTouchpoint>;

export const isAboutComplaint = (touchpoint: string): touchpoint is ComplaintTouchpoint =>
  isBuiltIn(touchpoint) && touchpoint.startsWith('complaint-');

/** Runs a decider on a journey; a function, since each decider has its own command. */
type Send<R> = <S, C, E extends EventShape, Code extends string>(
  order: Pick<JourneyOrder<S, C, E, Code>, 'decider' | 'command'> & { decider: Decider<S, C, E, JourneyContext, Code> },
) => R;

interface Ready {
  fact: Fact;
  journey: SourceJourney;
  act: ActOnJourney;
}

const declared = declaredDecider(fieldRules);

// Every field was parsed as the kind that `touchpoint-fields.ts` gives it, which is what these shapes ask for.
const dataOf = <T>({ fact }: Ready, more: JsonObject = {}): T => ({ ...touchpointData(fact), ...fact.fields, ...more }) as T;
const fieldsOf = <T>({ fact }: Ready): T => fact.fields as T;

export const touchpointData = ({ channel, direction, responsibleId, note }: Fact): TouchpointData =>
  ({ channel, direction, responsibleId, ...(note !== undefined && { note }) }) as TouchpointData;

/** Sends the command that a fact of a journey is. */
export function sendFact<R>(ready: Ready, send: Send<R>): R {
  const { fact, act } = ready;
  const { touchpoint } = fact;
  if (!isBuiltIn(touchpoint) || isAboutComplaint(touchpoint)) {
    const data = { ...touchpointData(fact), kind: touchpoint, fields: fact.fields };
    return send({ decider: declared, command: { ...act, touchpoint: data } });
  }
  return sendBuiltIn(touchpoint, ready, send);
}

function sendBuiltIn<R>(touchpoint: JourneyTouchpoint, ready: Ready, send: Send<R>): R {
  const { act, fact, journey } = ready;
  const media = journey.media === undefined ? {} : { media: journey.media };
  const said = { ...media, ...(journey.customer && statedOf(journey.customer)) };
  // Where the source names the owner, that is who owns, and no reception makes another.
  const claimant = journey.ownerId === undefined ? { claimant: fact.responsibleId } : {};
  switch (touchpoint) {
    case 'call-received':
      return send({
        decider: callDecider,
        command: { ...act, ...claimant, fact: { type: touchpoint, data: dataOf<CallEvent['data']>(ready, said) } as CallEvent },
      });
    case 'call-made':
      return send({
        decider: callDecider,
        command: { ...act, fact: { type: touchpoint, data: dataOf<CallEvent['data']>(ready) } as CallEvent },
      });
    case 'visit-received':
      return send({ decider: visitDecider, command: { ...act, visit: dataOf<VisitReceived>(ready, said) } });
    case 'quote-issued':
      return send({ decider: quoteDecider, command: { ...act, act: 'issue', quote: dataOf<QuoteTerms>(ready) } });
    case 'quote-revised':
      return send({ decider: quoteDecider, command: { ...act, act: 'revise', quote: dataOf<QuoteTerms>(ready) } });
    case 'quote-withdrawn':
      return send({ decider: quoteDecider, command: { ...act, act: 'withdraw', withdrawal: dataOf<QuoteWithdrawal>(ready) } });
    case 'contract-signed':
      return send({ decider: contractDecider, command: { ...act, act: 'sign', contract: dataOf<ContractTerms>(ready) } });
    case 'contract-cancelled':
      return send({ decider: contractDecider, command: { ...act, act: 'cancel', cancellation: dataOf<ContractCancellation>(ready) } });
    case 'handover-scheduled':
      return send({ decider: handoverDecider, command: { ...act, act: 'schedule', appointment: dataOf<HandoverAppointment>(ready) } });
    case 'handover-completed':
      return send({ decider: handoverDecider, command: { ...act, act: 'complete', report: dataOf<HandoverReport>(ready) } });
    case 'journey-lost':
      return send({ decider: journeyDecider, command: { ...act, act: 'lose', loss: withNote(fieldsOf<JourneyLost>(ready), fact) } });
    case 'journey-reactivated': {
      const reactivation = withNote(fieldsOf<JourneyReactivated & { cause: 'manager' | 'recorded-in-error' }>(ready), fact);
      return send({ decider: journeyDecider, command: { ...act, act: 'reactivate', reactivation, byManager: true } });
    }
  }
}

const withNote = <T extends JsonObject>(data: T, { note }: Fact): T => (note === undefined ? data : { ...data, note });

/** The command that a fact of a complaint is. */
export function complaintCommand(
  touchpoint: ComplaintTouchpoint,
  fact: Fact,
  complaintId: string,
  about: { customerId?: string; siteId: string },
): ComplaintCommand {
  const base = { complaintId, occurredAt: fact.occurredAt };
  const data = { ...touchpointData(fact), ...fact.fields };
  switch (touchpoint) {
    case 'complaint-received':
      return { ...base, act: 'receive', complaint: data as ComplaintReceived, about };
    case 'complaint-acknowledged':
      return { ...base, act: 'acknowledge', acknowledgement: data };
    case 'complaint-resolved':
      return { ...base, act: 'resolve', resolution: data as ComplaintResolved };
    case 'complaint-closed':
      return { ...base, act: 'close', closing: data };
  }
}

import type { DecideContext, Decider, Rejection } from '@touchline/core';
import { identityFault, rule } from '@touchline/core';
import type { ActRejection } from '../journey/act.rules.js';
import { decideAct } from '../journey/act.rules.js';
import type { ActOnJourney } from '../journey/contact.rules.js';
import { aroundAct } from '../journey/contact.rules.js';
import type { Dealings } from '../journey/dealings.fold.js';
import { quoteTakenBackAt, standingContract } from '../journey/dealings.fold.js';
import type { JourneyEvent } from '../journey/journey.events.js';
import type { JourneyStanding } from '../journey/journey.fold.js';
import { journeyFold } from '../journey/journey.fold.js';
import { formFault, isPrice } from '../touchpoint.rules.js';
import type { ContractCancellation, ContractEvent, ContractTerms, Instalment } from './contract.events.js';

export type ContractCommand = ActOnJourney & {
  /** Id of the event of the same kind that this one replaces. */
  corrects?: string;
} & ({ act: 'sign'; contract: ContractTerms } | { act: 'cancel'; cancellation: ContractCancellation });

export type ContractRejection =
  | ActRejection
  | 'contract.price-invalid'
  | 'contract.schedule-invalid'
  | 'contract.quote-unknown'
  | 'contract.quote-withdrawn'
  | 'contract.quote-superseded'
  | 'contract.already-signed'
  | 'contract.none-stands'
  | 'contract.out-of-order';

type Broken = (Rejection<ContractRejection> | false)[];

/** One contract stands at a time. It settles every quote so far; cancelling it revives none of them (domain §2.2). */
export const contractDecider: Decider<JourneyStanding, ContractCommand, ContractEvent | JourneyEvent, DecideContext, ContractRejection> = {
  fold: journeyFold,

  decide(journey, command, context) {
    const { dealings, lostAt } = journey;
    const around = aroundAct(journey, command);
    if (command.act === 'cancel')
      return decideAct<ContractEvent, ContractRejection>(around, command, context, {
        type: 'contract-cancelled',
        data: { ...command.cancellation, ...toCancel(dealings) },
        keeps: ['number'],
        rules: needsContract(dealings, command.occurredAt),
      });
    const { contract, occurredAt } = command;
    return decideAct<ContractEvent, ContractRejection>(around, command, context, {
      type: 'contract-signed',
      data: { ...contract, number: signedSoFar(dealings) + 1, settledQuote: dealings.newestQuote },
      keeps: ['number', 'settledQuote'],
      faults: termsFaults(contract, dealings),
      rules: [
        // Even told late: a sale that was signed was not lost afterwards, so one of the two is wrong.
        lostAt !== null && occurredAt < lostAt && rule('journey.not-open', 'this journey is lost; take it up again first'),
        standingContract(dealings) !== null && rule('contract.already-signed', 'a contract stands; cancel it first'),
        ...needsItsQuote(contract, dealings, occurredAt),
      ],
    });
  },
};

const signedSoFar = ({ signed }: Dealings): number => Object.keys(signed).length;

/** The contract that stands, else the last there was: an imported source may cancel what it cancelled before. */
function toCancel(dealings: Dealings): { number?: number } {
  const number = standingContract(dealings) ?? signedSoFar(dealings);
  return number > 0 ? { number } : {};
}

function termsFaults({ price, paymentSchedule = [], onQuote }: ContractTerms, dealings: Dealings): Broken {
  const isPayable = ({ amount }: Instalment): boolean => isPrice(amount) && (price === undefined || amount.currency === price.currency);
  return [
    price !== undefined &&
      !isPrice(price) &&
      formFault('contract.price-invalid', 'a price is above zero, in whole minor units and a currency', 'price'),
    !paymentSchedule.every(isPayable) &&
      formFault('contract.schedule-invalid', 'every instalment is above zero, in the currency of the price', 'paymentSchedule'),
    onQuote !== undefined &&
      !isVersion(onQuote, dealings) &&
      identityFault('contract.quote-unknown', 'this journey has no such quote', 'onQuote'),
  ];
}

const isVersion = (version: number, { newestQuote }: Dealings): boolean =>
  Number.isSafeInteger(version) && version >= 1 && version <= newestQuote;

function needsItsQuote({ onQuote }: ContractTerms, dealings: Dealings, occurredAt: string): Broken {
  const { newestQuote, quotedAt } = dealings;
  if (onQuote === undefined || !isVersion(onQuote, dealings)) return [];
  if (quoteTakenBackAt(dealings, onQuote) !== null) return [rule('contract.quote-withdrawn', 'that quote was taken back', 'onQuote')];
  if (onQuote < newestQuote) return [rule('contract.quote-superseded', `version ${newestQuote} took its place`, 'onQuote')];
  return [quotedAt !== null && occurredAt < quotedAt && outOfOrder('the quote it was signed on')];
}

function needsContract(dealings: Dealings, occurredAt: string): Broken {
  const standing = standingContract(dealings);
  if (standing === null) return [rule('contract.none-stands', 'no contract stands')];
  const steps = [dealings.signed[standing]?.at, dealings.appointments[standing]?.madeAt, dealings.handedOver[standing]];
  const isTooEarly = steps.some((at) => at !== undefined && occurredAt < at);
  return [isTooEarly && outOfOrder('what it undoes')];
}

const outOfOrder = (what: string): Rejection<'contract.out-of-order'> =>
  rule('contract.out-of-order', `this cannot have happened before ${what}`, 'occurredAt');

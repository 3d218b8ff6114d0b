import type { DecideContext, Decider, Rejection } from '@touchline/core';
import { rule } from '@touchline/core';
import type { ActRejection } from '../journey/act.rules.js';
import { decideAct } from '../journey/act.rules.js';
import type { ActOnJourney } from '../journey/contact.rules.js';
import { aroundAct } from '../journey/contact.rules.js';
import type { Dealings } from '../journey/dealings.fold.js';
import { standingContract, standingQuote } from '../journey/dealings.fold.js';
import type { JourneyEvent } from '../journey/journey.events.js';
import type { JourneyStanding } from '../journey/journey.fold.js';
import { journeyFold } from '../journey/journey.fold.js';
import { formFault, isPrice } from '../touchpoint.rules.js';
import type { QuoteEvent, QuoteTerms, QuoteWithdrawal } from './quote.events.js';

export type QuoteCommand = ActOnJourney & {
  /** Id of the event of the same kind that this one replaces. */
  corrects?: string;
} & ({ act: 'issue' | 'revise'; quote: QuoteTerms } | { act: 'withdraw'; withdrawal: QuoteWithdrawal });

export type QuoteRejection =
  | ActRejection
  | 'quote.price-invalid'
  | 'quote.discount-invalid'
  | 'quote.validity-past'
  | 'quote.already-stands'
  | 'quote.none-stands'
  | 'quote.contract-stands'
  | 'quote.out-of-order';

type Broken = (Rejection<QuoteRejection> | false)[];

/** One quote stands at a time: it is issued, revised as often as needed, and withdrawn or settled by a contract. */
export const quoteDecider: Decider<JourneyStanding, QuoteCommand, QuoteEvent | JourneyEvent, DecideContext, QuoteRejection> = {
  fold: journeyFold,

  decide(journey, command, context) {
    const { dealings } = journey;
    const around = aroundAct(journey, command);
    if (command.act === 'withdraw')
      return decideAct<QuoteEvent, QuoteRejection>(around, command, context, {
        type: 'quote-withdrawn',
        data: { ...command.withdrawal, ...newestOf(dealings) },
        keeps: ['version'],
        rules: needsQuote(dealings, command.occurredAt),
      });
    const { act, quote, occurredAt } = command;
    return decideAct<QuoteEvent, QuoteRejection>(around, command, context, {
      type: act === 'issue' ? 'quote-issued' : 'quote-revised',
      data: { ...quote, version: dealings.newestQuote + 1 },
      keeps: ['version'],
      faults: termsFaults(quote),
      rules: [
        ...(act === 'issue' ? needsNoQuote(dealings) : needsQuote(dealings, occurredAt)),
        quote.validUntil !== undefined &&
          quote.validUntil < occurredAt &&
          rule('quote.validity-past', 'the offer would have ended before it was made', 'validUntil'),
      ],
    });
  },
};

const newestOf = ({ newestQuote }: Dealings): { version?: number } => (newestQuote > 0 ? { version: newestQuote } : {});

function termsFaults({ price, discount }: QuoteTerms): Broken {
  return [
    !isPrice(price) && formFault('quote.price-invalid', 'a price is above zero, in whole minor units and a currency', 'price'),
    discount !== undefined &&
      !(isPrice(discount) && discount.currency === price.currency) &&
      formFault('quote.discount-invalid', 'a discount is above zero, in the currency of the price', 'discount'),
  ];
}

function needsNoQuote(dealings: Dealings): Broken {
  if (standingContract(dealings) !== null) return [CONTRACT_STANDS];
  return [standingQuote(dealings) !== null && rule('quote.already-stands', 'a quote stands; revise it or withdraw it')];
}

function needsQuote(dealings: Dealings, occurredAt: string): Broken {
  if (standingContract(dealings) !== null) return [CONTRACT_STANDS];
  if (standingQuote(dealings) === null) return [rule('quote.none-stands', 'no quote stands')];
  const tooEarly = dealings.quotedAt !== null && occurredAt < dealings.quotedAt;
  return [tooEarly && rule('quote.out-of-order', 'this cannot have happened before the quote it follows', 'occurredAt')];
}

const CONTRACT_STANDS = rule('quote.contract-stands', 'a contract stands; its terms are the offer now');

import type { Permission } from '@touchline/core';
import { ON_JOURNEY, onJourney, touchpoint } from '../declare.js';
import { quoteDecider } from './quote.decider.js';
import { quoteEvents, quoteNoted, withdrawalNoted } from './quote.events.js';

const COMMON = {
  tag: 'quotes',
  who: { roles: ['consultant', 'manager'], scope: 'site' } satisfies Permission,
  stated: { channel: 'showroom', direction: 'out' },
  decider: quoteDecider,
} as const;
const NEEDS_A_QUOTE = ['quote.none-stands', 'quote.contract-stands', 'quote.out-of-order'] as const;
const TERMS = ['word.unknown', 'quote.price-invalid', 'quote.discount-invalid', 'quote.validity-past'] as const;

const quoteCommands = [
  onJourney({
    ...COMMON,
    name: 'quote-issued',
    operation: 'Quote_issued',
    path: 'quotes/issued',
    summary: 'Record the first quote, or one after a withdrawal (报价)',
    formName: 'QuoteTermsDto',
    fields: quoteNoted,
    command: (act, quote) => ({ ...act, act: 'issue' as const, quote }),
    refusals: [...ON_JOURNEY, ...TERMS, 'quote.already-stands', 'quote.contract-stands'],
  }),
  onJourney({
    ...COMMON,
    name: 'quote-revised',
    operation: 'Quote_revised',
    path: 'quotes/revised',
    summary: 'Record the next version of the quote that stands',
    formName: 'QuoteTermsDto',
    fields: quoteNoted,
    command: (act, quote) => ({ ...act, act: 'revise' as const, quote }),
    refusals: [...ON_JOURNEY, ...TERMS, ...NEEDS_A_QUOTE],
  }),
  onJourney({
    ...COMMON,
    name: 'quote-withdrawn',
    operation: 'Quote_withdrawn',
    path: 'quotes/withdrawn',
    summary: 'Withdraw the quote that stands, with every older version',
    formName: 'QuoteWithdrawnDto',
    fields: withdrawalNoted,
    command: (act, withdrawal) => ({ ...act, act: 'withdraw' as const, withdrawal }),
    refusals: [...ON_JOURNEY, ...NEEDS_A_QUOTE],
  }),
];

export const quote = touchpoint({
  name: 'quote',
  tags: { quotes: 'quotes issued, revised and withdrawn' },
  events: quoteEvents,
  commands: quoteCommands,
  refusals: {
    'quote.price-invalid': 422,
    'quote.discount-invalid': 422,
    'quote.validity-past': 422,
    'quote.already-stands': 409,
    'quote.none-stands': 409,
    'quote.contract-stands': 409,
    'quote.out-of-order': 422,
  },
});

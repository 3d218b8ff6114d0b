import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import { about, by, cancelled, lost, march, opened, owned, quoted, signed, withdrawn, yuan } from '@touchline/testing/journeys.js';
import type { QuoteCommand } from './quote.decider.js';
import { quoteDecider } from './quote.decider.js';

const given = sentences(quoteDecider, {});
const journey = [opened, owned];
const occurredAt = march(10);
const on = { journeyId: 'j-1', occurredAt };
const quote = { ...by, price: yuan(229_800), promises: ['floor mats', 'window film'] };
const issue = { ...on, act: 'issue', quote } as const;
const revise = { ...on, act: 'revise', quote } as const;
const withdraw = { ...on, act: 'withdraw', withdrawal: { ...by, reason: 'model sold out' } } as const;
const event = (type: string, data: object) => ({ type, data: { ...data }, occurredAt, subjects: about });

describe('issuing a quote', () => {
  it('begins with version 1', () => {
    given(...journey)
      .when(issue)
      .then(event('quote-issued', { ...quote, version: 1 }));
  });

  it('counts on after one that was withdrawn, so that no version is used twice', () => {
    given(...journey, quoted(1, march(3)), quoted(2, march(4)), withdrawn(2, march(5)))
      .when(issue)
      .then(event('quote-issued', { ...quote, version: 3 }));
  });

  it('is allowed again after the contract was cancelled that had settled the last one', () => {
    given(...journey, quoted(1, march(3)), signed(1, march(4), 1), cancelled(1, march(5)))
      .when(issue)
      .then(event('quote-issued', { ...quote, version: 2 }));
  });

  it('is refused while one stands', () => {
    given(...journey, quoted(1, march(3)))
      .when(issue)
      .thenRefused('quote.already-stands');
  });

  it('is refused while a contract stands', () => {
    given(...journey, signed(1, march(4)))
      .when(issue)
      .thenRefused('quote.contract-stands');
  });

  it('is refused on a lost journey and on one that is not there', () => {
    given(...journey, lost(march(5)))
      .when(issue)
      .thenRefused('journey.not-open');
    given().when(issue).thenRefused('journey.unknown');
  });

  it('told late, from before the loss, is recorded', () => {
    given(...journey, lost(march(11)))
      .when(issue)
      .then(event('quote-issued', { ...quote, version: 1 }));
  });

  const wrong: [string, object, string][] = [
    ['a price of nothing', { price: yuan(0) }, 'quote.price-invalid'],
    ['a price below nothing', { price: yuan(-1) }, 'quote.price-invalid'],
    ['a price in parts of a fen', { price: { amount: 0.5, currency: 'CNY' } }, 'quote.price-invalid'],
    ['a price beyond exact numbers', { price: { amount: 2 ** 53, currency: 'CNY' } }, 'quote.price-invalid'],
    ['a price in no currency', { price: { amount: 100, currency: 'yuan' } }, 'quote.price-invalid'],
    ['a discount of nothing', { discount: yuan(0) }, 'quote.discount-invalid'],
    ['a discount in another currency', { discount: { amount: 100, currency: 'USD' } }, 'quote.discount-invalid'],
    ['an end before its beginning', { validUntil: march(9) }, 'quote.validity-past'],
  ];
  it.each(wrong)('is refused with %s', (_what, terms, code) => {
    given(...journey)
      .when({ ...issue, quote: { ...quote, ...terms } })
      .thenRefused(code);
  });

  it('of imported history keeps what the source says and notes the rule it breaks', () => {
    given(...journey, quoted(1, march(3)))
      .when(issue)
      .thenNoted(['quote.already-stands'], event('quote-issued', { ...quote, version: 2 }));
  });
});

describe('revising a quote', () => {
  it('makes the next version', () => {
    given(...journey, quoted(1, march(3)))
      .when(revise)
      .then(event('quote-revised', { ...quote, version: 2 }));
  });

  it('is refused where none stands', () => {
    given(...journey)
      .when(revise)
      .thenRefused('quote.none-stands');
    given(...journey, quoted(1, march(3)), withdrawn(1, march(4)))
      .when(revise)
      .thenRefused('quote.none-stands');
    given(...journey, quoted(1, march(3)), signed(1, march(4), 1), cancelled(1, march(5)))
      .when(revise)
      .thenRefused('quote.none-stands');
  });

  it('is refused while a contract stands', () => {
    given(...journey, quoted(1, march(3)), signed(1, march(4), 1))
      .when(revise)
      .thenRefused('quote.contract-stands');
  });

  it('is refused with a time before the quote it follows', () => {
    given(...journey, quoted(1, march(11)))
      .when(revise)
      .thenRefused('quote.out-of-order');
  });
});

describe('withdrawing a quote', () => {
  it('names the version that stands', () => {
    given(...journey, quoted(1, march(3)), quoted(2, march(4)))
      .when(withdraw)
      .then(event('quote-withdrawn', { ...withdraw.withdrawal, version: 2 }));
  });

  it('is refused where none stands, where a contract stands, and before the quote', () => {
    given(...journey)
      .when(withdraw)
      .thenRefused('quote.none-stands');
    given(...journey, quoted(1, march(3)), signed(1, march(4), 1))
      .when(withdraw)
      .thenRefused('quote.contract-stands');
    given(...journey, quoted(1, march(11)))
      .when(withdraw)
      .thenRefused('quote.out-of-order');
  });

  it('of imported history that never issued one names no version', () => {
    given(...journey)
      .when(withdraw)
      .thenNoted(['quote.none-stands'], event('quote-withdrawn', withdraw.withdrawal));
  });
});

describe('correcting a quote', () => {
  const past = [
    ...journey,
    { ...quoted(1, march(3)), id: 'v1' },
    { ...quoted(2, march(4)), id: 'v2' },
    { ...withdrawn(2, march(5)), id: 'w' },
  ];
  const corrected = (command: QuoteCommand) => given(...past).when(command);

  it('keeps the version the event was given, whatever was issued since', () => {
    corrected({ ...issue, corrects: 'v1' }).then({ ...event('quote-issued', { ...quote, version: 1 }), corrects: 'v1' });
    corrected({ ...revise, corrects: 'v2' }).then({ ...event('quote-revised', { ...quote, version: 2 }), corrects: 'v2' });
    corrected({ ...withdraw, corrects: 'w' }).then({
      ...event('quote-withdrawn', { ...withdraw.withdrawal, version: 2 }),
      corrects: 'w',
    });
  });

  it('is refused with terms that cannot be, of an event of another kind, or of none', () => {
    corrected({ ...issue, quote: { ...quote, price: yuan(0) }, corrects: 'v1' }).thenRefused('quote.price-invalid');
    corrected({ ...issue, corrects: 'v2' }).thenRefused('correction.other-kind');
    corrected({ ...issue, corrects: 'v9' }).thenRefused('correction.unknown-event');
  });
});

import { describe, it } from '@jest/globals';
import { sentences } from '@touchline/testing/given-when-then.js';
import {
  about,
  appointed,
  by,
  cancelled,
  handedOver,
  lost,
  march,
  opened,
  owned,
  quoted,
  signed,
  withdrawn,
  yuan,
} from '@touchline/testing/journeys.js';
import { contractDecider } from './contract.decider.js';

const given = sentences(contractDecider, {});
const journey = [opened, owned];
const twoQuotes = [...journey, quoted(1, march(3)), quoted(2, march(4))];
const occurredAt = march(10);
const on = { journeyId: 'j-1', occurredAt };
const contract = { ...by, price: yuan(226_800), paymentSchedule: [{ dueAt: march(14), amount: yuan(20_000) }] };
const sign = { ...on, act: 'sign', contract } as const;
const onQuote = (version: number) => ({ ...sign, contract: { ...contract, onQuote: version } });
const cancel = { ...on, act: 'cancel', cancellation: { ...by, reason: 'loan refused' } } as const;
const event = (type: string, data: object) => ({ type, data: { ...data }, occurredAt, subjects: about });

describe('signing a contract', () => {
  it('on a quote settles every version so far', () => {
    given(...twoQuotes)
      .when(onQuote(2))
      .then(event('contract-signed', { ...contract, onQuote: 2, number: 1, settledQuote: 2 }));
  });

  it('needs no quote', () => {
    given(...journey)
      .when(sign)
      .then(event('contract-signed', { ...contract, number: 1, settledQuote: 0 }));
  });

  it('stands without a price where an imported source states none', () => {
    const { price: _, ...unpriced } = { ...by, price: yuan(1) };
    given(...journey)
      .when({ ...sign, contract: unpriced })
      .then(event('contract-signed', { ...unpriced, number: 1, settledQuote: 0 }));
  });

  it('counts on after one that was cancelled', () => {
    given(...twoQuotes, signed(1, march(5), 2), cancelled(1, march(6)))
      .when(sign)
      .then(event('contract-signed', { ...contract, number: 2, settledQuote: 2 }));
  });

  it('is refused while one stands', () => {
    given(...journey, signed(1, march(5)))
      .when(sign)
      .thenRefused('contract.already-signed');
  });

  it.each([0, 3, 1.5, -1])('is refused on quote %d, which there is not', (version) => {
    given(...twoQuotes)
      .when(onQuote(version))
      .thenRefused('contract.quote-unknown');
  });

  it('is refused on a quote that was withdrawn, and on any before it', () => {
    for (const version of [1, 2])
      given(...twoQuotes, withdrawn(2, march(5)))
        .when(onQuote(version))
        .thenRefused('contract.quote-withdrawn');
  });

  it('is refused on a quote that a cancelled contract had settled', () => {
    given(...twoQuotes, signed(1, march(5), 2), cancelled(1, march(6)))
      .when(onQuote(2))
      .thenRefused('contract.quote-withdrawn');
  });

  it('is refused on a version that another took the place of', () => {
    given(...twoQuotes)
      .when(onQuote(1))
      .thenRefused('contract.quote-superseded');
  });

  it('is refused with a time before the quote', () => {
    given(...journey, quoted(1, march(11)))
      .when(onQuote(1))
      .thenRefused('contract.out-of-order');
  });

  it('is refused on a lost journey, told late or not, and on one that is not there', () => {
    given(...journey, lost(march(5)))
      .when(sign)
      .thenRefused('journey.not-open');
    given(...journey, lost(march(11)))
      .when(sign)
      .thenRefused('journey.not-open');
    given().when(sign).thenRefused('journey.unknown');
  });

  const instalment = (amount: object) => ({ paymentSchedule: [{ dueAt: march(14), amount }] });
  const wrong: [string, object, string][] = [
    ['a price of nothing', { price: yuan(0), paymentSchedule: [] }, 'contract.price-invalid'],
    ['an instalment of nothing', instalment(yuan(0)), 'contract.schedule-invalid'],
    ['an instalment in another currency', instalment({ amount: 1, currency: 'USD' }), 'contract.schedule-invalid'],
  ];
  it.each(wrong)('is refused with %s', (_what, terms, code) => {
    given(...journey)
      .when({ ...sign, contract: { ...contract, ...terms } })
      .thenRefused(code);
  });

  it('of imported history on a lost journey is noted and recorded', () => {
    given(...journey, lost(march(5)))
      .when(sign)
      .thenNoted(['journey.not-open'], event('contract-signed', { ...contract, number: 1, settledQuote: 0 }));
  });
});

describe('cancelling a contract', () => {
  it('names the contract that stands', () => {
    given(...journey, signed(1, march(4)), cancelled(1, march(5)), signed(2, march(6)))
      .when(cancel)
      .then(event('contract-cancelled', { ...cancel.cancellation, number: 2 }));
  });

  it('is refused where none stands, and before it was signed', () => {
    given(...journey)
      .when(cancel)
      .thenRefused('contract.none-stands');
    given(...journey, signed(1, march(4)), cancelled(1, march(5)))
      .when(cancel)
      .thenRefused('contract.none-stands');
    given(...journey, signed(1, march(11)))
      .when(cancel)
      .thenRefused('contract.out-of-order');
  });

  it('is refused before a handover or an appointment that it would undo', () => {
    for (const step of [handedOver(1, march(11)), appointed(1, march(20), march(11))])
      given(...journey, signed(1, march(4)), step)
        .when(cancel)
        .thenRefused('contract.out-of-order');
  });

  it('of imported history names the last there was, or none', () => {
    given(...journey, signed(1, march(4)), cancelled(1, march(5)))
      .when(cancel)
      .thenNoted(['contract.none-stands'], event('contract-cancelled', { ...cancel.cancellation, number: 1 }));
    given(...journey)
      .when(cancel)
      .thenNoted(['contract.none-stands'], event('contract-cancelled', cancel.cancellation));
  });
});

describe('correcting a contract', () => {
  const past = [...twoQuotes, { ...signed(1, march(5), 1), id: 's' }, { ...cancelled(1, march(6)), id: 'c' }, signed(2, march(7), 2)];

  it('keeps the numbers it was given', () => {
    given(...past)
      .when({ ...sign, corrects: 's' })
      .then({ ...event('contract-signed', { ...contract, number: 1, settledQuote: 1 }), corrects: 's' });
    given(...past)
      .when({ ...cancel, corrects: 'c' })
      .then({ ...event('contract-cancelled', { ...cancel.cancellation, number: 1 }), corrects: 'c' });
  });

  it('is refused with terms that cannot be, of an event of another kind, or of none', () => {
    given(...past)
      .when({ ...onQuote(9), corrects: 's' })
      .thenRefused('contract.quote-unknown');
    given(...past)
      .when({ ...sign, corrects: 'c' })
      .thenRefused('correction.other-kind');
    given(...past)
      .when({ ...sign, corrects: 'nowhere' })
      .thenRefused('correction.unknown-event');
  });
});

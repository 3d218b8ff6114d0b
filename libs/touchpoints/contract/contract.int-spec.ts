import { describe, expect, it } from '@jest/globals';
import { eventsOf, refused, told, twice, visited, yuan } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('contracts over HTTP', () => {
  const api = useApi();

  it('signs on the quote that stands, with its payment schedule, and cancels with a reason', async () => {
    const [li, fin] = [await api.as('li'), await api.as('fin')];
    const { journeyId } = await visited(api, li, '138 0000 2201');
    const on = { journeyId, occurredAt: api.now };
    await li.record('/quotes/issued', { ...on, price: yuan(226_800) });
    const paymentSchedule = [
      { dueAt: '2026-06-03T18:00:00+08:00', amount: yuan(20_000) },
      { dueAt: '2026-06-20T18:00:00+08:00', amount: yuan(206_800) },
    ];
    const signed = await twice(api, fin, '/contracts/signed', { ...on, onQuote: 1, price: yuan(226_800), paymentSchedule });
    await twice(api, li, '/contracts/cancelled', { ...on, reason: 'loan refused' });
    expect((await eventsOf(api, 'journey', journeyId)).slice(-2)).toMatchObject([
      {
        id: signed.eventId,
        data: {
          number: 1,
          settledQuote: 1,
          onQuote: 1,
          paymentSchedule: [
            { dueAt: '2026-06-03T10:00:00.000Z', amount: yuan(20_000) },
            { dueAt: '2026-06-20T10:00:00.000Z', amount: yuan(206_800) },
          ],
        },
        meta: { actor: { kind: 'service', id: fin.userId } },
      },
      { type: 'contract-cancelled', data: { number: 1, reason: { sealed: expect.any(String) } } },
    ]);
  });

  it('shows corrected terms in place of those first recorded', async () => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, '138 0000 2202');
    const on = { journeyId, occurredAt: api.now };
    const wrong = await li.record('/contracts/signed', { ...on, price: yuan(26_800) });
    const right = await li.record('/contracts/signed', { ...on, price: yuan(226_800), corrects: wrong.eventId });
    expect(await told(api, wrong.eventId!, right)).toMatchObject({
      details: { number: 1, price: yuan(226_800) },
      corrections: [{ eventId: right.eventId, replaced: [{ field: 'price', before: yuan(26_800) }] }],
    });
  });

  it('refuses what cannot be, and leaves no event', async () => {
    const [li, sun, he] = [await api.as('li'), await api.as('sun'), await api.as('he')];
    const { journeyId } = await visited(api, li, '138 0000 2203');
    const on = { journeyId, occurredAt: api.now, price: yuan(226_800) };
    const cancel = { journeyId, occurredAt: api.now, reason: 'loan refused' };
    const sign = (code: string, more: object, who = li) => refused(api, who, code, '/contracts/signed', { ...on, ...more });
    await refused(api, li, 'contract.none-stands', '/contracts/cancelled', cancel);
    await sign('contract.price-invalid', { price: yuan(0) });
    await sign('contract.schedule-invalid', { paymentSchedule: [{ dueAt: api.now, amount: { amount: 100, currency: 'USD' } }] });
    await sign('contract.quote-unknown', { onQuote: 1 });
    await sign('scope.other-site', {}, sun);
    await sign('role.not-allowed', {}, he);
    const problem = await sign('request.invalid', { paymentSchedule: [{ dueAt: '2026-06-03', amount: yuan(1) }] });
    expect(problem.errors).toEqual([expect.objectContaining({ field: 'paymentSchedule.0.dueAt', rule: 'isInstant' })]);
    await li.record('/quotes/issued', on);
    await li.record('/quotes/revised', on);
    await sign('contract.quote-superseded', { onQuote: 1 });
    await sign('contract.out-of-order', { onQuote: 2, occurredAt: '2026-05-31T02:00:00Z' });
    await li.record('/quotes/withdrawn', { journeyId, occurredAt: api.now });
    await sign('contract.quote-withdrawn', { onQuote: 2 });
    await li.record('/contracts/signed', on);
    await sign('contract.already-signed', {});
    await refused(api, li, 'quote.contract-stands', '/quotes/issued', on);
    await refused(api, li, 'contract.out-of-order', '/contracts/cancelled', { ...cancel, occurredAt: '2026-05-31T02:00:00Z' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { NOBODY, eventsOf, refused, told, twice, visited, yuan } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('quotes over HTTP', () => {
  const api = useApi();

  it('keeps every version, and withdraws them all with the newest', async () => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, '138 0000 2101');
    const on = { journeyId, occurredAt: api.now };
    const first = await twice(api, li, '/quotes/issued', {
      ...on,
      price: yuan(229_800),
      discount: yuan(5_000),
      product: '凯旋 1.5T',
      promises: ['floor mats'],
      validUntil: '2026-06-30T23:59:59+08:00',
      note: '先生很在意价格',
    });
    const second = await twice(api, li, '/quotes/revised', { ...on, price: yuan(226_800), promises: ['floor mats', 'window film'] });
    await twice(api, li, '/quotes/withdrawn', { ...on, reason: 'model sold out' });
    const quotes = (await eventsOf(api, 'journey', journeyId)).slice(-3);
    expect(quotes).toMatchObject([
      {
        id: first.eventId,
        type: 'quote-issued',
        data: { version: 1, price: yuan(229_800), validUntil: '2026-06-30T15:59:59.000Z', note: { sealed: expect.any(String) } },
        meta: { stage: { id: 'quote-and-order' } },
      },
      { id: second.eventId, type: 'quote-revised', data: { version: 2, price: yuan(226_800), promises: { sealed: expect.any(String) } } },
      { type: 'quote-withdrawn', data: { version: 2, reason: { sealed: expect.any(String) } } },
    ]);
  });

  it('shows what was promised to those who meet customers there, as it was put right, and to nobody else', async () => {
    const [li, sun, audit] = [await api.as('li'), await api.as('sun'), await api.as('audit')];
    const { journeyId } = await visited(api, li, '138 0000 2109');
    const on = { journeyId, occurredAt: api.now, price: yuan(229_800) };
    const first = await li.record('/quotes/issued', { ...on, items: ['car'], promises: ['floor mats'], note: '先生很在意价格' });
    const texts = `/touchpoints/${first.eventId}/texts`;
    expect(await li.ask(texts, first)).toEqual({
      eventId: first.eventId,
      texts: { items: ['car'], promises: ['floor mats'], note: '先生很在意价格' },
    });
    const right = await li.record('/quotes/issued', { ...on, promises: ['window film'], corrects: first.eventId });
    expect(await li.ask(texts, right)).toEqual({ eventId: first.eventId, texts: { promises: ['window film'] } });
    expect(await sun.get(texts)).toMatchObject({ status: 404, body: { code: 'touchpoint.unknown' } });
    expect(await audit.get(texts)).toMatchObject({ status: 403, body: { code: 'role.not-allowed' } });
  });

  it('corrects the terms of a version and keeps its number', async () => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, '138 0000 2102');
    const on = { journeyId, occurredAt: api.now };
    const wrong = await li.record('/quotes/issued', { ...on, price: yuan(22_980) });
    const right = await li.record('/quotes/issued', { ...on, price: yuan(229_800), corrects: wrong.eventId });
    expect(await told(api, wrong.eventId!, right)).toMatchObject({
      details: { version: 1, price: yuan(229_800) },
      corrections: [{ eventId: right.eventId, replaced: [{ field: 'price', before: yuan(22_980) }] }],
    });
    await refused(api, li, 'correction.other-kind', '/quotes/revised', { ...on, price: yuan(1), corrects: wrong.eventId });
  });

  it('tells a stale screen what changed since', async () => {
    const [li, chen, sun] = [await api.as('li'), await api.as('chen'), await api.as('sun')];
    const { journeyId } = await visited(api, li, '138 0000 2103');
    const on = { journeyId, occurredAt: api.now, price: yuan(229_800) };
    const { revision, eventId } = await chen.record('/quotes/issued', on, { 'if-match': '"2"' });
    const problem = await refused(api, li, 'precondition.stale', '/quotes/issued', on, { 'if-match': '"2"' });
    expect([problem.status, problem['changes']]).toEqual([
      412,
      [{ eventId, type: 'quote-issued', recordedById: chen.userId, occurredAt: api.now, recordedAt: api.now }],
    ]);
    const elsewhere = await refused(api, sun, 'scope.other-site', '/quotes/issued', on, { 'if-match': '"2"' });
    expect(elsewhere).not.toHaveProperty('changes');
    await li.record('/quotes/revised', on, { 'if-match': `"${revision}"` });
  });

  it('refuses what cannot be, and leaves no event', async () => {
    const [li, sun, he] = [await api.as('li'), await api.as('sun'), await api.as('he')];
    const { journeyId } = await visited(api, li, '138 0000 2104');
    const on = { journeyId, occurredAt: api.now, price: yuan(229_800) };
    await refused(api, li, 'quote.none-stands', '/quotes/revised', on);
    await refused(api, li, 'quote.price-invalid', '/quotes/issued', { ...on, price: yuan(0) });
    await refused(api, li, 'quote.discount-invalid', '/quotes/issued', { ...on, discount: { amount: 1, currency: 'USD' } });
    // Compared as instants, not as the texts they came in.
    await refused(api, li, 'quote.validity-past', '/quotes/issued', { ...on, validUntil: '2026-06-01T10:59:59+09:00' });
    await refused(api, li, 'journey.unknown', '/quotes/issued', { ...on, journeyId: NOBODY });
    await refused(api, li, 'user.unknown', '/quotes/issued', { ...on, responsibleId: NOBODY });
    await refused(api, li, 'request.invalid', '/quotes/issued', { ...on, price: { amount: 1.5, currency: 'yuan' } });
    await refused(api, sun, 'scope.other-site', '/quotes/issued', on);
    await refused(api, he, 'role.not-allowed', '/quotes/issued', on);
    await refused(api, await api.as('wang', 'huadong'), 'journey.unknown', '/quotes/issued', on);
    await li.record('/quotes/issued', on);
    await refused(api, li, 'quote.already-stands', '/quotes/issued', on);
    await refused(api, li, 'quote.out-of-order', '/quotes/withdrawn', { journeyId, occurredAt: '2026-05-31T02:00:00Z' });
  });
});

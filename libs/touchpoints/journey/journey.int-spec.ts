import { describe, expect, it } from '@jest/globals';
import { NOBODY, eventsOf, refused, told, twice, visited, yuan } from '@touchline/server/testing/look.js';
import { unidentifiedJourney } from '@touchline/server/testing/unidentified-journey.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('journeys over HTTP', () => {
  const api = useApi();

  it('is lost, and taken up again: by a consultant where the loss was an error, else by a manager', async () => {
    const [li, zhou] = [await api.as('li'), await api.as('zhou')];
    const { journeyId } = await visited(api, li, '138 0000 2501');
    const on = { journeyId, occurredAt: api.now };
    const lost = await twice(api, li, '/journeys/lost', {
      ...on,
      kind: 'bought-elsewhere',
      to: '他牌',
      why: 'price',
      note: '说是太太决定的',
    });
    const [loss] = (await eventsOf(api, 'journey', journeyId)).slice(-1);
    const sealed = { sealed: expect.any(String) };
    expect(loss).toMatchObject({ data: { kind: 'bought-elsewhere', to: sealed, why: sealed, note: sealed } });
    const right = await li.record('/journeys/lost', { ...on, kind: 'gave-up', corrects: lost.eventId });
    expect(await told(api, lost.eventId!, right)).toMatchObject({
      corrections: [
        { eventId: right.eventId, replaced: expect.arrayContaining([{ field: 'kind', before: 'bought-elsewhere', sealed: false }]) },
      ],
    });

    await refused(api, li, 'quote.none-stands', '/quotes/revised', { ...on, occurredAt: '2026-05-31T02:00:00Z', price: yuan(1) });
    await refused(api, li, 'journey.not-open', '/quotes/issued', { ...on, price: yuan(229_800) });
    await refused(api, li, 'journey.not-a-manager', '/journeys/reactivated', { ...on, cause: 'manager' });
    await twice(api, zhou, '/journeys/reactivated', { ...on, cause: 'manager', note: '客户来电' });
    await refused(api, zhou, 'journey.not-lost', '/journeys/reactivated', { ...on, cause: 'manager' });
    await li.record('/journeys/lost', { ...on, kind: 'unreachable' });
    expect(await li.record('/journeys/reactivated', { ...on, cause: 'recorded-in-error' })).toMatchObject({ journeyId });
  });

  it('goes to another owner by a manager, from then on', async () => {
    const [li, chen, zhou] = [await api.as('li'), await api.as('chen'), await api.as('zhou')];
    const sun = await api.as('sun');
    const { journeyId } = await visited(api, li, '138 0000 2502');
    const assign = { journeyId, ownerId: chen.userId, note: '李娜休假' };
    await refused(api, li, 'role.not-allowed', '/journeys/owner-assigned', assign);
    await refused(api, zhou, 'user.unknown', '/journeys/owner-assigned', { ...assign, ownerId: NOBODY });
    await refused(api, zhou, 'journey.owner-elsewhere', '/journeys/owner-assigned', { ...assign, ownerId: sun.userId });
    const he = await api.as('he');
    await (await api.as('admin')).record(`/admin/users/${he.userId}/deactivation`, { reason: '离职' });
    await refused(api, zhou, 'user.deactivated', '/journeys/owner-assigned', { ...assign, ownerId: he.userId });
    await twice(api, zhou, '/journeys/owner-assigned', assign);
    await refused(api, zhou, 'journey.same-owner', '/journeys/owner-assigned', assign);
    const owners = (await eventsOf(api, 'journey', journeyId)).filter(({ type }) => type === 'journey-owner-assigned');
    expect(owners).toMatchObject([
      { data: { ownerId: li.userId, reason: 'first-reception' } },
      { data: { ownerId: chen.userId, reason: 'reassigned', note: { sealed: expect.any(String) } } },
    ]);
  });

  it('that nobody is known to make is tied to its customer, once', async () => {
    const [li, sun] = [await api.as('li'), await api.as('sun')];
    const journeyId = await unidentifiedJourney(api.platform.services, api.now);
    const { customerId } = await visited(api, li, '138 0000 2503');
    const identify = { journeyId, customerId };
    await refused(api, li, 'customer.unknown', '/journeys/identified', { journeyId, customerId: NOBODY });
    await refused(api, sun, 'scope.other-site', '/journeys/identified', identify);
    const answer = await twice(api, li, '/journeys/identified', identify);
    expect(answer).toMatchObject({ journeyId, customerId });
    await refused(api, li, 'journey.already-identified', '/journeys/identified', identify);
  });

  it('refuses what cannot be, and leaves no event', async () => {
    const [li, sun, fin] = [await api.as('li'), await api.as('sun'), await api.as('fin')];
    const { journeyId } = await visited(api, li, '138 0000 2504');
    const on = { journeyId, occurredAt: api.now, kind: 'gave-up' };
    await refused(api, li, 'journey.unknown', '/journeys/lost', { ...on, journeyId: NOBODY });
    await refused(api, li, 'journey.out-of-order', '/journeys/lost', { ...on, occurredAt: '2026-05-31T02:00:00Z' });
    await refused(api, li, 'occurred-at.in-future', '/journeys/lost', { ...on, occurredAt: '2026-06-02T02:00:00Z' });
    await refused(api, li, 'request.invalid', '/journeys/lost', { ...on, kind: 'bored' });
    await refused(api, li, 'request.invalid', '/journeys/reactivated', { ...on, kind: undefined, cause: 'customer-came-back' });
    await refused(api, sun, 'scope.other-site', '/journeys/lost', on);
    await refused(api, fin, 'role.not-allowed', '/journeys/lost', on);
    await li.record('/journeys/lost', on);
    await refused(api, li, 'journey.already-lost', '/journeys/lost', on);
    const { journeyId: sold } = await visited(api, li, '138 0000 2505');
    await li.record('/contracts/signed', { journeyId: sold, occurredAt: api.now, price: yuan(226_800) });
    await refused(api, li, 'journey.contract-stands', '/journeys/lost', { ...on, journeyId: sold });
  });
});

import { describe, expect, it } from '@jest/globals';
import { NOBODY, eventsOf, refused, told, twice, visited } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('complaints over HTTP', () => {
  const api = useApi();
  const complaint = { category: 'delivery', account: '交车晚了三天,无人告知' } as const;

  it('runs from its receipt to its closing, the account sealed, in a stream of its own', async () => {
    const [li, he] = [await api.as('li'), await api.as('he')];
    const { journeyId, customerId } = await visited(api, li, '138 0000 2601');
    const received = await twice(api, li, '/complaints/received', {
      occurredAt: api.now,
      journeyId,
      ...complaint,
      wish: '道歉并赠送保养',
      severity: 'high',
      channel: 'forum',
    });
    expect(received).toMatchObject({ complaintId: expect.any(String), journeyId, customerId, revision: 0 });
    const { complaintId } = received;
    const on = { complaintId, occurredAt: api.now };
    await twice(api, he, '/complaints/acknowledged', on);
    const resolution = { resolution: '已致歉,赠首保一次', responsibility: 'ours', ground: 'contract' };
    await twice(api, he, '/complaints/resolved', { ...on, ...resolution });
    await twice(api, he, '/complaints/closed', on);
    const sealed = { sealed: expect.any(String) };
    const subjects = { complaint: complaintId, journey: journeyId, customer: customerId, site: 'pudong' };
    expect(await eventsOf(api, 'complaint', complaintId!)).toMatchObject([
      { data: { category: 'delivery', severity: 'high', channel: 'forum', account: sealed, wish: sealed }, meta: { subjects } },
      { type: 'complaint-acknowledged', data: { responsibleId: he.userId }, meta: { subjects } },
      { data: { resolution: sealed, responsibility: 'ours', ground: 'contract' }, meta: { subjects } },
      { type: 'complaint-closed', meta: { subjects } },
    ]);
  });

  it('may name a customer and a site alone, and is corrected by naming it', async () => {
    const [li, fin] = [await api.as('li'), await api.as('fin')];
    const { customerId } = await visited(api, li, '138 0000 2602');
    const about = { occurredAt: api.now, customerId, siteId: 'pudong' };
    const wrong = await fin.record('/complaints/received', { ...about, ...complaint });
    expect(wrong).not.toHaveProperty('journeyId');
    const { complaintId } = wrong;
    const again = { occurredAt: api.now, complaintId, ...complaint, category: 'attitude', corrects: wrong.eventId };
    const right = await twice(api, fin, '/complaints/received', again);
    expect(right).toMatchObject({ complaintId, customerId, revision: 1 });
    expect(await told(api, wrong.eventId!, right)).toMatchObject({
      details: { category: 'attitude' },
      sealed: ['account'],
      corrections: [
        { eventId: right.eventId, replaced: expect.arrayContaining([{ field: 'category', before: 'delivery', sealed: false }]) },
      ],
    });
  });

  it('refuses a receipt that is about nobody or nothing, and leaves no event', async () => {
    const [li, sun, admin] = [await api.as('li'), await api.as('sun'), await api.as('admin')];
    const { journeyId, customerId } = await visited(api, li, '138 0000 2603');
    const receive = (code: string, more: object, who = li) =>
      refused(api, who, code, '/complaints/received', { occurredAt: api.now, ...complaint, ...more });
    const about = { customerId, siteId: 'pudong' };
    await receive('complaint.customer-missing', { siteId: 'pudong' });
    await receive('contact.site-missing', { customerId });
    await receive('customer.unknown', { ...about, customerId: NOBODY });
    await receive('journey.unknown', { journeyId: NOBODY });
    await receive('request.invalid', { journeyId, account: ' \u200b\u3000 ' });
    await receive('user.unknown', { journeyId, responsibleId: NOBODY });
    await receive('occurred-at.in-future', { journeyId, occurredAt: '2026-06-02T02:00:00Z' });
    await receive('complaint.unknown', { complaintId: NOBODY });
    await receive('correction.unknown-event', { complaintId: NOBODY, corrects: NOBODY });
    await receive('request.invalid', { ...about, journeyId });
    await receive('request.invalid', { journeyId, category: 'weather' });
    await receive('scope.other-site', { journeyId }, sun);
    await receive('scope.other-site', about, sun);
    await receive('role.not-allowed', { journeyId }, admin);
    await receive('journey.unknown', { journeyId }, await api.as('wang', 'huadong'));
  });

  it('is taken further in order, at its own site, by those who answer for it', async () => {
    const [li, he, qian] = [await api.as('li'), await api.as('he'), await api.as('qian')];
    const { journeyId } = await visited(api, li, '138 0000 2604');
    const { complaintId, eventId } = await li.record('/complaints/received', { occurredAt: api.now, journeyId, ...complaint });
    const on = { complaintId, occurredAt: api.now };
    await refused(api, li, 'role.not-allowed', '/complaints/acknowledged', on);
    await refused(api, qian, 'scope.other-site', '/complaints/acknowledged', on);
    await refused(api, qian, 'scope.other-site', '/complaints/received', { ...on, ...complaint, corrects: eventId });
    await refused(api, await api.as('wang', 'huadong'), 'complaint.unknown', '/complaints/closed', on);
    await refused(api, he, 'complaint.unknown', '/complaints/acknowledged', { ...on, complaintId: NOBODY });
    await refused(api, he, 'complaint.already-received', '/complaints/received', { ...on, ...complaint });
    await refused(api, he, 'complaint.not-resolved', '/complaints/closed', on);
    await refused(api, he, 'complaint.out-of-order', '/complaints/acknowledged', { ...on, occurredAt: '2026-05-31T02:00:00Z' });
    await he.record('/complaints/acknowledged', on);
    await refused(api, he, 'complaint.already-acknowledged', '/complaints/acknowledged', on);
    const resolved = { ...on, resolution: '已致歉', responsibility: 'ours' };
    await refused(api, he, 'correction.other-kind', '/complaints/resolved', { ...resolved, corrects: eventId });
    await he.record('/complaints/resolved', resolved);
    await refused(api, he, 'complaint.already-resolved', '/complaints/resolved', resolved);
    await he.record('/complaints/closed', on);
    await refused(api, he, 'complaint.already-closed', '/complaints/closed', on);
  });
});

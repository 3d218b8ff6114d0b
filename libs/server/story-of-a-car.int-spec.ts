import { describe, expect, it } from '@jest/globals';
import { yuan } from './testing/look.js';
import { Story, shanghai } from './testing/story.js';
import { useApi } from './testing/use-api.js';

describe('a car, from the first call to its handover', () => {
  const api = useApi();

  it('shows at every step how far the customer has come', async () => {
    const story = new Story(api);
    const li = (await api.as('li')).userId;
    const person = { name: '王芳', phone: '138 0000 1111', gender: 'f' };

    const call = { siteId: 'pudong', person, rings: 2, durationSeconds: 160, contactTaken: true, media: 'wechat-ad' };
    const asked = ['price', 'test drive'];
    await story.tell('2026-03-02 10:00', 'li', '/calls/received', { ...call, asked, visitInvited: true });
    const first = { lifecycle: 'potential', category: 'prospect', ownerIds: [li], journeyList: [{ stage: { id: 'reception' } }] };
    expect(await story.status('li')).toMatchObject({ ...first, touchpoints: 1 });

    await story.tell('2026-03-03 09:30', 'li', '/calls/made', { reached: true, visitAt: '2026-03-07T14:00:00+08:00' });
    await story.tell('2026-03-06 16:00', 'li', '/calls/made', { reached: true, purpose: 'confirm visit' });
    const visit = { siteId: 'pudong', person, batchSize: 2, first: true, greetedAfterSeconds: 40, contactTaken: true, media: 'wechat-ad' };
    await story.tell('2026-03-07 14:06', 'li', '/visits/received', { ...visit, occurredAt: shanghai('2026-03-07 14:05') });
    expect(await story.status('li')).toMatchObject({ ...first, journeys: { total: 1, open: 1, lost: 0, bought: 0 }, touchpoints: 4 });

    const needs = { budgetFrom: 200_000, budgetTo: 250_000, use: 'family', decider: 'self', influencers: ['spouse'], buysWithinDays: 14 };
    await story.tell('2026-03-07 14:25', 'li', '/touchpoints', { kind: 'needs-recorded', channel: 'showroom', fields: needs });
    expect(await story.status('li')).toMatchObject({ journeyList: [{ stage: { id: 'needs-analysis' } }] });
    const presented = { kind: 'product-presented', channel: 'showroom', direction: 'out' };
    await story.tell('2026-03-07 14:40', 'li', '/touchpoints', { ...presented, fields: { product: '凯旋 1.5T' } });
    await story.tell('2026-03-07 15:40', 'li', '/quotes/issued', { price: yuan(229_800), promises: ['floor mats', 'window film'] });
    const offered = {
      lifecycle: 'intending',
      category: 'prospect',
      quoteStanding: true,
      journeyList: [{ stage: { id: 'quote-and-order' } }],
    };
    expect(await story.status('li')).toMatchObject(offered);

    await story.tell('2026-03-11 10:00', 'li', '/calls/made', { reached: true, purpose: 'follow up' });
    const promises = ['floor mats', 'window film', 'first service free'];
    await story.tell('2026-03-11 10:30', 'li', '/quotes/revised', { price: yuan(226_800), promises });
    expect(await story.status('li')).toMatchObject(offered);
    await story.refused('2026-03-11 10:40', 'li', 'handover.no-contract', '/handovers/scheduled', { at: shanghai('2026-03-25 15:00') });
    await story.refused('2026-03-12 18:55', 'li', 'contract.quote-superseded', '/contracts/signed', { onQuote: 1, price: yuan(229_800) });
    await story.tell('2026-03-12 19:00', 'li', '/contracts/signed', { onQuote: 2, price: yuan(226_800) });
    expect(await story.status('li')).toMatchObject({
      lifecycle: 'committed',
      category: 'owner',
      quoteStanding: false,
      bought: [{ currency: 'CNY', amount: 22_680_000, contracts: 1 }],
    });

    await story.tell('2026-03-13 09:10', 'li', '/calls/made', { reached: true, purpose: 'thank-you call' });
    await story.tell('2026-03-20 09:00', 'li', '/handovers/scheduled', { at: shanghai('2026-03-25 15:00') });
    expect(await story.status('li')).toMatchObject({ lifecycle: 'committed', journeyList: [{ stage: { id: 'delivery' } }] });
    await story.tell('2026-03-22 10:00', 'li', '/calls/made', { reached: true, purpose: 'delivery appointment call' });
    const moved = { at: shanghai('2026-03-28 10:00'), reason: 'transport', customerToldAt: shanghai('2026-03-23 11:00') };
    await story.tell('2026-03-23 11:00', 'li', '/handovers/scheduled', moved);
    const done = { checklist: { passed: 42, failed: 0 }, documents: true, serviceContactIntroduced: true, photo: true };
    await story.tell('2026-03-28 10:20', 'li', '/handovers/completed', done);
    const owner = { lifecycle: 'formal', category: 'owner', ownerIds: [li], journeyList: [{ stage: { id: 'after-sales-follow-up' } }] };
    expect(await story.status('li')).toMatchObject(owner);
    await story.refused('2026-03-28 10:30', 'li', 'journey.contract-stands', '/journeys/lost', { kind: 'gave-up' });

    const timeline = await story.timeline('li');
    expect(timeline.map(({ type, kind }) => kind ?? type)).toEqual([
      'call-received',
      'call-made',
      'call-made',
      'visit-received',
      'needs-recorded',
      'product-presented',
      'quote-issued',
      'call-made',
      'quote-revised',
      'contract-signed',
      'call-made',
      'handover-scheduled',
      'call-made',
      'handover-rescheduled',
      'handover-completed',
    ]);
    expect(timeline[3]).toMatchObject({ occurredAt: shanghai('2026-03-07 14:05'), lateBySeconds: 60 });
    expect(timeline[8]).toMatchObject({ details: { version: 2 }, sealed: ['promises'], stage: { id: 'quote-and-order' } });
    expect(timeline[13]).toMatchObject({ details: { previousAt: shanghai('2026-03-25 15:00'), at: shanghai('2026-03-28 10:00') } });
    // Nothing of who she is stands in what the views show.
    expect(JSON.stringify(timeline)).not.toMatch(/王芳|1380000/);
  });
});

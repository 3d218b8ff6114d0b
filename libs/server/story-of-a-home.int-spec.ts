import { describe, expect, it } from '@jest/globals';
import { yuan } from './testing/look.js';
import { Story, shanghai } from './testing/story.js';
import { useApi } from './testing/use-api.js';

describe('a home, and the leak that was mended', () => {
  const api = useApi();

  it('shows the sale, the handover and the course of the complaint, each to those of its site', async () => {
    const story = new Story(api);
    const sun = (await api.as('sun')).userId;
    const person = { name: '刘洋', phone: '137 0000 3333' };

    const visit = { siteId: 'yunqili', person, batchSize: 1, first: true, contactTaken: true, media: 'friend', greetedAfterSeconds: 90 };
    await story.tell('2026-04-18 15:00', 'sun', '/visits/received', { ...visit, risksShown: ['substation, 80 m north'] });
    const came = { lifecycle: 'potential', category: 'prospect', ownerIds: [sun], journeyList: [{ stage: { id: 'visit-reception' } }] };
    expect(await story.status('sun')).toMatchObject(came);
    await story.tell('2026-04-26 10:30', 'sun', '/touchpoints', { kind: 'contract-terms-explained', direction: 'out', channel: 'site' });
    const terms = { product: '3-1502', price: yuan(3_180_000), termsExplained: true, serviceCentreIntroduced: true };
    const paymentSchedule = [
      { dueAt: shanghai('2026-04-30 18:00'), amount: yuan(954_000) },
      { dueAt: shanghai('2026-07-31 18:00'), amount: yuan(2_226_000) },
    ];
    await story.tell('2026-04-26 11:00', 'sun', '/contracts/signed', { ...terms, paymentSchedule });
    const bought = { category: 'owner', bought: [{ currency: 'CNY', amount: 318_000_000, contracts: 1 }] };
    expect(await story.status('sun')).toMatchObject({ ...bought, lifecycle: 'committed', journeyList: [{ stage: { id: 'contract' } }] });
    await story.tell('2026-04-27 09:30', 'sun', '/calls/made', { reached: true, purpose: 'thank-you call' });

    await story.tell('2027-02-27 09:00', 'sun', '/handovers/scheduled', { at: shanghai('2027-03-13 10:00') });
    await story.tell('2027-03-20 11:00', 'qian', '/handovers/completed', {
      keys: true,
      feesExplained: true,
      fitOutGuidance: true,
      complaintGuidance: true,
    });
    expect(await story.status('sun')).toMatchObject({ ...bought, lifecycle: 'formal', complaints: { total: 0, open: 0 } });

    const leak = { category: 'leakage', account: '厨房顶棚渗水,昨夜滴到灶台', wish: '修好并重新粉刷', severity: 'high', building: '3' };
    await story.tell('2027-05-02 17:30', 'qian', '/complaints/received', { ...leak, channel: 'hotline' });
    expect(await story.complaint('qian')).toMatchObject({ status: 'received', open: true });
    expect(await story.status('sun')).toMatchObject({ lifecycle: 'formal', complaints: { total: 1, open: 1 } });
    await story.tell('2027-05-04 10:45', 'qian', '/complaints/acknowledged');
    await story.refused('2027-05-08 15:50', 'qian', 'complaint.not-resolved', '/complaints/closed');
    await story.refused('2027-05-08 15:55', 'sun', 'role.not-allowed', '/complaints/closed');
    const mended = { resolution: '重新密封并粉刷,已复查', responsibility: 'ours', ground: 'quality-standard' };
    await story.tell('2027-05-08 16:00', 'qian', '/complaints/resolved', mended);
    await story.tell('2027-05-12 10:05', 'qian', '/complaints/closed');

    const { status, open, course } = await story.complaint('qian');
    expect([status, open]).toEqual(['closed', false]);
    expect(course.items).toMatchObject([
      { type: 'complaint-received', details: { category: 'leakage', building: '3' }, sealed: ['account', 'wish'] },
      { type: 'complaint-acknowledged', occurredAt: shanghai('2027-05-04 10:45') },
      { type: 'complaint-resolved', details: { responsibility: 'ours', ground: 'quality-standard' }, sealed: ['resolution'] },
      { type: 'complaint-closed' },
    ]);
    expect(await story.status('sun')).toMatchObject({ ...bought, complaints: { total: 1, open: 0 } });
    expect(JSON.stringify([course, await story.timeline('sun')])).not.toMatch(/刘洋|1370000|渗水|粉刷/);

    const li = await api.as('li');
    const paths = [`/complaints/${story.ids.complaintId}`, `/customers/${story.ids.customerId}/status`];
    expect(await Promise.all(paths.map(async (path) => (await li.get(path)).status))).toEqual([404, 404]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { eventsOf, refused, told, twice } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('visits over HTTP', () => {
  const api = useApi();
  const visit = { siteId: 'pudong', batchSize: 2, first: true, contactTaken: true };
  const at = (instant = api.now) => ({ ...visit, occurredAt: instant });

  it('records a visit of somebody new: a customer, a journey and its owner; personal fields sealed', async () => {
    const li = await api.as('li');
    const answer = await twice(api, li, '/visits/received', {
      ...at('2026-06-01T09:30:00+08:00'),
      person: { name: '王芳', phone: '138 0000 1111' },
      greetedAfterSeconds: 40,
      homeDistrict: '浦东新区',
      media: 'wechat-ad',
      arrivedAt: '2026-06-01T09:29:00+08:00',
    });
    const events = await eventsOf(api, 'journey', answer.journeyId!);
    expect(events.map(({ type }) => type)).toEqual(['journey-opened', 'journey-owner-assigned', 'visit-received']);
    expect(events[1]!.data).toMatchObject({ ownerId: li.userId });
    expect(events[2]).toMatchObject({
      id: answer.eventId,
      data: { batchSize: 2, greetedAfterSeconds: 40, arrivedAt: '2026-06-01T01:29:00.000Z', homeDistrict: { sealed: expect.any(String) } },
      meta: { occurredAt: '2026-06-01T01:30:00.000Z', stage: { id: 'reception' } },
    });
  });

  it('keeps a visit that left no details as an unidentified contact, and a name given without a number sealed', async () => {
    const chen = await api.as('chen');
    const answer = await chen.record('/visits/received', { ...at(), contactTaken: false, callerName: '周先生', homeDistrict: '静安区' });
    expect(answer).not.toHaveProperty('customerId');
    const [contact] = await eventsOf(api, 'contact', answer.contactId!);
    const sealed = { sealed: expect.any(String) };
    expect(contact!.data).toMatchObject({ kind: 'visit', siteId: 'pudong', batchSize: 2, callerName: sealed, homeDistrict: sealed });
  });

  it('leaves the owner who they are where a colleague receives on their behalf, and says for whom', async () => {
    const [li, chen] = [await api.as('li'), await api.as('chen')];
    const person = { phone: '138 0000 1212' };
    const first = await li.record('/visits/received', { ...at(), person });
    const second = await chen.record('/visits/received', { ...at(), first: false, person, onBehalfOf: li.userId });
    expect(second).toMatchObject({ journeyId: first.journeyId, customerId: first.customerId });
    const events = await eventsOf(api, 'journey', first.journeyId!);
    expect(events.filter(({ type }) => type === 'journey-owner-assigned')).toHaveLength(1);
    expect(events.at(-1)!.data).toMatchObject({ responsibleId: chen.userId, onBehalfOf: li.userId });
  });

  it('shows a correction in place of what it corrects, on a journey and on an unidentified contact', async () => {
    const li = await api.as('li');
    const known = await li.record('/visits/received', { ...at(), person: { phone: '138 0000 1313' }, batchSize: 3 });
    const right = await twice(api, li, '/visits/received', {
      ...at(),
      siteId: undefined,
      journeyId: known.journeyId,
      batchSize: 4,
      corrects: known.eventId,
    });
    expect(await told(api, known.eventId!, right)).toMatchObject({
      details: { batchSize: 4 },
      corrections: [{ eventId: right.eventId, replaced: [{ field: 'batchSize', before: 3 }] }],
    });
    const unknown = await li.record('/visits/received', { ...at(), contactTaken: false });
    const again = await li.record('/visits/received', {
      ...at(),
      contactTaken: false,
      batchSize: 5,
      contactId: unknown.contactId,
      corrects: unknown.eventId,
    });
    expect(again).toMatchObject({ contactId: unknown.contactId, revision: 1 });
    expect(await told(api, unknown.eventId!, again)).toMatchObject({ details: { batchSize: 5 } });
  });

  it('refuses what cannot be, and registers nobody for it', async () => {
    const [li, sun, admin] = [await api.as('li'), await api.as('sun'), await api.as('admin')];
    const person = { name: '张伟', phone: '138 0000 1414' };
    const nobody = '3f9f4f0a-5a39-4a0e-9a39-6f4d2f3b8f10';
    const refuse = (code: string, more: object, who = li) => refused(api, who, code, '/visits/received', { ...at(), ...more });
    await refuse('visit.not-the-owner', { person, onBehalfOf: li.userId });
    await refuse('user.unknown', { person, responsibleId: nobody });
    await refuse('user.unknown', { contactTaken: false, responsibleId: nobody });
    await refuse('correction.unknown-event', { person, corrects: nobody });
    await refuse('correction.unknown-event', { contactTaken: false, corrects: nobody });
    await refuse('occurred-at.in-future', { person, occurredAt: '2026-06-02T02:00:00Z' });
    await refuse('phone.invalid', { person: { phone: '12' } });
    await refuse('site.other-product-line', { person, productLine: 'apartments' });
    await refuse('contact.site-missing', { person, siteId: undefined });
    await refuse('contact.unknown', { contactId: nobody, corrects: nobody });
    await refuse('customer.unknown', { customerId: nobody });
    await refuse('journey.unknown', { journeyId: nobody });
    await refuse('scope.other-site', { person }, sun);
    await refuse('role.not-allowed', { person }, admin);
    expect(await refuse('request.invalid', { batchSize: 0, journeyId: nobody, person, greeted: true })).toMatchObject({
      errors: expect.arrayContaining([
        expect.objectContaining({ field: 'batchSize', rule: 'min' }),
        expect.objectContaining({ field: 'journeyId', rule: 'isAlone' }),
        expect.objectContaining({ field: 'greeted', rule: 'unknown-field' }),
      ]),
    });
    const stale = await api.countEvents();
    const screen = await li.post('/visits/received', { ...at(), person }, { 'if-match': '"3"' });
    expect([screen.status, await api.countEvents()]).toEqual([412, stale]);
    expect(await li.record('/visits/received', { ...at(), person })).toMatchObject({ revision: 2 });
  });

  it('does not let a correction name a contact twice over', async () => {
    const li = await api.as('li');
    const { contactId } = await li.record('/visits/received', { ...at(), contactTaken: false });
    await refused(api, li, 'contact.already-recorded', '/visits/received', { ...at(), contactTaken: false, contactId });
  });
});

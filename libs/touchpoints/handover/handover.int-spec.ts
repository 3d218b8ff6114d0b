import { describe, expect, it } from '@jest/globals';
import { eventsOf, refused, told, twice, visited, yuan } from '@touchline/server/testing/look.js';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('handovers over HTTP', () => {
  const api = useApi();

  async function bought(client: Client, phone: string): Promise<{ journeyId: string; occurredAt: string }> {
    const { journeyId } = await visited(api, client, phone);
    const on = { journeyId, occurredAt: api.now };
    await client.record('/contracts/signed', { ...on, price: yuan(226_800) });
    return on;
  }

  it('makes an appointment, moves it with a reason, and hands over', async () => {
    const [li, he] = [await api.as('li'), await api.as('he')];
    const on = await bought(li, '138 0000 2301');
    await twice(api, li, '/handovers/scheduled', { ...on, at: '2026-06-10T15:00:00+08:00' });
    const moved = { at: '2026-06-12T10:00:00+08:00', reason: 'transport', customerToldAt: api.now };
    await twice(api, li, '/handovers/scheduled', { ...on, ...moved });
    const checklist = { passed: 42, failed: 0 };
    const done = await twice(api, he, '/handovers/completed', { ...on, checklist, documents: true, photo: true });
    expect((await eventsOf(api, 'journey', on.journeyId)).slice(-3)).toMatchObject([
      { type: 'handover-scheduled', data: { contract: 1, at: '2026-06-10T07:00:00.000Z' }, meta: { stage: { id: 'delivery' } } },
      {
        type: 'handover-rescheduled',
        data: { previousAt: '2026-06-10T07:00:00.000Z', at: '2026-06-12T02:00:00.000Z', reason: { sealed: expect.any(String) } },
      },
      {
        id: done.eventId,
        data: { contract: 1, checklist, documents: true, photo: true },
        meta: { stage: { id: 'after-sales-follow-up' } },
      },
    ]);
  });

  it('shows a corrected checklist in place of the first', async () => {
    const li = await api.as('li');
    const on = await bought(li, '138 0000 2302');
    const wrong = await li.record('/handovers/completed', { ...on, checklist: { passed: 4, failed: 2 } });
    const right = await li.record('/handovers/completed', { ...on, checklist: { passed: 42, failed: 0 }, corrects: wrong.eventId });
    expect(await told(api, wrong.eventId!, right)).toMatchObject({
      details: { checklist: { passed: 42, failed: 0 } },
      corrections: [{ replaced: [{ field: 'checklist', before: { passed: 4, failed: 2 } }] }],
    });
  });

  it('refuses what cannot be, and leaves no event', async () => {
    const [li, sun, audit] = [await api.as('li'), await api.as('sun'), await api.as('audit')];
    const { journeyId } = await visited(api, li, '138 0000 2303');
    const at = '2026-06-10T07:00:00Z';
    await refused(api, li, 'handover.no-contract', '/handovers/completed', { journeyId, occurredAt: api.now });
    const on = await bought(li, '138 0000 2304');
    const schedule = (code: string, more: object, who = li) => refused(api, who, code, '/handovers/scheduled', { ...on, at, ...more });
    await schedule('handover.appointment-past', { at: '2026-05-31T02:00:00Z' });
    await schedule('handover.out-of-order', { occurredAt: '2026-05-31T02:00:00Z' });
    await schedule('request.invalid', { at: '2026-06-10 15:00' });
    await schedule('scope.other-site', {}, sun);
    await schedule('role.not-allowed', {}, audit);
    await li.record('/handovers/scheduled', { ...on, at });
    await schedule('handover.same-time', { at: '2026-06-10T15:00:00+08:00', reason: 'transport' });
    await schedule('handover.reason-missing', { at: '2026-06-11T07:00:00Z' });
    await refused(api, li, 'request.invalid', '/handovers/completed', { ...on, checklist: { passed: -1, failed: 0 } });
    await li.record('/handovers/completed', on);
    await refused(api, li, 'handover.already-completed', '/handovers/completed', on);
  });
});

import { describe, expect, it } from '@jest/globals';
import { NOBODY, eventsOf, refused, twice, visited } from '@touchline/server/testing/look.js';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('unidentified contacts over HTTP', () => {
  const api = useApi();
  const unknown = async (client: Client): Promise<string> =>
    (await client.record('/calls/received', { occurredAt: api.now, siteId: 'pudong', contactTaken: false })).contactId!;

  it('are tied to the journey of whoever it was, and untied where that was an error', async () => {
    const [li, chen] = [await api.as('li'), await api.as('chen')];
    const contactId = await unknown(chen);
    const { journeyId, customerId } = await visited(api, li, '138 0000 2701');
    const on = { contactId, occurredAt: api.now };
    const tied = await twice(api, li, '/contacts/tied', { ...on, journeyId, note: '回拨时确认' });
    expect(tied).toMatchObject({ contactId, journeyId, customerId, revision: 1 });
    await refused(api, li, 'contact.already-tied', '/contacts/tied', { ...on, journeyId });
    await twice(api, li, '/contacts/untied', { ...on, reason: '同姓的另一位客户' });
    await refused(api, li, 'contact.not-tied', '/contacts/untied', { ...on, reason: '同上' });
    const subjects = { contact: contactId, site: 'pudong', journey: journeyId, customer: customerId };
    expect((await eventsOf(api, 'contact', contactId)).slice(1)).toMatchObject([
      { type: 'contact-tied', data: { journeyId, customerId, note: { sealed: expect.any(String) } }, meta: { subjects } },
      { type: 'contact-untied', data: { journeyId, customerId, reason: { sealed: expect.any(String) } }, meta: { subjects } },
    ]);
  });

  it('refuse what cannot be, and leave no event', async () => {
    const [li, sun, fin] = [await api.as('li'), await api.as('sun'), await api.as('fin')];
    const contactId = await unknown(li);
    const { journeyId } = await visited(api, li, '138 0000 2702');
    const on = { contactId, occurredAt: api.now, journeyId };
    const home = await sun.record('/visits/received', {
      occurredAt: api.now,
      siteId: 'yunqili',
      person: { phone: '138 0000 2703' },
      batchSize: 1,
      first: true,
      contactTaken: true,
    });
    await refused(api, li, 'contact.unknown', '/contacts/tied', { ...on, contactId: NOBODY });
    await refused(api, li, 'journey.unknown', '/contacts/tied', { ...on, journeyId: NOBODY });
    await refused(api, li, 'scope.other-site', '/contacts/tied', { ...on, journeyId: home.journeyId });
    // A journey of one's own does not open the contact of another site.
    await refused(api, sun, 'scope.other-site', '/contacts/tied', { ...on, journeyId: home.journeyId });
    await refused(api, sun, 'scope.other-site', '/contacts/untied', { contactId, occurredAt: api.now, reason: 'x' });
    await refused(api, fin, 'role.not-allowed', '/contacts/tied', on);
    await refused(api, li, 'request.invalid', '/contacts/tied', { ...on, journeyId: undefined });
  });
});

import { describe, expect, it } from '@jest/globals';
import { NOBODY, eventsOf, refused, told, twice, visited } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('declared touchpoints over HTTP', () => {
  const api = useApi();

  it("records what the journey's playbook declares, with the stage it reaches", async () => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, '138 0000 2401');
    const fields = { use: 'family', budgetFrom: 200_000, budgetTo: 250_000, decider: 'self', influencers: ['spouse'], buysWithinDays: 14 };
    const answer = await twice(api, li, '/touchpoints', {
      journeyId,
      occurredAt: api.now,
      kind: 'needs-recorded',
      channel: 'showroom',
      fields,
      note: '丈夫也会看车',
    });
    expect((await eventsOf(api, 'journey', journeyId)).at(-1)).toMatchObject({
      id: answer.eventId,
      type: 'touchpoint-recorded',
      data: { kind: 'needs-recorded', channel: 'showroom', direction: 'in', fields, note: { sealed: expect.any(String) } },
      meta: { stage: { id: 'needs-analysis' }, playbook: { id: 'auto-ssp9', version: 1 } },
    });
  });

  it('needs no fields where the kind has none', async () => {
    const sun = await api.as('sun');
    const { journeyId } = await sun.record('/visits/received', {
      occurredAt: api.now,
      siteId: 'yunqili',
      person: { phone: '138 0000 2402' },
      batchSize: 1,
      first: true,
      contactTaken: true,
    });
    const on = { journeyId, occurredAt: api.now, kind: 'information-pack-handed-over', direction: 'out' };
    await sun.record('/touchpoints', on);
    await sun.record('/touchpoints', { ...on, fields: {} });
    expect((await eventsOf(api, 'journey', journeyId!)).slice(-2).map(({ data }) => data['fields'])).toEqual([{}, {}]);
  });

  it('shows corrected fields in place of the first', async () => {
    const li = await api.as('li');
    const { journeyId } = await visited(api, li, '138 0000 2403');
    const on = { journeyId, occurredAt: api.now, kind: 'product-presented' };
    const wrong = await li.record('/touchpoints', { ...on, fields: { product: '凯旋 1.5T' } });
    const right = await li.record('/touchpoints', { ...on, fields: { product: '远行 2.0T' }, corrects: wrong.eventId });
    expect(await told(api, wrong.eventId!, right)).toMatchObject({
      details: { fields: { product: '远行 2.0T' } },
      corrections: [{ replaced: [{ field: 'fields', before: { product: '凯旋 1.5T' } }] }],
    });
    const other = { ...on, kind: 'needs-recorded', fields: {}, corrects: wrong.eventId };
    await refused(api, li, 'correction.other-kind', '/touchpoints', other);
  });

  it('refuses kinds that are not declared and fields that do not fit, each by its path', async () => {
    const [li, sun, admin] = [await api.as('li'), await api.as('sun'), await api.as('admin')];
    const { journeyId } = await visited(api, li, '138 0000 2404');
    const on = { journeyId, occurredAt: api.now, kind: 'needs-recorded' };
    await refused(api, li, 'touchpoint.undeclared', '/touchpoints', { ...on, kind: 'information-pack-handed-over' });
    await refused(api, li, 'touchpoint.undeclared', '/touchpoints', { ...on, kind: 'constructor' });
    const problem = await refused(api, li, 'touchpoint.fields-invalid', '/touchpoints', {
      ...on,
      fields: { use: 'racing', influencers: ['spouse', 'spouse'], name: '王芳' },
    });
    expect(problem.errors?.map(({ field }) => field).sort()).toEqual(['fields.influencers', 'fields.name', 'fields.use']);
    await refused(api, li, 'request.invalid', '/touchpoints', { ...on, fields: ['family'] });
    await refused(api, li, 'request.invalid', '/touchpoints', { ...on, kind: 'constructor.name' });
    await refused(api, li, 'user.unknown', '/touchpoints', { ...on, responsibleId: NOBODY });
    await refused(api, sun, 'scope.other-site', '/touchpoints', on);
    await refused(api, admin, 'role.not-allowed', '/touchpoints', on);
  });
});

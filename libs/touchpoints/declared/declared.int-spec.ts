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
    const wrong = await li.record('/touchpoints', { ...on, fields: { product: '凯旋 1.5T', minutes: 20 } });
    const right = await li.record('/touchpoints', { ...on, fields: { product: '远行 2.0T', minutes: 30 }, corrects: wrong.eventId });
    expect(await told(api, wrong.eventId!, right)).toMatchObject({
      details: { fields: { minutes: 30 } },
      sealed: ['textFields'],
      corrections: [
        {
          replaced: [
            { field: 'fields', before: { minutes: 20 } },
            { field: 'textFields', before: null, sealed: true },
          ],
        },
      ],
    });
    const other = { ...on, kind: 'needs-recorded', fields: {}, corrects: wrong.eventId };
    await refused(api, li, 'correction.other-kind', '/touchpoints', other);
  });

  it('seals what may hold any text, for those who meet customers there to read', async () => {
    const [li, sun, audit] = [await api.as('li'), await api.as('sun'), await api.as('audit')];
    const { journeyId } = await visited(api, li, '138 0000 2405');
    const fields = { use: 'family', presentCar: '王芳父亲的高尔夫' };
    const answer = await li.record('/touchpoints', { journeyId, occurredAt: api.now, kind: 'needs-recorded', fields });
    const [stored] = (await eventsOf(api, 'journey', journeyId)).slice(-1);
    expect(stored?.data).toMatchObject({ fields: { use: 'family' }, textFields: { sealed: expect.any(String) } });
    const texts = `/touchpoints/${answer.eventId}/texts`;
    expect(await li.ask(texts, answer)).toEqual({ eventId: answer.eventId, texts: { textFields: { presentCar: '王芳父亲的高尔夫' } } });
    expect(await sun.get(texts)).toMatchObject({ status: 404 });
    expect(await audit.get(texts)).toMatchObject({ status: 403 });
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

  // Last: the site works by another playbook from here on.
  it('stores the word of the group in place of any spelling of it, and refuses a text that is none', async () => {
    const [admin, li] = [await api.as('admin'), await api.as('li')];
    const yaml = `
id: test-rides
version: 1
name: { zh: 试骑, en: Test rides }
reactivationDays: 180
stages: [{ id: reception, name: { zh: 接待, en: Reception } }]
touchpoints: { visit-received: reception }
declares:
  ridden:
    name: { zh: 已试骑, en: Ridden }
    stage: null
    fields:
      type: object
      additionalProperties: false
      properties: { models: { type: array, items: { type: string, words: product } } }
`;
    await admin.record('/admin/playbooks', { yaml });
    await admin.record('/admin/sites/pudong/changes', { playbook: { id: 'test-rides', version: 1 } });
    const { journeyId } = await visited(api, li, '138 0000 2406');
    const on = { journeyId, occurredAt: api.now, kind: 'ridden' };
    await li.record('/touchpoints', { ...on, fields: { models: ['RED', '凯旋　1.5t'] } });
    const [stored] = (await eventsOf(api, 'journey', journeyId)).slice(-1);
    expect(stored?.data).toMatchObject({ fields: { models: ['red', '凯旋 1.5T'] } });
    const problem = await refused(api, li, 'word.unknown', '/touchpoints', { ...on, fields: { models: ['red', '王芳'] } });
    expect(problem.errors).toMatchObject([{ field: 'fields.models.1' }]);
    expect(JSON.stringify(problem)).not.toContain('王芳');
  });
});

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { eventsOf, refused, twice, visited, yuan } from '@touchline/server/testing/look.js';
import { useApi } from '@touchline/server/testing/use-api.js';

describe('words of the group over HTTP', () => {
  const api = useApi();
  const visit = { siteId: 'pudong', batchSize: 1, first: true, contactTaken: true };

  it('are added with labels and spellings, changed and withdrawn, and shown to everybody of the group', async () => {
    const [admin, li, other] = [await api.as('admin'), await api.as('li'), await api.as('wang', 'huadong')];
    await twice(api, admin, '/admin/words', { list: 'campaign', word: '国庆车展', en: 'National Day show', aliases: ['十一车展'] });
    await twice(api, admin, '/admin/words/changes', { list: 'campaign', word: '国庆车展', en: 'October show' });
    const words = async (client = li) => (await client.ask<{ words: { word: string }[] }>('/words?list=campaign')).words;
    expect(await words()).toContainEqual({ word: '国庆车展', zh: null, en: 'October show', aliases: [], withdrawn: false });
    await twice(api, admin, '/admin/words/withdrawals', { list: 'campaign', word: '国庆车展' });
    expect(await words()).toContainEqual({ word: '国庆车展', zh: null, en: 'October show', aliases: [], withdrawn: true });
    expect(await words(other)).toEqual([]);
    await refused(api, li, 'role.not-allowed', '/admin/words', { list: 'media', word: 'tram' });
  });

  it('stand in events in place of every spelling of theirs: of a call, a visit, a quote, a complaint, one that left no details', async () => {
    const [admin, li] = [await api.as('admin'), await api.as('li')];
    await admin.record('/admin/words', { list: 'media', word: 'wechat-moments', zh: '朋友圈', aliases: ['WeChat Moments'] });
    const at = {
      ...visit,
      occurredAt: api.now,
      media: ' ｗechat\u200B  MOMENTS ',
      materialShown: ['BROCHURE'],
      risksShown: ['Substation, 80 m north'],
    };
    const { journeyId = '' } = await li.record('/visits/received', { ...at, person: { phone: '138 0000 3801' }, product: '凯旋 1.5t' });
    const { contactId = '' } = await li.record('/visits/received', { ...at, contactTaken: false, media: '朋友圈' });
    await li.record('/quotes/issued', { journeyId, occurredAt: api.now, price: yuan(1), product: '凯旋　1.5T' });
    const { complaintId = '' } = await li.record('/complaints/received', {
      ...{ journeyId, occurredAt: api.now, category: 'delivery', account: '迟交', building: '３' },
    });
    const stored = [...(await eventsOf(api, 'journey', journeyId)), ...(await eventsOf(api, 'contact', contactId))];
    const said = (type: string) => stored.find((event) => event.type === type)?.data;
    expect(said('journey-opened')).toMatchObject({ media: 'wechat-moments', product: '凯旋 1.5T' });
    const shown = { media: 'wechat-moments', materialShown: ['brochure'], risksShown: ['substation, 80 m north'] };
    expect(said('visit-received')).toMatchObject(shown);
    expect(said('contact-recorded')).toMatchObject(shown);
    expect(said('quote-issued')).toMatchObject({ product: '凯旋 1.5T' });
    expect((await eventsOf(api, 'complaint', complaintId))[0]?.data).toMatchObject({ building: '3' });
  });

  it('are all there is: another text is refused with its field and what is written like it, and nobody is registered for it', async () => {
    const li = await api.as('li');
    const at = { ...visit, occurredAt: api.now, person: { phone: '138 0000 3802' } };
    const problem = await refused(api, li, 'word.unknown', '/visits/received', {
      ...at,
      media: 'wechat ad',
      materialShown: ['王芳 13800003802'],
    });
    expect(problem.errors).toEqual([
      expect.objectContaining({ field: 'media', detail: expect.stringContaining('near: wechat-ad') }),
      expect.objectContaining({ field: 'materialShown.0', detail: 'this is no word of the list “material” of your group' }),
    ]);
    expect(JSON.stringify(problem)).not.toContain('王芳');
    const { journeyId } = await visited(api, li, '138 0000 3803');
    await refused(api, li, 'word.unknown', '/quotes/issued', { journeyId, occurredAt: api.now, price: yuan(1), product: '凯旋 9T' });
  });

  it('count at once where another process added them, and no more once they are withdrawn', async () => {
    const [admin, li] = [await api.as('admin'), await api.as('li')];
    const media = `m-${randomUUID().slice(0, 8)}`;
    const at = { ...visit, occurredAt: api.now, media };
    await refused(api, li, 'word.unknown', '/visits/received', { ...at, contactTaken: false });
    await admin.record('/admin/words', { list: 'media', word: media });
    // As a process finds it that has read the list before and was not told.
    await li.record('/visits/received', { ...at, contactTaken: false });
    await admin.record('/admin/words/withdrawals', { list: 'media', word: media });
    await refused(api, li, 'word.unknown', '/visits/received', { ...at, contactTaken: false });
  });
});

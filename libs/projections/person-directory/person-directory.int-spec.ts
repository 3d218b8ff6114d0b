import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { useApi } from '@touchline/server/testing/use-api.js';
import { createApi } from '@touchline/server/create-api.js';
import { eventsOf } from '@touchline/server/testing/look.js';
import { Teller } from '../testing/tell.js';
import type { PersonFound } from './person-directory.query.js';

describe('the person directory over HTTP', () => {
  const api = useApi();
  const ids = new Map<string, string>();
  let last: RecordedAnswer;

  beforeAll(async () => {
    const at = '2026-05-01T02:00:00.000Z';
    const come = async (name: string, phone: string, siteId = 'pudong', by = 'li'): Promise<void> => {
      last = await new Teller(api, by).came(at, { siteId, phone, name });
      ids.set(name, last.customerId ?? '');
    };
    await come('王芳', '13800000001');
    await come('王小芳', '13800000002');
    await come('欧阳芳', '+86 138 0000 0003');
    await come('Ada Lovelace', '021 5888 1234');
    await come('孙芳', '13800000005', 'yunqili', 'sun');
    // The same person at both sites.
    await come('赵敏', '13800000006');
    last = await new Teller(api, 'gao').came(at, { siteId: 'yunqili', phone: '13800000006' });
    await new Teller(api, 'wang', 'huadong').came(at, { siteId: 'beijing', phone: '13800000001', name: '王芳' });
  });

  const search = async (q: string, as = 'li'): Promise<PersonFound[]> =>
    (await (await api.as(as)).ask<{ items: PersonFound[] }>(`/customers/search?q=${encodeURIComponent(q)}`, last)).items;
  const names = async (q: string, as?: string): Promise<(string | null)[]> => (await search(q, as)).map(({ name }) => name).sort();

  it.each([
    ['芳', ['王小芳', '王芳', '欧阳芳']],
    ['王', ['王小芳', '王芳']],
    ['王芳', ['王芳']],
    ['小芳', ['王小芳']],
    ['芳小', []],
    ['王小芳', ['王小芳']],
    ['LOVE', ['Ada Lovelace']],
    ['ａｄａ l', ['Ada Lovelace']],
    ['13800000001', ['王芳']],
    ['138 0000 0001', ['王芳']],
    ['+86-138-0000-0001', ['王芳']],
    ['\u202a138\u200b00000001\u202c', ['王芳']],
    ['\u200f王\u2066芳', ['王芳']],
    ['０１３８', []],
    ['(021) 58881234', ['Ada Lovelace']],
    ['1380000000', []],
    ["' or 1=1 --", []],
    ['%', []],
  ])('finds by %s: %j', async (q, found) => expect(await names(q)).toEqual([...found].sort()));

  it('puts first whose name is just what was typed', async () => {
    expect((await search('王芳'))[0]?.name).toBe('王芳');
  });

  it('shows names to those who meet customers at one of their sites, numbers to nobody', async () => {
    const found = {
      customerId: ids.get('王芳'),
      kind: 'person',
      identifiers: [{ kind: 'phone', masked: '+86138****0001' }],
      sites: ['pudong'],
      erased: false,
    };
    expect(await search('13800000001', 'li')).toEqual([{ ...found, name: '王芳', formOfAddress: null, inClear: true }]);
    expect(await search('13800000001', 'zhou')).toMatchObject([{ name: '王芳' }]);
    expect(await search('13800000001', 'audit')).toEqual([{ ...found, name: '王*', formOfAddress: null, inClear: false }]);
    expect(await search('ada lovelace', 'admin')).toMatchObject([{ name: 'A***', inClear: false }]);
    for (const as of ['li', 'audit']) expect(JSON.stringify(await search('王芳', as))).not.toMatch(/1380000000|digest/);
  });

  it('finds those of the reader’s sites and group, and says of which', async () => {
    expect(await names('芳', 'sun')).toEqual(['孙芳']);
    for (const [whole, masked] of [
      ['孙芳', '孙*'],
      ['欧阳芳', '欧*'],
    ] as const)
      expect(await names(whole, 'audit')).toEqual([masked]);
    expect(await search('13800000006', 'sun')).toMatchObject([{ name: '赵敏', sites: ['yunqili'] }]);
    expect(await search('13800000006', 'audit')).toMatchObject([{ sites: ['pudong', 'yunqili'] }]);
    const other = await (await api.as('wang', 'huadong')).get<{ items: PersonFound[] }>('/customers/search?q=13800000001');
    expect(other.body.items.map(({ customerId }) => customerId)).not.toContain(ids.get('王芳'));
  });

  describe('under a mask', () => {
    const looksAt = (name: string) => eventsOf(api, 'reveals', ids.get(name) ?? '');

    it.each(['audit', 'admin'])('finds by the whole alone, each time recorded as a reveal before it is told: %s', async (as) => {
      const { userId } = await api.as(as);
      const before = (await looksAt('孙芳')).length;
      for (const whole of [' 孙 芳', '138 0000 0005', '+86-138-0000-0005'])
        expect(await search(whole, as)).toMatchObject([{ name: '孙*', inClear: false }]);
      const looks = (await looksAt('孙芳')).slice(before);
      expect(looks.map(({ data }) => data)).toMatchObject([
        { fields: ['search', 'name'], by: userId, reason: { sealed: expect.any(String) } },
        { fields: ['search', 'phones'], by: userId },
        { fields: ['search', 'phones'], by: userId },
      ]);
      for (const { data, meta } of await api.platform.sealing.open(looks)) {
        expect([meta.actor.id, meta.recordedAt]).toEqual([userId, api.now]);
        expect(JSON.stringify([data, meta])).not.toMatch(/孙|0005/);
      }
    });

    it('finds nobody by a part, however it is asked, and records nothing of that', async () => {
      const before = await api.countEvents();
      // As a name is spelt out: what may follow the first character, at its front, its middle or its end; hidden digits.
      const parts = [
        '王',
        '芳',
        '小芳',
        '王小',
        '欧阳',
        '阳芳',
        'a',
        'ada',
        'lovelac',
        'Ada L',
        '1380000',
        '1380000000',
        '0001',
        '00000001',
      ];
      for (const part of parts) for (const as of ['audit', 'admin']) expect([part, await search(part, as)]).toEqual([part, []]);
      expect(await api.countEvents()).toBe(before);
    });

    it('has no part in what those find who see names', async () => {
      const before = await api.countEvents();
      for (const [q, as] of [
        ['芳', 'li'],
        ['王芳', 'li'],
        ['13800000001', 'zhou'],
        ['孙芳', 'sun'],
        ['王芳', 'he'],
      ] as const)
        expect(await search(q, as)).not.toEqual([]);
      for (const q of ['孙芳', '13800000005']) expect(await search(q, 'li')).toEqual([]);
      expect(await api.countEvents()).toBe(before);
    });

    it('is asked so many times a day, found or not, over all processes, and no one else’s searches count', async () => {
      api.now = '2026-06-02T18:00:00.000Z';
      const second = await createApi(api.platform, { page: false });
      try {
        const audit = await api.as('audit');
        const headers = { authorization: `Bearer ${audit.token}` };
        const other = await second.listen();
        const before = (await looksAt('王芳')).length;
        const found = '/customers/search?q=%E7%8E%8B%E8%8A%B3';
        for (const _ of [1, 2])
          expect([(await audit.get(found)).status, (await fetch(other + found, { headers })).status]).toEqual([200, 200]);
        expect(await looksAt('王芳')).toHaveLength(before + 4);
        const missed = Array.from({ length: 58 }, (_, each) => `/customers/search?q=nobody${each}`);
        const answers = await Promise.all(
          missed.flatMap((path) => [audit.get<ProblemDocument>(path), fetch(other + path, { headers })] as const),
        );
        const refused = answers.filter(({ status }) => status === 429);
        expect([refused.length, answers.filter(({ status }) => status === 200).length]).toEqual([20, 96]);
        for (const { headers: told } of refused) expect(told.get('retry-after')).toBe(String(6 * 3_600));
        const one = await audit.get<ProblemDocument>(found);
        expect([one.status, one.body.code]).toEqual([429, 'rate.limited']);
        // Refused, it tells nothing and so reveals nothing.
        expect(await looksAt('王芳')).toHaveLength(before + 4);
        expect(await search('王芳', 'admin')).toHaveLength(1);
        expect(await search('芳')).toHaveLength(3);
        api.now = '2026-06-03T00:00:00.000Z';
        expect((await (await api.as('audit')).get(found)).status).toBe(200);
      } finally {
        await second.drain();
      }
    });
  });

  it('gives page after page', async () => {
    const found: PersonFound[] = [];
    let cursor = '';
    do {
      const page = await (
        await api.as('li')
      ).ask<{ items: PersonFound[]; next: string | null }>(`/customers/search?q=%E8%8A%B3&limit=1${cursor}`, last);
      found.push(...page.items);
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(found).toEqual(await search('芳'));
  });

  it('goes on from any number a cursor may hold', async () => {
    const cursor = (closest: number): string => Buffer.from(JSON.stringify(['closest desc', closest, 'x'])).toString('base64url');
    const path = (closest: number): string => `/customers/search?q=%E8%8A%B3&cursor=${cursor(closest)}`;
    const li = await api.as('li');
    for (const closest of [2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER]) expect((await li.get(path(closest))).status).toBe(200);
  });

  it('says who a customer is, to those who may see them', async () => {
    const path = `/customers/${ids.get('王芳')}`;
    expect(await (await api.as('chen')).ask(path, last)).toMatchObject({ name: '王芳', inClear: true });
    const hidden = await (await api.as('sun')).get<ProblemDocument>(path);
    const unknown = await (await api.as('sun')).get<ProblemDocument>('/customers/nobody');
    expect([hidden.status, hidden.body.code, hidden.body.detail]).toEqual([404, 'customer.unknown', unknown.body.detail]);
  });

  it.each(['q=', 'q=%20', 'q=..', '', 'q=%00'])('refuses /customers/search?%s', async (query) => {
    expect(await (await api.as('li')).get(`/customers/search?${query}`)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { useApi } from '@touchline/server/testing/use-api.js';
import { createApi } from '@touchline/server/create-api.js';
import { eventsOf } from '@touchline/server/testing/look.js';
import { lastFourDigest } from '@touchline/identity';
import { eventually } from '@touchline/testing/eventually.js';
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
      customerType: 'person',
      revision: expect.any(Number),
      identifiers: [{ identifierType: 'phone', masked: '+86138****0001' }],
      siteIds: ['pudong'],
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
    expect(await search('13800000006', 'sun')).toMatchObject([{ name: '赵敏', siteIds: ['yunqili'] }]);
    expect(await search('13800000006', 'audit')).toMatchObject([{ siteIds: ['pudong', 'yunqili'] }]);
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

  describe('by the last four digits of a number', () => {
    const at = '2026-05-02T02:00:00.000Z';
    const found = async (q: string, as: string): Promise<(string | undefined)[]> =>
      (await search(q, as)).map(({ customerId }) => customerId).sort();
    const of = (...known: string[]): (string | undefined)[] => known.map((name) => ids.get(name)).sort();

    // Roles that see numbers, at one site, at the other, at both; and those who see them masked.
    it.each([
      ['0001', ['王芳'], [], ['王芳'], []],
      ['０００５', [], ['孙芳'], ['孙芳'], []],
      // Known at both sites by now, registered at one of them.
      ['0006', ['赵敏'], ['赵敏'], ['赵敏'], []],
      ['1234', ['Ada Lovelace'], [], ['Ada Lovelace'], []],
      ['00 01', ['王芳'], [], ['王芳'], []],
      ['9999', [], [], [], []],
      ['001', [], [], [], []],
      ['00001', [], [], [], []],
    ])('finds those of one’s own sites: %s', async (q, pudong, yunqili, both, masked) => {
      for (const as of ['li', 'zhou', 'he']) expect([as, await found(q, as)]).toEqual([as, of(...pudong)]);
      for (const as of ['sun', 'qian']) expect([as, await found(q, as)]).toEqual([as, of(...yunqili)]);
      expect(await found(q, 'gao')).toEqual(of(...both));
      for (const as of ['audit', 'admin']) expect([as, await found(q, as)]).toEqual([as, of(...masked)]);
    });

    it('finds nobody of another group, nor of a site that one’s own has only asked about them', async () => {
      const wang = await api.as('wang', 'huadong');
      const { items } = await wang.ask<{ items: PersonFound[] }>('/customers/search?q=0001');
      expect(items.map(({ customerId, siteIds }) => [customerId !== ids.get('王芳'), siteIds])).toEqual([[true, ['beijing']]]);
      // The same number, recorded apart: each site finds its own.
      last = await new Teller(api, 'sun').came(at, { siteId: 'yunqili', phone: '13800000002' });
      expect([await found('0002', 'sun'), await found('0002', 'li')]).toEqual([[last.customerId], of('王小芳')]);
    });

    it('finds by the numbers that somebody has, and nobody who was erased', async () => {
      const [li, admin] = [await api.as('li'), await api.as('admin')];
      const { customerId } = await new Teller(api).came(at, { siteId: 'pudong', phone: '13800007001' });
      const numbers = async (path: string, body: object): Promise<void> => {
        last = await li.record(`/customers/${customerId}/identifiers${path}`, body);
      };
      await numbers('', { identifiers: [{ identifierType: 'phone', value: '13800007002' }] });
      expect([await found('7001', 'li'), await found('7002', 'li')]).toEqual([[customerId], [customerId]]);
      await numbers('/removals', { identifierType: 'phone', value: '13800007001', reason: 'changed' });
      expect([await found('7001', 'li'), await found('7002', 'li')]).toEqual([[], [customerId]]);
      last = await admin.record(`/customers/${customerId}/erasure`, { askedBy: 'person', reason: 'asked' });
      expect(await found('7002', 'li')).toEqual([]);
      const { rows } = await api.platform.pool.query('select * from read_model.person_directory where customer_id = $1', [customerId]);
      expect(rows).toMatchObject([{ erased: true, last_fours: [], identifiers: [] }]);
    });

    it('keeps a keyed digest that differs from site to site, and a rebuild makes the same', async () => {
      const { pool, settings } = api.platform;
      const meet = (by: string, siteId: string, phone: string) => new Teller(api, by).came(at, { siteId, phone });
      const [one, two] = [await meet('li', 'pudong', '13800018888'), await meet('li', 'pudong', '13900018888')];
      last = await meet('sun', 'yunqili', '13800028888');
      expect(await found('8888', 'gao')).toHaveLength(3);
      const kept = async (): Promise<string[][]> => {
        const asked = [one, two, last].map(({ customerId }) => customerId);
        const sql =
          'select last_fours from unnest($1::text[]) with ordinality as a(id, n) join read_model.person_directory on customer_id = id order by n';
        return (await pool.query<{ last_fours: string[] }>(sql, [asked])).rows.map(({ last_fours }) => last_fours);
      };
      const keyedAt = (site: string): string[] => [lastFourDigest(settings.secrets.identityHmacSecret, 'dongfang', site, '8888')];
      const digests = [keyedAt('pudong'), keyedAt('pudong'), keyedAt('yunqili')];
      expect(digests[0]).not.toEqual(digests[2]);
      expect(await kept()).toEqual(digests);
      const before = await api.platform.builds.live('person-directory');
      const operator = await api.as('ops', 'platform');
      expect((await operator.post('/admin/projections/person-directory/rebuild')).status).toBe(200);
      await eventually(async () => (await api.platform.builds.live('person-directory'))?.build !== before?.build);
      expect(await kept()).toEqual(digests);
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

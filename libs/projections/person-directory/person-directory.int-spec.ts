import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { useApi } from '@touchline/server/testing/use-api.js';
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
    expect(await search('Ada', 'admin')).toMatchObject([{ name: 'A***', inClear: false }]);
    for (const as of ['li', 'audit']) expect(JSON.stringify(await search('芳', as))).not.toMatch(/1380000000|digest/);
  });

  it('finds those of the reader’s sites and group, and says of which', async () => {
    expect(await names('芳', 'sun')).toEqual(['孙芳']);
    expect(await names('芳', 'audit')).toEqual(['孙*', '欧*', '王*', '王*']);
    expect(await search('13800000006', 'sun')).toMatchObject([{ name: '赵敏', sites: ['yunqili'] }]);
    expect(await search('13800000006', 'audit')).toMatchObject([{ sites: ['pudong', 'yunqili'] }]);
    const other = await (await api.as('wang', 'huadong')).get<{ items: PersonFound[] }>('/customers/search?q=13800000001');
    expect(other.body.items.map(({ customerId }) => customerId)).not.toContain(ids.get('王芳'));
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

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { useApi } from '@touchline/server/testing/use-api.js';
import { CATEGORIES, LIFECYCLES } from '@touchline/touchpoints/journey/journey-status.fold.js';
import { Teller, yuan } from '../testing/tell.js';
import type { CustomerCountsShown, CustomerPageShown, CustomerStatusShown, ListedCustomerShown } from './customer-status.dto.js';

const PUDONG = { siteId: 'pudong', productLine: 'kaixuan' };
const may = (day: number): string => `2026-05-${String(day).padStart(2, '0')}T02:00:00.000Z`;

describe('customer status over HTTP', () => {
  const api = useApi();
  const li = new Teller(api);
  const people = new Map<string, RecordedAnswer>();
  const idOf = (name: string): string => people.get(name)?.customerId ?? '';
  let last: RecordedAnswer;

  beforeAll(async () => {
    const come = async (name: string, day: number, phone: string, wanted = {}, by = li): Promise<string> => {
      const came = await by.came(may(day), { ...PUDONG, phone, name, ...wanted });
      people.set(name, came);
      return came.journeyId ?? '';
    };
    await come('prospect', 1, '13800000001');
    await li.quoted(may(3), await come('quoted', 2, '13800000002'));
    await li.lost(may(4), await come('lost', 3, '13800000003'));
    await li.signed(may(6), await come('signed', 4, '13800000004'), yuan(268_000));
    const handed = await come('handed over', 5, '13800000005');
    await li.signed(may(6), handed);
    await li.handedOver(may(20), handed);
    // Lost at the showroom, bought at the housing project: who sees both sees an owner.
    await li.lost(may(7), await come('two sites', 6, '13800000006'));
    const sun = new Teller(api, 'sun');
    const home = await new Teller(api, 'gao').came(may(8), { siteId: 'yunqili', phone: '13800000006' });
    await sun.signed(may(9), home.journeyId ?? '');
    await li.complained(may(21), people.get('prospect')?.journeyId ?? '');
    const passer = await li.unidentified(may(22), 'pudong', 'call');
    last = await li.tied(passer.contactId ?? '', people.get('quoted')?.journeyId ?? '');
  });

  const status = async (as: string, name: string): Promise<CustomerStatusShown> =>
    (await api.as(as)).ask(`/customers/${idOf(name)}/status`, last);

  it.each([
    ['prospect', 'potential', 'prospect'],
    ['quoted', 'intending', 'prospect'],
    ['lost', 'potential', 'lost'],
    ['signed', 'committed', 'owner'],
    ['handed over', 'formal', 'owner'],
  ])('a customer who is %s: lifecycle %s, category %s', async (name, lifecycle, category) => {
    expect(await status('li', name)).toMatchObject({
      customerId: idOf(name),
      lifecycle,
      category,
      customerType: 'person',
      siteIds: ['pudong'],
    });
  });

  it('lists the journeys and complaints behind it, and counts what was tied later', async () => {
    const signed = await status('li', 'signed');
    expect(signed.bought).toEqual([{ currency: 'CNY', amount: 26_800_000, contracts: 1 }]);
    expect(signed.journeyList).toMatchObject([
      { journeyId: people.get('signed')?.journeyId, stage: { id: 'quote-and-order' }, open: true, contract: { signedAt: may(6) } },
    ]);
    const complaining = await status('li', 'prospect');
    expect(complaining.complaints).toEqual({ total: 1, open: 1 });
    expect(complaining.complaintList).toMatchObject([{ status: 'received', category: 'delivery', openedAt: may(21) }]);
    expect(await status('li', 'quoted')).toMatchObject({ touchpoints: 3, lastTouchAt: may(22) });
  });

  it('is that of the journeys the reader may see', async () => {
    expect(await status('li', 'two sites')).toMatchObject({ category: 'lost', journeys: { total: 1 }, siteIds: ['pudong'] });
    expect(await status('sun', 'two sites')).toMatchObject({ category: 'owner', lifecycle: 'committed', siteIds: ['yunqili'] });
    expect(await status('audit', 'two sites')).toMatchObject({ category: 'owner', journeys: { total: 2, lost: 1, bought: 1 } });
  });

  it('does not tell an unknown customer from one of other sites or another group', async () => {
    const answers = await Promise.all([
      (await api.as('sun')).get<ProblemDocument>(`/customers/${idOf('signed')}/status`),
      (await api.as('wang', 'huadong')).get<ProblemDocument>(`/customers/${idOf('signed')}/status`),
      (await api.as('li')).get<ProblemDocument>('/customers/4f0c2f7e-0000-4000-8000-000000000000/status'),
      (await api.as('li')).get<ProblemDocument>('/customers/nobody/status'),
    ]);
    const told = answers.map(({ status, body: { instance: _, ...document } }) => [status, document]);
    expect(told[0]).toMatchObject([404, { code: 'customer.unknown' }]);
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  async function everyone(as: string, filter = '', limit = 2): Promise<ListedCustomerShown[]> {
    const client = await api.as(as);
    const items: ListedCustomerShown[] = [];
    let cursor = '';
    do {
      const page = await client.ask<CustomerPageShown>(`/customers?limit=${limit}${filter}${cursor}`, last);
      items.push(...page.items);
      cursor = page.next === null ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    return items;
  }
  const idsOf = (items: ListedCustomerShown[]): string[] => items.map(({ customerId }) => customerId);

  it('lists everybody once, page after page, the last touched first, each as their status says', async () => {
    for (const as of ['li', 'sun', 'audit']) {
      const items = await everyone(as);
      expect(new Set(idsOf(items)).size).toBe(items.length);
      const touched = items.map(({ lastTouchAt }) => lastTouchAt ?? '');
      expect(touched).toEqual([...touched].sort().reverse());
      for (const item of items) {
        const {
          journeyList: _,
          complaintList: __,
          contactList: ___,
          ...whole
        } = await (await api.as(as)).ask<CustomerStatusShown>(`/customers/${item.customerId}/status`);
        expect(item).toEqual(whole);
      }
    }
    expect(idsOf(await everyone('audit', '&sort=known-since&order=asc'))).toEqual(
      ['prospect', 'quoted', 'lost', 'signed', 'handed over', 'two sites'].map(idOf),
    );
    expect(idsOf(await everyone('sun'))).toEqual([idOf('two sites')]);
  });

  it.each(['li', 'sun', 'audit'])('counts for %s what the list gives, by lifecycle and by category', async (as) => {
    const client = await api.as(as);
    for (const filter of ['', '&siteId=pudong', '&siteId=yunqili', `&ownerId=${(await api.as('li')).userId}`, '&unitId=hangzhou']) {
      const counts = await client.ask<CustomerCountsShown>(`/customers/counts?${filter.slice(1)}`, last);
      expect(counts.total).toBe((await everyone(as, filter)).length);
      for (const lifecycle of LIFECYCLES)
        expect(counts.byLifecycle[lifecycle]).toBe((await everyone(as, `${filter}&lifecycle=${lifecycle}`)).length);
      for (const category of CATEGORIES) {
        const rows = await everyone(as, `${filter}&category=${category}`);
        expect(rows.map((row) => row.category)).toEqual(rows.map(() => category));
        expect(counts.byCategory[category]).toBe(rows.length);
      }
    }
  });

  it('pages on where it was, whoever comes in meanwhile', async () => {
    const client = await api.as('audit');
    const before = idsOf(await everyone('audit'));
    const first = await client.ask<CustomerPageShown>('/customers?limit=2', last);
    last = await new Teller(api, 'chen').came(may(25), { ...PUDONG, phone: '13800000099', name: 'newcomer' });
    const second = await client.ask<CustomerPageShown>(`/customers?limit=2&cursor=${first.next}`, last);
    expect(idsOf([...first.items, ...second.items])).toEqual(before.slice(0, 4));
  });

  it.each([
    ['limit=0', 'request.invalid'],
    ['limit=201', 'request.invalid'],
    ['limit=ten', 'request.invalid'],
    ['limit=2&limit=3', 'request.invalid'],
    ['category=friend', 'request.invalid'],
    ['colour=red', 'request.invalid'],
    ['site=pu%00dong', 'request.invalid'],
    ['cursor=nonsense', 'cursor.malformed'],
    [`cursor=${Buffer.from('["known-since desc",1,"x"]').toString('base64url')}`, 'cursor.malformed'],
    ['after=nonsense', 'position.malformed'],
    ['after=000000000000000', 'position.malformed'],
    ['after=ffffffffffffffff', 'position.malformed'],
  ])('refuses /customers?%s as %s', async (query, code) => {
    expect(await (await api.as('li')).get(`/customers?${query}`)).toMatchObject({ status: 400, body: { code } });
  });

  it('is not for those who only record', async () => {
    expect(await (await api.as('fin')).get('/customers')).toMatchObject({ status: 403, body: { code: 'role.not-allowed' } });
  });
});

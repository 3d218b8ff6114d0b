import { beforeAll, describe, expect, it } from '@jest/globals';
import { storedFields } from '@touchline/testing/stored-shapes.js';
import { eventsOf } from '@touchline/server/testing/look.js';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { labelsIn } from './copy-labels.js';

interface Copy {
  customerId: string;
  erasure: { receipt: string } | null;
  person: { name: unknown; identifiers: unknown[] };
  records: { record: string; id: string; entries: { type: string; data: Record<string, unknown> }[] }[];
}

describe('the copy of what is held on a person, over HTTP', () => {
  const api = useApi();
  let li: Client;
  let admin: Client;
  let customerId: string;
  let path: string;
  beforeAll(async () => {
    li = await api.as('li');
    admin = await api.as('admin');
    const at = { occurredAt: api.now };
    const person = { phone: '137 0000 0001', name: '周<b>明</b>' };
    const visit = { siteId: 'pudong', person, batchSize: 2, first: true, contactTaken: true, note: '要"红色"的 & 天窗' };
    const { journeyId, ...received } = await li.record('/visits/received', { ...at, ...visit });
    customerId = received.customerId ?? '';
    path = `/customers/${customerId}/export?reason=${encodeURIComponent('客户要求')}`;
    await li.record('/complaints/received', { ...at, journeyId, category: 'delivery', account: '交车晚了三天' });
    const { contactId } = await li.record('/calls/received', { ...at, siteId: 'pudong', contactTaken: false, asked: ['优惠'] });
    await li.record('/contacts/tied', { ...at, contactId, journeyId });
  });

  /** As it is sent, whatever it is. */
  async function fetchCopy(more = ''): Promise<{ type: string | null; disposition: string | null; text: string }> {
    const response = await fetch(`${api.url}${path}${more}`, { headers: { authorization: `Bearer ${admin.token}` } });
    expect(response.status).toBe(200);
    const { headers } = response;
    expect(headers.get('cache-control')).toBe('no-store');
    return { type: headers.get('content-type'), disposition: headers.get('content-disposition'), text: await response.text() };
  }

  it('holds every record, in clear, as JSON', async () => {
    const { type, disposition, text } = await fetchCopy();
    expect([type, disposition]).toEqual(['application/json; charset=utf-8', `attachment; filename="customer-${customerId}.json"`]);
    const copy = JSON.parse(text) as Copy;
    expect(copy).toMatchObject({ customerId, erasure: null, person: { name: '周<b>明</b>', identifiers: [{ value: '+8613700000001' }] } });
    expect(copy.records.map(({ record }) => record).sort()).toEqual(['complaint', 'contact', 'customer', 'journey', 'reveals']);
    const told = copy.records.flatMap(({ entries }) => entries);
    expect(told).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'visit-received', data: expect.objectContaining({ note: '要"红色"的 & 天窗' }) }),
        expect.objectContaining({ type: 'complaint-received', data: expect.objectContaining({ account: '交车晚了三天' }) }),
        expect.objectContaining({ type: 'contact-recorded', data: expect.objectContaining({ asked: ['优惠'] }) }),
      ]),
    );
  });

  it('is a page in either language, in which nothing that was recorded is taken for markup', async () => {
    const zh = await fetchCopy('&format=html');
    expect(zh.type).toBe('text/html; charset=utf-8');
    expect(zh.text).toContain('<html lang="zh-CN">');
    expect(zh.text).toContain('来访接待');
    expect(zh.text).toContain('周&lt;b&gt;明&lt;/b&gt;');
    expect(zh.text).toContain('要&quot;红色&quot;的 &amp; 天窗');
    expect(zh.text).not.toContain('<b>');
    const en = await fetchCopy('&format=html&language=en');
    expect(en.text).toContain('Visit received');
    expect(en.text).toContain('交车晚了三天');
  });

  it('is recorded each time as a reveal, with who took it and why, which is sealed', async () => {
    const before = (await eventsOf(api, 'reveals', customerId)).length;
    await fetchCopy();
    const reveals = await eventsOf(api, 'reveals', customerId);
    expect(reveals).toHaveLength(before + 1);
    expect(reveals.at(-1)?.data).toMatchObject({ fields: ['copy'], by: admin.userId, reason: { sealed: expect.any(String) } });
    expect((await api.platform.sealing.open(reveals)).at(-1)?.data['reason']).toBe('客户要求');
  });

  it.each([
    ['a consultant', 'li', 'dongfang', 403, 'role.not-allowed'],
    ['a manager', 'zhou', 'dongfang', 403, 'role.not-allowed'],
    ['another group', 'admin', 'huadong', 404, 'customer.unknown'],
  ] as const)('is not for %s, and then nothing is recorded', async (_who, login, tenant, status, code) => {
    const by = await api.as(login, tenant);
    const before = await api.countEvents();
    expect(await by.get(path)).toMatchObject({ status, body: { code } });
    expect(await admin.get(`/customers/${customerId}/export`)).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(await api.countEvents()).toBe(before);
  });

  it('says of somebody erased that they were, and shows nothing of them', async () => {
    const { receipt } = (await admin.record(`/customers/${customerId}/erasure`, { askedBy: 'person', reason: 'asked' })) as unknown as {
      receipt: { receipt: string };
    };
    const { text } = await fetchCopy();
    expect(JSON.parse(text)).toMatchObject({ erasure: { receipt: receipt.receipt }, person: { name: { erased: true } } });
    const page = (await fetchCopy('&format=html')).text;
    expect(page).toContain(receipt.receipt);
    expect(page).toContain('(已删除)');
    for (const copy of [text, page]) expect(copy).not.toMatch(/周|13700000001|红色|晚了三天|优惠/);
  });
});

describe('the words of the copy', () => {
  const OURS = /^(site|unit|user|word|operation|playbook|event-skipped|identifier-(claimed|shared|released)|$)/;

  it('name every kind of event and every field that may stand in it, in both languages', () => {
    const [zh, en] = [labelsIn('zh-CN'), labelsIn('en')];
    const fields = storedFields().filter(({ type }) => !OURS.test(type));
    const wordless = fields.flatMap(({ type, path }) => {
      const names = path.split(/[.[\]]+/).filter((name) => name !== '' && name !== '*');
      // English names are what the fields are called, so only the other language shows what is missing.
      return [...(zh.event(type) === type || en.event(type) === type ? [type] : []), ...names.filter((name) => zh.field(name) === name)];
    });
    expect([...new Set(wordless)].sort()).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { evolveCustomer, noCustomer } from './customer.fold.js';
import { personFrom } from './person.fold.js';

describe('customers over HTTP', () => {
  const api = useApi();
  let li: Client;
  beforeAll(async () => {
    li = await api.as('li');
  });

  const eventsOf = (customerId = '') => api.platform.services.deps.streams.events(streamName('customer', 'dongfang', customerId));
  const personOf = async (customerId?: string) => personFrom(await api.platform.sealing.open(await eventsOf(customerId)));
  const standingOf = async (customerId?: string) => (await eventsOf(customerId)).reduce(evolveCustomer, noCustomer);
  const phone = (value: string) => ({ identifierType: 'phone', value });
  const register = (by: Client, ...identifiers: object[]): Promise<RecordedAnswer> =>
    by.record('/customers', { siteId: 'pudong', name: '王芳', formOfAddress: '王女士', identifiers });

  /** Posts what must be refused with this code, and must leave no event. */
  async function refused(by: Client, path: string, body: object, status: number, code: string): Promise<ProblemDocument> {
    const before = await api.countEvents();
    const answer = await by.post<ProblemDocument>(path, body);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(await api.countEvents()).toBe(before);
    return answer.body;
  }

  it('registers a customer with what they are found by, each kept sealed', async () => {
    const { customerId } = await register(li, phone('138 0000 2001'), { identifierType: 'email', value: 'Wang.Fang@Example.com' });
    expect(await personOf(customerId)).toMatchObject({
      name: '王芳',
      formOfAddress: '王女士',
      identifiers: expect.arrayContaining([phone('+8613800002001'), { identifierType: 'email', value: 'wang.fang@example.com' }]),
    });
    expect(JSON.stringify(await eventsOf(customerId))).not.toMatch(/王|13800002001|wang\.fang/);
  });

  it('answers a repeated key with the same answer, and another body under it with 422', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { siteId: 'pudong', name: '李雷', identifiers: [phone('13800002002')] };
    const first = await li.record('/customers', body, headers);
    const before = await api.countEvents();
    expect(await li.record('/customers', body, headers)).toEqual(first);
    expect(await li.post('/customers', { ...body, name: '韩梅梅' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency.key-reused' },
    });
    expect(await api.countEvents()).toBe(before);
  });

  it('refuses a number that another customer has, unless it is said to be shared', async () => {
    const first = await register(li, phone('13800002003'));
    await refused(li, '/customers', { siteId: 'pudong', identifiers: [phone('13800002003')] }, 409, 'identifier.held');
    const shared = { siteId: 'pudong', name: '王强', identifiers: [phone('13800002003')], share: true };
    expect((await li.record('/customers', shared)).customerId).not.toBe(first.customerId);
  });

  it('changes details, takes one back with null, and corrects a change', async () => {
    const { customerId } = await register(li);
    const path = `/customers/${customerId}/details`;
    const first = await li.record(path, { birthday: '--02-29', employer: '东方银行', note: '周末方便' });
    await li.record(path, { note: null, language: 'zh-CN' });
    await li.record(path, { birthday: '--02-28', employer: '东方银行', corrects: first.eventId });
    expect(await personOf(customerId)).toEqual({
      name: '王芳',
      formOfAddress: '王女士',
      identifiers: [],
      details: { birthday: '--02-28', employer: '东方银行', language: 'zh-CN' },
    });
    await refused(li, path, {}, 422, 'customer.nothing-to-change');
    await refused(li, path, { note: 'x', corrects: randomUUID() }, 404, 'correction.unknown-event');
  });

  it.each([
    [{ birthday: '1990-02-30' }, 'birthday', 'isBirthday'],
    [{ birthday: null, address: 7 }, 'address', 'isString'],
    [{ gender: 'unknown' }, 'gender', 'isIn'],
    [{ corrects: null }, 'corrects', 'isUuid'],
    [{ siteId: 'pudong' }, 'siteId', 'unknown-field'],
  ])('refuses the details %j, naming field and rule', async (body, field, rule) => {
    const { customerId } = await register(li);
    const problem = await refused(li, `/customers/${customerId}/details`, body, 400, 'request.invalid');
    expect(problem.errors).toEqual(expect.arrayContaining([expect.objectContaining({ field, rule })]));
  });

  it('refuses details against a screen that is out of date, and tells what changed', async () => {
    const { customerId, revision } = await register(li);
    const changed = await li.record(`/customers/${customerId}/details`, { note: 'a' });
    const stale = await li.post(`/customers/${customerId}/details`, { note: 'b' }, { 'if-match': `"${revision}"` });
    expect(stale).toMatchObject({
      status: 412,
      body: { code: 'precondition.stale', changes: [{ eventId: changed.eventId, recordedById: li.userId }] },
    });
  });

  it('adds and removes identifiers; a number taken away is free for the next', async () => {
    const { customerId } = await register(li, phone('13800002004'));
    await li.record(`/customers/${customerId}/identifiers`, { identifiers: [phone('13800002005')] });
    const nothing = await li.record(`/customers/${customerId}/identifiers`, { identifiers: [phone('138 0000 2005')] });
    expect(nothing).toMatchObject({ eventId: null });
    const removal = `/customers/${customerId}/identifiers/removals`;
    await li.record(removal, { ...phone('13800002004'), reason: 'changed' });
    await refused(li, removal, { ...phone('13800002004'), reason: 'changed' }, 404, 'customer.identifier-unknown');
    expect((await personOf(customerId)).identifiers).toEqual([phone('+8613800002005')]);
    expect((await register(li, phone('13800002004'))).customerId).not.toBe(customerId);
  });

  it('refuses an identifier that is none, by its place in the list', async () => {
    const { customerId } = await register(li);
    const body = { identifiers: [phone('13800002006'), phone('123')] };
    const problem = await refused(li, `/customers/${customerId}/identifiers`, body, 422, 'phone.invalid');
    expect(problem.errors).toEqual([{ field: 'identifiers.1.value', rule: 'phone.invalid', detail: 'this is no telephone number' }]);
  });

  it('records consents and their withdrawal', async () => {
    const { customerId } = await register(li);
    const photos = { purpose: 'photos', how: 'written', evidence: '表 17' };
    await li.record(`/customers/${customerId}/consents`, photos);
    await refused(li, `/customers/${customerId}/consents`, photos, 409, 'consent.already-given');
    expect((await standingOf(customerId)).consents).toEqual(['photos']);
    await li.record(`/customers/${customerId}/consents/withdrawals`, { purpose: 'photos', how: 'spoken' });
    await refused(li, `/customers/${customerId}/consents/withdrawals`, { purpose: 'photos', how: 'spoken' }, 409, 'consent.not-given');
    expect((await standingOf(customerId)).consents).toEqual([]);
  });

  it('refuses a site that is not the caller’s, unknown, or of another group', async () => {
    await refused(li, '/customers', { siteId: 'yunqili', name: '王芳' }, 403, 'scope.other-site');
    await refused(await api.as('wang', 'huadong'), '/customers', { siteId: 'pudong', name: '王芳' }, 404, 'site.unknown');
    await refused(li, '/customers', { siteId: 'pudong' }, 422, 'customer.nameless');
  });

  describe('whose customer it is', () => {
    const acts = [
      ['details', { note: 'x' }],
      ['identifiers', { identifiers: [phone('13800002007')] }],
      ['identifiers/removals', { ...phone('13800002008'), reason: 'wrong' }],
      ['consents', { purpose: 'reference', how: 'spoken' }],
      ['consents/withdrawals', { purpose: 'reference', how: 'spoken' }],
    ] as const;

    it.each(acts)('%s are refused to another site and another group', async (path, body) => {
      const { customerId } = await register(li);
      await refused(await api.as('sun'), `/customers/${customerId}/${path}`, body, 403, 'scope.other-site');
      await refused(await api.as('wang', 'huadong'), `/customers/${customerId}/${path}`, body, 404, 'customer.unknown');
    });

    it('is that of every site where they have a journey, at once', async () => {
      const { customerId } = await register(li, phone('13800002009'));
      const sun = await api.as('sun');
      const met = { occurredAt: api.now, siteId: 'yunqili', customerId, contactTaken: true };
      // By somebody who may act on them already; see question.int-spec.ts for whom else.
      await (await api.as('gao')).record('/calls/received', met);
      expect(await sun.record(`/customers/${customerId}/details`, { note: '也看房' })).toMatchObject({ customerId });
    });

    it('is not that of a site that merely names them', async () => {
      const { customerId } = await register(li);
      await api.as('sun').then((sun) => sun.record('/calls/received', { occurredAt: api.now, siteId: 'yunqili', contactTaken: false }));
      await refused(await api.as('sun'), `/customers/${customerId}/details`, { note: 'x' }, 403, 'scope.other-site');
    });
  });

  it('refuses those who do not deal with customers', async () => {
    await refused(await api.as('audit'), '/customers', { siteId: 'pudong', name: '王芳' }, 403, 'role.not-allowed');
    await refused(await api.as('admin'), '/customers', { siteId: 'pudong', name: '王芳' }, 403, 'role.not-allowed');
  });
});

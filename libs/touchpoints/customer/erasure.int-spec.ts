import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandMetadata } from '@touchline/commands';
import { streamName } from '@touchline/core';
import { handleCommand } from '@touchline/event-store';
import type { ProblemDocument, RecordedAnswer } from '@touchline/http';
import { startTimers } from '@touchline/platform';
import { eventsOf, refused } from '@touchline/server/testing/look.js';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { SetAsides } from '@touchline/subscriptions';
import { eventually } from '@touchline/testing/eventually.js';
import { erasureDecider } from './erasure.decider.js';

interface Erased extends RecordedAnswer {
  receipt: { receipt: string; customerId: string; erasedAt: string; identifiers: number; complete: boolean; by: string };
}
interface ResponseProperty {
  customerId: string;
  name: string | null;
  identifiers: unknown[];
  erased: boolean;
}

const sender = (tenant: string): CommandMetadata => {
  const id = randomUUID();
  return {
    ...{ tenant, sites: 'all', actor: { kind: 'user', id }, commandId: id },
    ...{ requestHash: id, correlationId: id, causationId: id },
  };
};

const ASKED = { askedBy: 'person', reason: 'asked' } as const;

describe('erasing a person over HTTP', () => {
  const api = useApi();
  let li: Client;
  let admin: Client;
  beforeAll(async () => {
    li = await api.as('li');
    admin = await api.as('admin');
  });

  let last = 0;
  /** Somebody received at the showroom: a customer with a journey and a note. */
  async function received(): Promise<{ customerId: string; journeyId: string; phone: string }> {
    const phone = `139 1111 ${String((last += 1)).padStart(4, '0')}`;
    const { customerId = '', journeyId = '' } = await li.record('/visits/received', {
      ...{ occurredAt: api.now, siteId: 'pudong', person: { phone, name: '赵小敏' } },
      ...{ batchSize: 1, first: true, contactTaken: true, note: '赵小敏喜欢红色' },
    });
    return { customerId, journeyId, phone };
  }
  const erase = (customerId: string, body: object = ASKED, key: string = randomUUID()) =>
    admin.post<Erased & ProblemDocument>(`/customers/${customerId}/erasure`, body, { 'idempotency-key': key });
  /** Has timers fired with the clock so many seconds on, until something holds. */
  async function firing(seconds: number, until: () => Promise<boolean>): Promise<void> {
    const before = api.now;
    api.now = new Date(Date.parse(before) + seconds * 1_000).toISOString();
    const timers = startTimers(api.platform, 10);
    try {
      await eventually(until);
    } finally {
      await timers.drain(10_000);
      api.now = before;
    }
  }
  const course = async (customerId: string) =>
    (await api.platform.services.deps.streams.events(streamName('erasure', 'dongfang', customerId))).map(({ type }) => type);
  const opened = async (category: 'customer' | 'journey' | 'contact', id: string) =>
    api.platform.sealing.open(await eventsOf(api, category, id));

  it('leaves nothing to read, and a receipt that says who did what when', async () => {
    const { customerId, journeyId } = await received();
    const { status, body } = await erase(customerId);
    expect(status).toBe(201);
    expect(body.receipt).toEqual({
      ...{ receipt: body.eventId, customerId, erasedAt: api.now, ...ASKED, by: admin.userId },
      ...{ identifiers: 1, complete: true },
    });
    expect((await eventsOf(api, 'customer', customerId)).at(-1)).toMatchObject({ id: body.eventId, type: 'customer-erased', data: ASKED });
    for (const [category, id] of [
      ['customer', customerId],
      ['journey', journeyId],
    ] as const)
      expect(JSON.stringify(await opened(category, id))).not.toMatch(/赵|1391111|红色/);
  });

  it('is read as erased and never as an error; a search finds nobody', async () => {
    const { customerId, phone } = await received();
    const { body } = await erase(customerId);
    const shown = await li.ask<ResponseProperty>(`/customers/${customerId}`, body);
    expect(shown).toMatchObject({ customerId, name: null, formOfAddress: null, identifiers: [], erased: true, siteIds: ['pudong'] });
    expect(await li.ask(`/customers/search?q=${encodeURIComponent(phone)}`, body)).toMatchObject({ items: [] });
    const found = await li.ask<{ items: ResponseProperty[] }>(`/customers/search?q=${encodeURIComponent('赵小敏')}`, body);
    expect(found.items.map((each) => each.customerId)).not.toContain(customerId);
    expect(await li.ask(`/customers/${customerId}/status`, body)).toMatchObject({ touchpoints: 1 });
    expect(await li.ask(`/customers/${customerId}/timeline`, body)).toMatchObject({ items: [{ sealed: ['note', 'stated'] }] });
    expect((await li.post(`/customers/${customerId}/reveals`, { reason: '看看' })).body).toMatchObject({ name: { erased: true } });
  });

  it('holds before any read model has come to know of it', async () => {
    const { customerId, phone } = await received();
    const visit = await li.record(`/customers/${customerId}/details`, { formOfAddress: '赵女士' });
    expect(await li.ask<ResponseProperty>(`/customers/${customerId}`, visit)).toMatchObject({ name: '赵小敏', erased: false });
    await api.platform.keys.erase('dongfang', [`customer:${customerId}`]);
    expect(await li.ask<ResponseProperty>(`/customers/${customerId}`)).toMatchObject({ name: null, identifiers: [], erased: true });
    expect(await li.ask(`/customers/search?q=${encodeURIComponent(phone)}`)).toMatchObject({ items: [] });
  });

  it('asked again, under the same key or another, changes nothing and gives the same receipt', async () => {
    const { customerId } = await received();
    const key = randomUUID();
    const first = await erase(customerId, ASKED, key);
    const before = await api.countEvents();
    expect(await erase(customerId, ASKED, key)).toMatchObject({ status: 201, body: first.body });
    const again = await erase(customerId, { askedBy: 'authority', reason: 'ruling' });
    expect(again).toMatchObject({ status: 201, body: { eventId: null, receipt: first.body.receipt } });
    expect(await erase(customerId, { askedBy: 'authority', reason: 'ruling' }, key)).toMatchObject({ status: 422 });
    expect(await api.countEvents()).toBe(before);
  });

  it('that was promised and cut short before anything was destroyed is taken up by its timer, in the words it began with', async () => {
    const { customerId, journeyId } = await received();
    const request = sender('dongfang');
    const command = { kind: 'begin', customerId, erasure: { askedBy: 'authority', reason: 'ruling' }, occurredAt: api.now } as const;
    const stream = streamName('erasure', 'dongfang', customerId);
    await handleCommand(api.platform.services.deps, { stream, decider: erasureDecider, command, request });
    await firing(11, async () => (await course(customerId)).includes('erasure-completed'));
    expect(await course(customerId)).toEqual(['erasure-begun', 'erasure-completed']);
    const [begun, completed] = await api.platform.services.deps.streams.events(stream);
    expect(completed?.meta).toMatchObject({ actor: { kind: 'system', id: 'timers' }, causationId: begun?.id });
    expect((await eventsOf(api, 'customer', customerId)).at(-1)).toMatchObject({
      ...{ type: 'customer-erased', data: { askedBy: 'authority', reason: 'ruling' } },
      meta: { commandId: request.commandId, actor: request.actor, occurredAt: api.now },
    });
    for (const [category, id] of [
      ['customer', customerId],
      ['journey', journeyId],
    ] as const)
      expect(JSON.stringify(await opened(category, id))).not.toMatch(/赵|1391111|红色/);
    expect((await erase(customerId)).body.receipt).toMatchObject({ complete: true, reason: 'ruling', erasedAt: api.now });
  });

  it('asked many times at once is told once', async () => {
    const { customerId } = await received();
    const answers = await Promise.all(Array.from({ length: 8 }, () => erase(customerId)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ body }) => body.receipt.receipt)).size).toBe(1);
    expect((await eventsOf(api, 'customer', customerId)).filter(({ type }) => type === 'customer-erased')).toHaveLength(1);
  });

  it('destroys nothing for a stale screen, or under the key of another command', async () => {
    const { customerId } = await received();
    const path = `/customers/${customerId}/erasure`;
    await refused(api, admin, 'precondition.stale', path, ASKED, { 'if-match': '"7"' });
    const key = randomUUID();
    await li.record(`/customers/${customerId}/details`, { note: '赵小敏' }, { 'idempotency-key': key });
    const clashing = { ...sender('dongfang'), commandId: (await eventsOf(api, 'customer', customerId)).at(-1)!.meta.commandId };
    expect(await api.platform.services.customers.erase(clashing, { customerId, erasure: ASKED })).toMatchObject({
      refusals: [{ code: 'idempotency.key-reused' }],
    });
    expect(JSON.stringify(await opened('customer', customerId))).toContain('赵小敏');
    expect(await api.platform.erasing.erasures.of('dongfang', customerId)).toBeNull();
  });

  it('sets the number free: whoever comes with it next is somebody new', async () => {
    const { customerId, phone } = await received();
    await erase(customerId);
    const next = await li.record('/calls/received', { occurredAt: api.now, siteId: 'pudong', person: { phone }, contactTaken: true });
    expect(next.customerId).toBeDefined();
    expect(next.customerId).not.toBe(customerId);
  });

  it('takes along what left no details and was tied to the person; of nobody else', async () => {
    const [one, other] = [await received(), await received()];
    const contact = async (journeyId: string): Promise<string> => {
      const { contactId = '' } = await li.record('/calls/received', {
        ...{ occurredAt: api.now, siteId: 'pudong', contactTaken: false, note: '自称赵小敏' },
      });
      await li.record('/contacts/tied', { contactId, journeyId, occurredAt: api.now, note: '听出来是赵小敏' });
      return contactId;
    };
    const [gone, stays] = [await contact(one.journeyId), await contact(other.journeyId)];
    await erase(one.customerId);
    expect(JSON.stringify(await opened('contact', gone))).not.toContain('赵');
    expect(JSON.stringify(await opened('contact', stays))).toContain('自称赵小敏');
    expect(JSON.stringify(await opened('customer', other.customerId))).toContain('赵小敏');
  });

  it('is not complete, and no copy is given, while a record of the group waits in the view that says whose records are whose', async () => {
    const { customerId, journeyId } = await received();
    const schema = (await api.platform.builds.live('customer-streams'))?.schema ?? '';
    await api.platform.pool.query(
      `alter table ${schema}.customer_streams add constraint no_contacts check (category <> 'contact') not valid`,
    );
    const { contactId = '' } = await li.record('/calls/received', {
      occurredAt: api.now,
      siteId: 'pudong',
      contactTaken: false,
      note: '赵小敏',
    });
    await li.record('/contacts/tied', { contactId, journeyId, occurredAt: api.now });
    expect(await admin.get(`/customers/${customerId}/export?reason=asked`)).toMatchObject({
      status: 504,
      body: { code: 'read-model.behind' },
    });
    const key = randomUUID();
    expect(await erase(customerId, ASKED, key)).toMatchObject({ status: 201, body: { receipt: { complete: false } } });
    await firing(11, async () => (await course(customerId)).length === 2);
    expect(await course(customerId)).toEqual(['erasure-begun', 'erasure-put-off']);

    await api.platform.pool.query(`alter table ${schema}.customer_streams drop constraint no_contacts`);
    await (await api.as('ops', 'platform')).post('/admin/projections/customer-streams/retry', {});
    await eventually(async () => (await new SetAsides(api.platform.pool).counts('dongfang')).length === 0);
    expect(await erase(customerId, ASKED, key)).toMatchObject({ status: 201, body: { receipt: { complete: true } } });
    expect(await course(customerId)).toEqual(['erasure-begun', 'erasure-put-off', 'erasure-completed']);
    expect(JSON.stringify(await opened('contact', contactId))).not.toContain('赵');
  });

  it('records what still happens without a word of the person, and ties nothing to them', async () => {
    const { customerId, journeyId } = await received();
    const { contactId } = await li.record('/calls/received', { occurredAt: api.now, siteId: 'pudong', contactTaken: false });
    await erase(customerId);
    await li.record('/calls/made', { occurredAt: api.now, journeyId, reached: true, note: '赵小敏来电' });
    expect((await eventsOf(api, 'journey', journeyId)).at(-1)?.data['note']).toEqual({ erased: true });
    await refused(api, li, 'customer.erased', '/contacts/tied', { contactId, journeyId, occurredAt: api.now });
    await refused(api, li, 'customer.erased', `/customers/${customerId}/details`, { name: '赵小敏' });
    await refused(api, li, 'customer.erased', `/customers/${customerId}/identifiers`, {
      identifiers: [{ identifierType: 'phone', value: '13911119999' }],
    });
    const holders = await api.platform.services.deps.streams.events(streamName('customer', 'dongfang', customerId));
    expect(holders.at(-1)?.type).toBe('customer-erased');
  });

  it.each([
    ['a consultant', 'li', 'dongfang', 403, 'role.not-allowed'],
    ['a manager', 'zhou', 'dongfang', 403, 'role.not-allowed'],
    ['an analyst', 'audit', 'dongfang', 403, 'role.not-allowed'],
    ['another group', 'admin', 'huadong', 404, 'customer.unknown'],
  ] as const)('is not for %s', async (_who, login, tenant, status, code) => {
    const { customerId } = await received();
    const by = await api.as(login, tenant);
    expect(await by.post(`/customers/${customerId}/erasure`, ASKED)).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(await opened('customer', customerId))).toContain('赵小敏');
  });
});

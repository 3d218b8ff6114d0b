import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import type { ProblemDocument } from '@touchline/http';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import type { RevealedAnswer } from '@touchline/routes/reveal/reveal.dto.js';

describe('reveals over HTTP', () => {
  const api = useApi();
  let li: Client;
  let customerId: string;
  let path: string;
  beforeAll(async () => {
    li = await api.as('li');
    const identifiers = [
      { identifierType: 'phone', value: '138 0000 3001' },
      { identifierType: 'email', value: 'wang@example.com' },
    ];
    const registered = await li.record('/customers', { siteId: 'pudong', name: '王芳', formOfAddress: '王女士', identifiers, share: true });
    customerId = registered.customerId ?? '';
    path = `/customers/${customerId}/reveals`;
    await li.record(`/customers/${customerId}/details`, { birthday: '--05-17', address: '世纪大道 1 号' });
  });

  const reveals = () => api.platform.services.deps.streams.events(streamName('reveals', 'dongfang', customerId));
  const look = (by: Client, body: object = { reason: '回访' }, key: string = randomUUID()) =>
    by.post<RevealedAnswer & ProblemDocument>(path, body, { 'idempotency-key': key });

  it('shows what is kept in clear, and records who looked at what; why is sealed', async () => {
    const { status, body } = await look(li, { reason: '回访:核对地址' });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      customerId,
      name: '王芳',
      formOfAddress: '王女士',
      phones: [{ identifierType: 'phone', value: '+8613800003001' }],
      identifiers: [{ identifierType: 'email', value: 'wang@example.com' }],
      details: { birthday: '--05-17', address: '世纪大道 1 号' },
    });
    const event = (await reveals()).at(-1);
    expect(event).toMatchObject({ id: body.eventId, data: { by: li.userId, fields: ['name', 'phones', 'details'] } });
    expect(JSON.stringify(event)).not.toContain('核对');
    const [opened] = await api.platform.sealing.open([event!]);
    expect(opened?.data['reason']).toBe('回访:核对地址');
  });

  it('shows only what was asked for', async () => {
    const { body } = await look(await api.as('zhou'), { reason: '致电', fields: ['phones'] });
    expect(body.phones).toEqual([{ identifierType: 'phone', value: '+8613800003001' }]);
    for (const field of ['name', 'formOfAddress', 'identifiers', 'details']) expect(body).not.toHaveProperty(field);
  });

  it('answers a repeated key as it did then, whatever has changed since, and records no second look', async () => {
    const key = randomUUID();
    const first = await look(li, { reason: '回访' }, key);
    await li.record(`/customers/${customerId}/details`, { occurredAt: '2026-05-01T00:00:00Z', occupation: '会计' });
    const before = await api.countEvents();
    expect(await look(li, { reason: '回访' }, key)).toMatchObject({ status: 201, body: first.body });
    expect((await look(li, { reason: '回访' }, key)).body).toEqual(first.body);
    expect(await api.countEvents()).toBe(before);
    expect((await look(li)).body.details).toMatchObject({ occupation: '会计' });
  });

  it.each([
    ['another site', 'sun', 'dongfang', 403, 'scope.other-site'],
    ['a service manager of another site', 'qian', 'dongfang', 403, 'scope.other-site'],
    ['an analyst', 'audit', 'dongfang', 403, 'role.not-allowed'],
    ['an administrator', 'admin', 'dongfang', 403, 'role.not-allowed'],
    ['a service', 'fin', 'dongfang', 403, 'role.not-allowed'],
    ['another group', 'wang', 'huadong', 404, 'customer.unknown'],
  ] as const)('shows nothing to %s, and records nothing', async (_who, login, tenant, status, code) => {
    const by = await api.as(login, tenant);
    const before = await api.countEvents();
    const refused = await look(by);
    expect(refused).toMatchObject({ status, body: { code } });
    expect(JSON.stringify(refused.body)).not.toContain('王芳');
    expect(await api.countEvents()).toBe(before);
  });

  it.each([
    [{}, 'reason', 'isString'],
    [{ reason: '' }, 'reason', 'isLength'],
    [{ reason: '回访客户', fields: ['everything'] }, 'fields', 'isIn'],
    [{ reason: '回访客户', fields: [] }, 'fields', 'arrayMinSize'],
  ])('refuses %j, naming field and rule', async (body, field, rule) => {
    const before = await api.countEvents();
    const refused = await look(li, body);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ field, rule })]));
    expect(await api.countEvents()).toBe(before);
  });

  it('marks what was erased, and says so under an old key too', async () => {
    const key = randomUUID();
    expect((await look(li, { reason: '回访' }, key)).body.name).toBe('王芳');
    await api.platform.keys.erase('dongfang', [`customer:${customerId}`]);
    const erased = { erased: true };
    for (const again of [key, randomUUID()])
      expect(await look(li, { reason: '回访' }, again)).toMatchObject({
        status: 201,
        body: { name: erased, phones: [{ identifierType: 'phone', value: erased }], details: { birthday: erased, address: erased } },
      });
  });
});

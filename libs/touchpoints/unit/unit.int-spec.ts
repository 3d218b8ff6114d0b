import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { streamName } from '@touchline/core';
import { useApi } from '@touchline/server/testing/use-api.js';
import { evolveUnit } from './unit.fold.js';

describe('units over HTTP', () => {
  const api = useApi();
  const unit = async (unitId: string, tenant = 'dongfang') =>
    (await api.platform.services.deps.streams.events(streamName('unit', tenant, unitId))).reduce(evolveUnit, null);

  it('registers a unit and renames it; the same name again changes nothing', async () => {
    const admin = await api.as('admin');
    await admin.record('/admin/units', { unitId: 'nanjing', name: '南京公司' });
    await admin.record('/admin/units/nanjing/name', { name: '南京分公司' });
    expect(await unit('nanjing')).toEqual({ name: '南京分公司' });
    expect(await admin.record('/admin/units/nanjing/name', { name: '南京分公司' })).toMatchObject({ eventId: null, revision: 1 });
  });

  it('answers a repeated key alike, and records it once', async () => {
    const admin = await api.as('admin');
    const headers = { 'idempotency-key': randomUUID() };
    const first = await admin.record('/admin/units', { unitId: 'suzhou', name: '苏州公司' }, headers);
    const before = await api.countEvents();
    expect(await admin.record('/admin/units', { unitId: 'suzhou', name: '苏州公司' }, headers)).toEqual(first);
    expect(await api.countEvents()).toBe(before);
  });

  it('is of its own group: another has the same id for itself', async () => {
    const other = await api.as('admin', 'huadong');
    await other.record('/admin/units', { unitId: 'hangzhou', name: '华东杭州' });
    expect([await unit('hangzhou'), await unit('hangzhou', 'huadong')]).toEqual([{ name: '杭州公司' }, { name: '华东杭州' }]);
  });

  it.each([
    ['/admin/units', { unitId: 'hangzhou', name: '又一个' }, 409, 'unit.already-registered'],
    ['/admin/units/nowhere/name', { name: '无' }, 404, 'unit.unknown'],
    ['/admin/units', { unitId: 'Not A Slug', name: '无' }, 400, 'request.invalid'],
    ['/admin/units/Not%20A%20Slug/name', { name: '无' }, 400, 'request.invalid'],
    ['/admin/units', { unitId: 'empty', name: '' }, 400, 'request.invalid'],
  ])('refuses %s %j, and records nothing', async (path, body, status, code) => {
    const before = await api.countEvents();
    expect(await (await api.as('admin')).post(path, body)).toMatchObject({ status, body: { code } });
    expect(await api.countEvents()).toBe(before);
  });
});

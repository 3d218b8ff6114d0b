import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { asPosition } from '@touchline/core';
import type { ProblemDocument } from '@touchline/http';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import { waitFor } from '@touchline/subscriptions';
import { PATIENCE_MS } from '@touchline/testing/patience.js';

describe('sites over HTTP', () => {
  const api = useApi();
  let admin: Client;
  beforeAll(async () => {
    admin = await api.as('admin');
  });

  const site = (siteId: string) => api.platform.sites.site('dongfang', siteId);
  const wanted = (siteId: string) => ({
    siteId,
    name: '闵行展厅',
    unitId: 'shanghai-east',
    zone: 'Asia/Shanghai',
    playbook: { id: 'auto-ssp9', version: 1 },
    productLines: ['kaixuan'],
  });
  const visitor = (siteId: string, productLine?: string) => ({
    occurredAt: api.now,
    siteId,
    contactTaken: false,
    ...(productLine && { productLine }),
  });

  it('opens a site, where calls are taken with the next request', async () => {
    const manager = await api.as('wang', 'huadong');
    const other = await api.as('admin', 'huadong');
    const opening = { ...wanted('tianjin'), unitId: 'north' };
    expect(await manager.post('/calls/received', visitor('tianjin'))).toMatchObject({ status: 404, body: { code: 'site.unknown' } });
    await other.record('/admin/sites', opening);
    await manager.record('/calls/received', visitor('tianjin'));
    expect(await site('tianjin')).toBeNull();
  });

  it('changes a site, and counts it with the next request', async () => {
    await admin.record('/admin/sites', wanted('minhang'));
    expect(await site('minhang')).toMatchObject({ name: '闵行展厅', productLines: ['kaixuan'], open: true });
    await admin.record('/admin/sites/minhang/changes', { name: '闵行旗舰店', productLines: ['kaixuan', 'yuanxing'] });
    expect(await site('minhang')).toMatchObject({ name: '闵行旗舰店', productLines: ['kaixuan', 'yuanxing'] });
    const same = { playbook: { version: 1, id: 'auto-ssp9' }, productLines: ['kaixuan', 'yuanxing'] };
    expect(await admin.record('/admin/sites/minhang/changes', same)).toMatchObject({ eventId: null });
  });

  it('sets the calendar, whole', async () => {
    const weekly = {
      monday: [
        { from: '09:00', to: '12:00' },
        { from: '13:00', to: '24:00' },
      ],
    };
    const calendar = { weekly, closed: ['2026-10-01'], makeUp: [{ date: '2026-10-10', replaces: '2026-10-05' }] };
    await admin.record('/admin/sites/pudong/calendar', calendar);
    expect((await site('pudong'))?.calendar).toEqual(calendar);
  });

  it('names every fault of a calendar', async () => {
    const calendar = { weekly: { monday: [{ from: '18:00', to: '09:00' }] }, closed: ['2026-02-30'], makeUp: [{ date: '2026-10-10' }] };
    const before = await api.countEvents();
    const { status, body } = await admin.post<ProblemDocument>('/admin/sites/pudong/calendar', calendar);
    expect(status).toBe(422);
    expect(body.errors?.map(({ field, rule }) => [field, rule])).toEqual([
      ['weekly.monday.0', 'calendar.bad-slot'],
      ['closed.0', 'calendar.bad-date'],
      ['makeUp.0', 'calendar.make-up-without-hours'],
    ]);
    expect(await api.countEvents()).toBe(before);
  });

  it('closes a site: it takes no new customers, at once', async () => {
    await admin.record('/admin/sites', wanted('closing'));
    const zhou = { login: 'closing.zhou', displayName: '周', roles: ['consultant'], sites: ['closing'] };
    await admin.record('/admin/users', zhou);
    await admin.record('/admin/sites/closing/closure', { reason: '搬迁' });
    expect(await site('closing')).toMatchObject({ open: false });
    const before = await api.countEvents();
    for (const path of ['changes', 'closure'])
      expect(await admin.post(`/admin/sites/closing/${path}`, {})).toMatchObject({ status: 409, body: { code: 'site.closed' } });
    expect(await api.countEvents()).toBe(before);
  });

  it('answers a repeated key alike, and records it once', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await admin.record('/admin/sites', wanted('repeated'), headers);
    const before = await api.countEvents();
    expect(await admin.record('/admin/sites', wanted('repeated'), headers)).toEqual(first);
    expect(await api.countEvents()).toBe(before);
  });

  it('keeps a customer with a site that sells their product line no more', async () => {
    const { customerId } = await (await api.as('li')).record('/customers', { siteId: 'pudong', name: '王芳' });
    const sun = await api.as('sun');
    const met = await (await api.as('gao')).record('/calls/received', { ...visitor('yunqili'), customerId });
    await admin.record('/admin/sites/yunqili/changes', { productLines: ['villas'] });
    // The journey is no more to be found by its id; the read model shows it.
    expect(await waitFor(api.platform, 'customer-streams', asPosition(met.position ?? ''), PATIENCE_MS)).toEqual({ reached: true });
    expect(await sun.record(`/customers/${customerId}/details`, { note: '看过样板房' })).toMatchObject({ customerId });
  });

  it.each([
    ['', { ...wanted('pudong') }, 409, 'site.already-open'],
    ['', { ...wanted('new-one'), unitId: 'nowhere' }, 404, 'unit.unknown'],
    ['', { ...wanted('new-one'), unitId: 'north' }, 404, 'unit.unknown'],
    ['', { ...wanted('new-one'), zone: '+08:00' }, 422, 'site.zone-unknown'],
    ['', { ...wanted('new-one'), playbook: { id: 'auto-ssp9', version: 99 } }, 404, 'playbook.unknown'],
    ['', { ...wanted('new-one'), productLines: [] }, 422, 'site.product-lines'],
    ['', { ...wanted('new-one'), productLines: ['Big Cars'] }, 400, 'request.invalid'],
    ['', { ...wanted('new-one'), playbook: { id: 'auto-ssp9', version: 1, stages: [] } }, 400, 'request.invalid'],
    ['/nowhere/changes', { name: '无' }, 404, 'site.unknown'],
    ['/beijing/changes', { name: '无' }, 404, 'site.unknown'],
    ['/pudong/changes', { zone: 'Asia/Tokyo' }, 400, 'request.invalid'],
    ['/pudong/calendar', { weekly: { someday: [] }, closed: [], makeUp: [] }, 400, 'request.invalid'],
  ])('refuses /admin/sites%s %j, and records nothing', async (path, body, status, code) => {
    const before = await api.countEvents();
    expect(await admin.post(`/admin/sites${path}`, body)).toMatchObject({ status, body: { code } });
    expect(await api.countEvents()).toBe(before);
  });
});

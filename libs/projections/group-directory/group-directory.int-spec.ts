import { beforeAll, describe, expect, it } from '@jest/globals';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { RecordedAnswer } from '@touchline/http';
import type { Client } from '@touchline/server/testing/use-api.js';
import { useApi } from '@touchline/server/testing/use-api.js';
import type {
  ColleaguePageShown,
  PlaybookPageShown,
  SitePageShown,
  SiteShown,
  UnitPageShown,
  UserPageShown,
  UserShown,
} from './group-directory.dto.js';

const playbook = (version: number) =>
  `{ id: bikes, version: ${version}, name: { zh: 自行车${version}, en: Bikes }, reactivationDays: 9, stages: [{ id: hello, name: { zh: 接待, en: Hello } }], touchpoints: {} }`;

describe('the directory of the group over HTTP', () => {
  const api = useApi();
  let admin: Client;
  let last: RecordedAnswer;
  beforeAll(async () => {
    admin = await api.as('admin');
    await admin.record('/admin/units', { unitId: 'nanjing', name: '南京' });
    last = await admin.record('/admin/units/nanjing/name', { name: '南京公司' });
  });

  it('lists units by id, in their newest name', async () => {
    const { items, next } = await admin.ask<UnitPageShown>('/admin/units', last);
    expect(items).toEqual([
      { unitId: 'hangzhou', name: '杭州公司', revision: 0 },
      { unitId: 'nanjing', name: '南京公司', revision: 1 },
      { unitId: 'shanghai-east', name: '上海东区', revision: 0 },
    ]);
    expect(next).toBeNull();
    expect(await admin.ask('/admin/units/nanjing', last)).toEqual({ unitId: 'nanjing', name: '南京公司', revision: 1 });
  });

  it('goes through a list page by page', async () => {
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: UserPageShown = await admin.ask(`/admin/users?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`, last);
      seen.push(...page.items.map(({ login }) => login));
      sizes.push(page.items.length);
      cursor = page.next;
    }
    expect(sizes).toEqual([4, 4, 2]);
    expect(seen.sort()).toEqual(['admin', 'audit', 'chen', 'fin', 'gao', 'he', 'li', 'qian', 'sun', 'zhou']);
  });

  it('lists sites, of one unit too, and shows one with its calendar', async () => {
    const calendar = { weekly: { monday: [{ from: '09:00', to: '18:00' }] }, closed: ['2026-10-01'], makeUp: [] };
    last = await admin.record('/admin/sites/yunqili/calendar', calendar);
    const { items } = await admin.ask<SitePageShown>('/admin/sites', last);
    expect(items.map(({ siteId }) => siteId)).toEqual(['pudong', 'yunqili']);
    const ofUnit = await admin.ask<SitePageShown>('/admin/sites?unitId=hangzhou', last);
    const site = {
      siteId: 'yunqili',
      name: '云栖里案场',
      unitId: 'hangzhou',
      zone: 'Asia/Shanghai',
      playbook: { id: 'real-estate-6plus2', version: 1 },
      productLines: ['apartments'],
      open: true,
      revision: 1,
    };
    expect(ofUnit.items).toEqual([site]);
    expect(await admin.ask<SiteShown>('/admin/sites/yunqili', last)).toEqual({ ...site, calendar });
  });

  it('shows users as they are now, to administrators', async () => {
    const userId = userIdOf('dongfang', 'chen');
    await admin.record(`/admin/users/${userId}/roles`, { roles: ['manager'], sites: ['yunqili'] });
    last = await admin.record(`/admin/users/${userId}/deactivation`, {});
    const chen = {
      userId,
      login: 'chen',
      displayName: '陈涛',
      roles: ['manager'],
      allSites: false,
      sites: ['yunqili'],
      active: false,
      revision: 3,
    };
    expect(await admin.ask<UserShown>(`/admin/users/${userId}`, last)).toEqual(chen);
    const { items } = await admin.ask<UserPageShown>('/admin/users?siteId=yunqili', last);
    expect(items.map(({ login }) => login).sort()).toEqual(['admin', 'audit', 'chen', 'gao', 'qian', 'sun']);
  });

  it('shows colleagues of the caller’s sites, and not how they sign in', async () => {
    const { items } = await (await api.as('sun')).ask<ColleaguePageShown>('/colleagues', last);
    expect(items.map(({ displayName }) => displayName).sort()).toEqual(['吴越', '孙悦', '系统管理员', '钱程', '陈涛', '高远'].sort());
    expect(items).toContainEqual({ userId: userIdOf('dongfang', 'qian'), displayName: '钱程', roles: ['service-manager'], active: true });
    const all = await (await api.as('audit')).ask<ColleaguePageShown>('/colleagues', last);
    expect(all.items).toHaveLength(10);
  });

  it('lists the playbooks that ship among those the group has published, page by page', async () => {
    await admin.record('/admin/playbooks', { yaml: playbook(1) });
    last = await admin.record('/admin/playbooks', { yaml: playbook(2) });
    const { items } = await admin.ask<PlaybookPageShown>('/admin/playbooks', last);
    expect(items).toMatchObject([
      { playbookId: 'auto-ssp9', versions: [1, 2], shipped: true, revision: null, name: { zh: expect.any(String) } },
      { playbookId: 'bikes', versions: [1, 2], shipped: false, revision: 1, name: { zh: '自行车2', en: 'Bikes' } },
      { playbookId: 'real-estate-6plus2', versions: [1, 2], shipped: true },
    ]);
    const first = await admin.ask<PlaybookPageShown>('/admin/playbooks?limit=2');
    const second = await admin.ask<PlaybookPageShown>(`/admin/playbooks?limit=2&cursor=${first.next}`);
    expect([...first.items, ...second.items].map(({ playbookId }) => playbookId)).toEqual(['auto-ssp9', 'bikes', 'real-estate-6plus2']);
    expect(second.next).toBeNull();
  });

  it('shows nothing of another group', async () => {
    const other = await api.as('admin', 'huadong');
    expect((await other.ask<SitePageShown>('/admin/sites')).items.map(({ siteId }) => siteId)).toEqual(['beijing']);
    expect((await other.ask<UserPageShown>('/admin/users')).items.map(({ login }) => login).sort()).toEqual(['admin', 'wang']);
    expect((await other.ask<PlaybookPageShown>('/admin/playbooks')).items.map(({ playbookId }) => playbookId)).not.toContain('bikes');
    expect(await other.get('/admin/sites/pudong')).toMatchObject({ status: 404, body: { code: 'site.unknown' } });
    expect(await other.get(`/admin/users/${userIdOf('dongfang', 'li')}`)).toMatchObject({
      status: 404,
      body: { code: 'user.not-registered' },
    });
  });

  it.each([
    ['/admin/units?limit=0', 'request.invalid'],
    ['/admin/units?cursor=nonsense', 'cursor.malformed'],
    ['/admin/units?after=nonsense', 'position.malformed'],
    ['/admin/users/not-an-id', 'request.invalid'],
    ['/admin/sites?unitId=Not%20A%20Slug', 'request.invalid'],
  ])('refuses %s as %s', async (path, code) => {
    expect(await admin.get(path)).toMatchObject({ status: 400, body: { code } });
  });
});

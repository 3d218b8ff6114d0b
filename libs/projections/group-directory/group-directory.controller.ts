import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, PageQuery, Paging, Problem, QueryRoute, ReadQuery, pick, scopeShown } from '@touchline/http';
import { ReadModels } from '../read-models.js';
import {
  ColleaguePageShown,
  ListSitesQuery,
  ListUsersQuery,
  SitePageShown,
  SitePath,
  SiteShown,
  UnitPageShown,
  UnitPath,
  UnitShown,
  UserPageShown,
  UserPath,
  UserShown,
} from './group-directory.dto.js';
import type { Listed } from './group-directory.entity.js';
import type { DirectoryFilter, Found } from './group-directory.query.js';
import { findEntry, listEntries } from './group-directory.query.js';

const VIEW = 'group-directory';

const MAY_SEE = { roles: ['admin', 'analyst'], scope: 'group' } as const;
const MAY_SEE_USERS = { roles: ['admin'], scope: 'group', why: 'how people sign in; everybody else sees colleagues' } as const;
const MAY_SEE_COLLEAGUES = { roles: ['consultant', 'manager', 'service-manager', 'analyst', 'admin'], scope: 'site' } as const;

@ApiTags('administration')
@Controller()
export class GroupDirectoryController {
  constructor(@Inject(ReadModels) private readonly read: ReadModels) {}

  @Get('admin/units')
  @Allow(MAY_SEE)
  @QueryRoute('Units (单位) of the group, by id', UnitPageShown, PAGED)
  units(@Query() query: PageQuery, @CurrentCaller() { tenant }: Caller): Promise<UnitPageShown> {
    return this.page(query, { tenant, kind: 'unit' }, ({ id, revision, record }) => ({ unitId: id, name: record.name, revision }));
  }

  @Get('admin/units/:unitId')
  @Allow(MAY_SEE)
  @QueryRoute('A unit', UnitShown, { 404: ['unit.unknown'] })
  async unit(@Param() { unitId }: UnitPath, @Query() { after }: ReadQuery, @CurrentCaller() { tenant }: Caller): Promise<UnitShown> {
    const { record, revision } = await this.one(after, { tenant, kind: 'unit', id: unitId }, 'unit.unknown');
    return { unitId, name: record.name, revision };
  }

  @Get('admin/sites')
  @Allow(MAY_SEE)
  @QueryRoute('Sites (案场、展厅) of the group, by id; closed ones too', SitePageShown, PAGED)
  sites(@Query() query: ListSitesQuery, @CurrentCaller() { tenant }: Caller): Promise<SitePageShown> {
    return this.page(query, { tenant, kind: 'site', ...pick(query, 'unitId') }, ({ id, revision, record }) => ({
      ...{ siteId: id, revision },
      ...pick(record, 'name', 'unitId', 'zone', 'playbook', 'productLines', 'open'),
    }));
  }

  @Get('admin/sites/:siteId')
  @Allow(MAY_SEE)
  @QueryRoute('A site, with its calendar', SiteShown, { 404: ['site.unknown'] })
  async site(@Param() { siteId }: SitePath, @Query() { after }: ReadQuery, @CurrentCaller() { tenant }: Caller): Promise<SiteShown> {
    const { record, revision } = await this.one(after, { tenant, kind: 'site', id: siteId }, 'site.unknown');
    return { siteId, revision, ...pick(record, 'name', 'unitId', 'zone', 'playbook', 'productLines', 'open', 'calendar') };
  }

  @Get('admin/users')
  @Allow(MAY_SEE_USERS)
  @QueryRoute('Those who sign in, by id; deactivated ones too', UserPageShown, PAGED)
  users(@Query() query: ListUsersQuery, @CurrentCaller() { tenant }: Caller): Promise<UserPageShown> {
    const at = query.siteId === undefined ? {} : { at: [query.siteId] };
    return this.page(query, { tenant, kind: 'user', ...at }, userShown);
  }

  @Get('admin/users/:userId')
  @Allow(MAY_SEE_USERS)
  @QueryRoute('Somebody who signs in', UserShown, { 404: ['user.not-registered'] })
  async user(@Param() { userId }: UserPath, @Query() { after }: ReadQuery, @CurrentCaller() { tenant }: Caller): Promise<UserShown> {
    return userShown(await this.one(after, { tenant, kind: 'user', id: userId }, 'user.not-registered'));
  }

  @Get('colleagues')
  @Allow(MAY_SEE_COLLEAGUES)
  @QueryRoute('Those who may act at one of my sites, by id; deactivated ones too', ColleaguePageShown, PAGED)
  colleagues(@Query() query: PageQuery, @CurrentCaller() { tenant, sites }: Caller): Promise<ColleaguePageShown> {
    return this.page(query, { tenant, kind: 'user', at: sites }, ({ id, record }) => ({
      userId: id,
      ...pick(record, 'displayName', 'roles', 'active'),
    }));
  }

  private async page<Kind extends keyof Listed, ResponseProperty>(
    query: PageQuery,
    wanted: DirectoryFilter & { tenant: string; kind: Kind },
    shown: (found: Found<Kind>) => ResponseProperty,
  ): Promise<{ items: ResponseProperty[]; next: string | null }> {
    await this.read.upTo(query.after, VIEW);
    const paging = new Paging(query, 'id', ['text'], 'asc');
    const { items, next } = paging.page(await listEntries(this.read.ask, wanted, paging), ({ id }) => [id]);
    return { items: items.map(shown), next };
  }

  private async one<Kind extends keyof Listed>(
    after: string | undefined,
    wanted: { tenant: string; kind: Kind; id: string },
    code: string,
  ): Promise<Found<Kind>> {
    await this.read.upTo(after, VIEW);
    const found = await findEntry(this.read.ask, wanted);
    if (found === null) throw new Problem(404, code, `there is no such ${wanted.kind}`);
    return found;
  }
}

const userShown = ({ id: userId, revision, record }: Found<'user'>): UserShown => ({
  userId,
  revision,
  ...record,
  ...scopeShown(record.sites),
});

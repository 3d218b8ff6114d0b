import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { Allow, CurrentCaller } from '@touchline/auth';
import type { Caller } from '@touchline/core';
import { PAGED, PageQuery, QueryRoute, ReadQuery } from '@touchline/http';
import { NamedQuery } from '../named-query.js';
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
import { colleaguesListed, siteAsked, sitesListed, unitAsked, unitsListed, userAsked, usersListed } from './group-directory.queries.js';

const MAY_SEE = { roles: ['admin', 'analyst'], scope: 'group' } as const;
const MAY_SEE_USERS = { roles: ['admin'], scope: 'group', why: 'how people sign in; everybody else sees colleagues' } as const;
const MAY_SEE_COLLEAGUES = { roles: ['consultant', 'manager', 'service-manager', 'analyst', 'admin'], scope: 'site' } as const;

@ApiTags('administration')
@Controller()
export class GroupDirectoryController {
  constructor(@Inject(QueryBus) private readonly bus: QueryBus) {}

  @Get('admin/units')
  @Allow(MAY_SEE)
  @QueryRoute('Units (单位) of the group, by id', UnitPageShown, PAGED)
  units(@Query() asked: PageQuery, @CurrentCaller() caller: Caller): Promise<UnitPageShown> {
    return this.bus.execute(NamedQuery.of(unitsListed, asked, caller));
  }

  @Get('admin/units/:unitId')
  @Allow(MAY_SEE)
  @QueryRoute('A unit', UnitShown, { 404: ['unit.unknown'] })
  unit(@Param() { unitId }: UnitPath, @Query() asked: ReadQuery, @CurrentCaller() caller: Caller): Promise<UnitShown> {
    return this.bus.execute(NamedQuery.of(unitAsked, Object.assign(asked, { unitId }), caller));
  }

  @Get('admin/sites')
  @Allow(MAY_SEE)
  @QueryRoute('Sites (案场、展厅) of the group, by id; closed ones too', SitePageShown, PAGED)
  sites(@Query() asked: ListSitesQuery, @CurrentCaller() caller: Caller): Promise<SitePageShown> {
    return this.bus.execute(NamedQuery.of(sitesListed, asked, caller));
  }

  @Get('admin/sites/:siteId')
  @Allow(MAY_SEE)
  @QueryRoute('A site, with its calendar', SiteShown, { 404: ['site.unknown'] })
  site(@Param() { siteId }: SitePath, @Query() asked: ReadQuery, @CurrentCaller() caller: Caller): Promise<SiteShown> {
    return this.bus.execute(NamedQuery.of(siteAsked, Object.assign(asked, { siteId }), caller));
  }

  @Get('admin/users')
  @Allow(MAY_SEE_USERS)
  @QueryRoute('Those who sign in, by id; deactivated ones too', UserPageShown, PAGED)
  users(@Query() asked: ListUsersQuery, @CurrentCaller() caller: Caller): Promise<UserPageShown> {
    return this.bus.execute(NamedQuery.of(usersListed, asked, caller));
  }

  @Get('admin/users/:userId')
  @Allow(MAY_SEE_USERS)
  @QueryRoute('Somebody who signs in', UserShown, { 404: ['user.not-registered'] })
  user(@Param() { userId }: UserPath, @Query() asked: ReadQuery, @CurrentCaller() caller: Caller): Promise<UserShown> {
    return this.bus.execute(NamedQuery.of(userAsked, Object.assign(asked, { userId }), caller));
  }

  @Get('colleagues')
  @Allow(MAY_SEE_COLLEAGUES)
  @QueryRoute('Those who may act at one of my sites, by id; deactivated ones too', ColleaguePageShown, PAGED)
  colleagues(@Query() asked: PageQuery, @CurrentCaller() caller: Caller): Promise<ColleaguePageShown> {
    return this.bus.execute(NamedQuery.of(colleaguesListed, asked, caller));
  }
}

import { Controller, Get, Inject } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Caller, Role } from '@touchline/core';
import { ROLES } from '@touchline/core';
import { LookupRoute } from '@touchline/http';
import { Allow, CurrentCaller } from './allow.js';
import { SiteDirectory } from './directories.js';

class OwnSite {
  @ApiProperty({ example: 'pudong' })
  siteId!: string;

  @ApiProperty({ example: '浦东展厅' })
  name!: string;

  @ApiProperty({ description: 'IANA time zone', example: 'Asia/Shanghai' })
  zone!: string;

  @ApiProperty({ type: [String], description: 'the first is meant where a contact names none', example: ['kaixuan'] })
  productLines!: readonly string[];

  @ApiProperty()
  open!: boolean;
}

class Me {
  @ApiProperty({ description: 'short name of the group', example: 'dongfang' })
  tenant!: string;

  @ApiProperty({ format: 'uuid' })
  userId!: string;

  @ApiProperty({ example: '李娜' })
  displayName!: string;

  @ApiProperty({ enum: [...ROLES], isArray: true })
  roles!: readonly Role[];

  @ApiProperty({ description: 'the whole group; `sites` is empty then', example: false })
  allSites!: boolean;

  @ApiProperty({ type: [OwnSite] })
  sites!: OwnSite[];
}

@ApiTags('sign-in')
@Controller('me')
export class MeController {
  constructor(@Inject(SiteDirectory) private readonly sites: SiteDirectory) {}

  @Get()
  @Allow({ roles: ROLES, scope: 'self' })
  @LookupRoute('Who I am, what I may do, and where', Me)
  async me(@CurrentCaller() { tenant, userId, displayName, roles, sites }: Caller): Promise<Me> {
    return {
      tenant,
      userId,
      displayName,
      roles,
      allSites: sites === 'all',
      sites: await this.ownSites(tenant, sites === 'all' ? [] : sites),
    };
  }

  private async ownSites(tenant: string, siteIds: readonly string[]): Promise<OwnSite[]> {
    const found = await Promise.all(siteIds.map(async (siteId) => ({ siteId, site: await this.sites.site(tenant, siteId) })));
    return found.flatMap(({ siteId, site }) => {
      if (site === null) return [];
      const { name, zone, productLines, open } = site;
      return [{ siteId, name, zone, productLines, open }];
    });
  }
}

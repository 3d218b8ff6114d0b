import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import type { Role } from '@touchline/core';
import { ROLES } from '@touchline/core';
import { PageQuery, ScopeOfSites, ResponseProperty, Slug, Uuid } from '@touchline/http';
import type { SiteCalendar } from '@touchline/touchpoints/site/calendar.events.js';

export class UnitPath {
  @Slug({ example: 'shanghai-east' })
  unitId!: string;
}

export class SitePath {
  @Slug({ example: 'pudong' })
  siteId!: string;
}

export class UserPath {
  @Uuid()
  userId!: string;
}

export class ListSitesQuery extends PageQuery {
  @Slug({ optional: true, description: 'sites of this unit' })
  unit?: string;
}

export class ListUsersQuery extends PageQuery {
  @Slug({ optional: true, description: 'those who may act at this site' })
  site?: string;
}

const Next = (): PropertyDecorator => ResponseProperty(String, { nullable: true, description: 'cursor of the page after' });

export class UnitShown {
  @ResponseProperty(String, { example: 'shanghai-east' }) unitId!: string;
  @ResponseProperty(String, { example: '上海东区' }) name!: string;
}

export class UnitPageShown {
  @ResponseProperty(() => UnitShown, { list: true }) items!: UnitShown[];
  @Next() next!: string | null;
}

class PlaybookRefShown {
  @ResponseProperty(String, { example: 'auto-ssp9' }) id!: string;
  @ResponseProperty(Number, { example: 1 }) version!: number;
}

export class ListedSiteShown {
  @ResponseProperty(String, { example: 'pudong' }) siteId!: string;
  @ResponseProperty(String, { example: '浦东展厅' }) name!: string;
  @ResponseProperty(String, { example: 'shanghai-east' }) unitId!: string;
  @ResponseProperty(String, { example: 'Asia/Shanghai' }) zone!: string;
  @ResponseProperty(() => PlaybookRefShown, { description: 'what new journeys begin with' }) playbook!: PlaybookRefShown;
  @ResponseProperty(String, { list: true, example: ['kaixuan'] }) productLines!: string[];
  @ResponseProperty(Boolean) open!: boolean;
}

export class SiteShown extends ListedSiteShown {
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'as it was set; null until then' })
  calendar!: SiteCalendar | null;
}

export class SitePageShown {
  @ResponseProperty(() => ListedSiteShown, { list: true }) items!: ListedSiteShown[];
  @Next() next!: string | null;
}

/** Whom a colleague has to do with; how they sign in is not a colleague's business. */
export class ColleagueShown {
  @ResponseProperty(String) userId!: string;
  @ResponseProperty(String, { example: '李娜' }) displayName!: string;
  @ResponseProperty(String, { list: true, enum: ROLES }) roles!: readonly Role[];
  @ResponseProperty(Boolean, { description: 'false for somebody who was deactivated' }) active!: boolean;
}

export class ColleaguePageShown {
  @ResponseProperty(() => ColleagueShown, { list: true }) items!: ColleagueShown[];
  @Next() next!: string | null;
}

export class UserShown extends IntersectionType(ColleagueShown, ScopeOfSites) {
  @ResponseProperty(String, { example: 'li.na' }) login!: string;
}

export class UserPageShown {
  @ResponseProperty(() => UserShown, { list: true }) items!: UserShown[];
  @Next() next!: string | null;
}

class BilingualShown {
  @ResponseProperty(String, { example: '自行车' }) zh!: string;
  @ResponseProperty(String, { example: 'Bikes' }) en!: string;
}

export class ListedPlaybookShown {
  @ResponseProperty(String, { example: 'bikes' }) id!: string;
  @ResponseProperty(() => BilingualShown, { description: 'in the newest version' }) name!: BilingualShown;
  @ResponseProperty(Number, { list: true, description: 'first to last', example: [1, 2] }) versions!: number[];
  @ResponseProperty(Boolean, { description: 'true where it ships with the product' }) shipped!: boolean;
}

export class PlaybookPageShown {
  @ResponseProperty(() => ListedPlaybookShown, { list: true }) items!: ListedPlaybookShown[];
  @Next() next!: string | null;
}

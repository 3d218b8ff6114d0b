import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import type { Role } from '@touchline/core';
import { ROLES } from '@touchline/core';
import { PageQuery, ScopeOfSites, Shown, Slug, Uuid } from '@touchline/http';
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

const Next = (): PropertyDecorator => Shown(String, { nullable: true, description: 'cursor of the page after' });

export class UnitShown {
  @Shown(String, { example: 'shanghai-east' }) unitId!: string;
  @Shown(String, { example: '上海东区' }) name!: string;
}

export class UnitPageShown {
  @Shown(() => UnitShown, { list: true }) items!: UnitShown[];
  @Next() next!: string | null;
}

class PlaybookRefShown {
  @Shown(String, { example: 'auto-ssp9' }) id!: string;
  @Shown(Number, { example: 1 }) version!: number;
}

export class ListedSiteShown {
  @Shown(String, { example: 'pudong' }) siteId!: string;
  @Shown(String, { example: '浦东展厅' }) name!: string;
  @Shown(String, { example: 'shanghai-east' }) unitId!: string;
  @Shown(String, { example: 'Asia/Shanghai' }) zone!: string;
  @Shown(() => PlaybookRefShown, { description: 'what new journeys begin with' }) playbook!: PlaybookRefShown;
  @Shown(String, { list: true, example: ['kaixuan'] }) productLines!: string[];
  @Shown(Boolean) open!: boolean;
}

export class SiteShown extends ListedSiteShown {
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'as it was set; null until then' })
  calendar!: SiteCalendar | null;
}

export class SitePageShown {
  @Shown(() => ListedSiteShown, { list: true }) items!: ListedSiteShown[];
  @Next() next!: string | null;
}

/** Whom a colleague has to do with; how they sign in is not a colleague's business. */
export class ColleagueShown {
  @Shown(String) userId!: string;
  @Shown(String, { example: '李娜' }) displayName!: string;
  @Shown(String, { list: true, enum: ROLES }) roles!: readonly Role[];
  @Shown(Boolean, { description: 'false for somebody who was deactivated' }) active!: boolean;
}

export class ColleaguePageShown {
  @Shown(() => ColleagueShown, { list: true }) items!: ColleagueShown[];
  @Next() next!: string | null;
}

export class UserShown extends IntersectionType(ColleagueShown, ScopeOfSites) {
  @Shown(String, { example: 'li.na' }) login!: string;
}

export class UserPageShown {
  @Shown(() => UserShown, { list: true }) items!: UserShown[];
  @Next() next!: string | null;
}

class BilingualShown {
  @Shown(String, { example: '自行车' }) zh!: string;
  @Shown(String, { example: 'Bikes' }) en!: string;
}

export class ListedPlaybookShown {
  @Shown(String, { example: 'bikes' }) id!: string;
  @Shown(() => BilingualShown, { description: 'in the newest version' }) name!: BilingualShown;
  @Shown(Number, { list: true, description: 'first to last', example: [1, 2] }) versions!: number[];
  @Shown(Boolean, { description: 'true where it ships with the product' }) shipped!: boolean;
}

export class PlaybookPageShown {
  @Shown(() => ListedPlaybookShown, { list: true }) items!: ListedPlaybookShown[];
  @Next() next!: string | null;
}

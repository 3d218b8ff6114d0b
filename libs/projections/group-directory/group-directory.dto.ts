import { ApiExtraModels, ApiProperty, IntersectionType, getSchemaPath } from '@nestjs/swagger';
import type { Role } from '@touchline/core';
import { ROLES } from '@touchline/core';
import { PageQuery, ScopeOfSites, ResponseProperty, Revision, Slug, Uuid } from '@touchline/http';
import { PlaybookRefShown } from '../shown.dto.js';
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
  unitId?: string;
}

export class ListUsersQuery extends PageQuery {
  @Slug({ optional: true, description: 'those who may act at this site' })
  siteId?: string;
}

const Next = (): PropertyDecorator => ResponseProperty(String, { nullable: true, description: 'cursor of the page after' });

export class UnitShown {
  @ResponseProperty(String, { example: 'shanghai-east' }) unitId!: string;
  @ResponseProperty(String, { example: '上海东区' }) name!: string;
  @Revision() revision!: number;
}

export class UnitPageShown {
  @ResponseProperty(() => UnitShown, { list: true }) items!: UnitShown[];
  @Next() next!: string | null;
}

export class ListedSiteShown {
  @ResponseProperty(String, { example: 'pudong' }) siteId!: string;
  @ResponseProperty(String, { example: '浦东展厅' }) name!: string;
  @ResponseProperty(String, { example: 'shanghai-east' }) unitId!: string;
  @ResponseProperty(String, { example: 'Asia/Shanghai' }) zone!: string;
  @ResponseProperty(() => PlaybookRefShown, { description: 'what new journeys begin with' }) playbook!: PlaybookRefShown;
  @ResponseProperty(String, { list: true, example: ['kaixuan'] }) productLines!: string[];
  @ResponseProperty(Boolean) open!: boolean;
  @Revision() revision!: number;
}

class SlotShown {
  @ResponseProperty(String, { description: 'HH:MM at the site', example: '09:00' }) from!: string;
  @ResponseProperty(String, { description: 'HH:MM, exclusive; 24:00 ends the day', example: '18:00' }) to!: string;
}

class MakeUpDayShown {
  @ResponseProperty(String, { example: '2026-10-10' }) date!: string;
  @ResponseProperty(() => SlotShown, { optional: true, list: true, description: 'hours of its own' }) slots?: SlotShown[];
  @ResponseProperty(String, { optional: true, description: 'day whose hours it has', example: '2026-10-05' }) replaces?: string;
}

@ApiExtraModels(SlotShown)
class SiteCalendarShown {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: { $ref: getSchemaPath(SlotShown) } },
    description: 'by weekday; one that is left out is not worked',
    example: { monday: [{ from: '09:00', to: '18:00' }] },
  })
  weekly!: Record<string, SlotShown[]>;

  @ResponseProperty(String, { list: true, description: 'days not worked', example: ['2026-10-01'] }) closed!: string[];
  @ResponseProperty(() => MakeUpDayShown, { list: true }) makeUp!: MakeUpDayShown[];
}

export class SiteShown extends ListedSiteShown {
  @ResponseProperty(() => SiteCalendarShown, { nullable: true, description: 'as it was set; null until then' })
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
  @Revision() revision!: number;
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
  @ResponseProperty(String, { example: 'bikes' }) playbookId!: string;
  @ResponseProperty(() => BilingualShown, { description: 'in the newest version' }) name!: BilingualShown;
  @ResponseProperty(Number, { list: true, description: 'first to last', example: [1, 2] }) versions!: number[];
  @ResponseProperty(Boolean, { description: 'true where it ships with the product' }) shipped!: boolean;
  @Revision('of one that ships') revision!: number | null;
}

export class PlaybookPageShown {
  @ResponseProperty(() => ListedPlaybookShown, { list: true }) items!: ListedPlaybookShown[];
  @Next() next!: string | null;
}

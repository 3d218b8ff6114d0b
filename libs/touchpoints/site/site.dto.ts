import { Int, Nested, NestedList, Slug, Text, TextList, SLUG, pick } from '@touchline/http';
import { Matches } from 'class-validator';
import type { MakeUpDay, SiteCalendar, Slot } from './calendar.events.js';
import { WEEKDAYS } from './calendar.events.js';

export class SitePath {
  @Slug({ example: 'pudong' })
  siteId!: string;
}

class PlaybookRefDto {
  @Slug({ example: 'auto-ssp9' })
  id!: string;

  @Int({ min: 1, max: 100_000 })
  version!: number;
}

const ProductLines =
  (options: { optional?: true } = {}): PropertyDecorator =>
  (target, property) => {
    const description = 'the first is meant where a contact names none';
    TextList({ ...options, maxItems: 50, max: 40, description, example: ['kaixuan'] })(target, property);
    Matches(SLUG, { each: true })(target, property);
  };

export class OpenSiteDto {
  @Slug({ description: 'chosen here, for ever', example: 'pudong' })
  siteId!: string;

  @Text({ max: 100, example: '浦东展厅' })
  name!: string;

  @Slug({ example: 'shanghai-east' })
  unitId!: string;

  @Text({ max: 60, description: 'IANA time zone; it never changes', example: 'Asia/Shanghai' })
  zone!: string;

  @Nested(() => PlaybookRefDto, { description: 'what new journeys begin with' })
  playbook!: PlaybookRefDto;

  @ProductLines()
  productLines!: string[];
}

/** Only what changes. */
export class ChangeSiteDto {
  @Text({ optional: true, max: 100 })
  name?: string;

  @Nested(() => PlaybookRefDto, { optional: true, description: 'for journeys that begin from now on' })
  playbook?: PlaybookRefDto;

  @ProductLines({ optional: true })
  productLines?: string[];
}

export class CloseSiteDto {
  @Text({ optional: true, max: 300 })
  reason?: string;
}

const MOST_DATES = 1_000;

class SlotDto {
  @Text({ max: 5, description: 'HH:MM at the site', example: '09:00' })
  from!: string;

  @Text({ max: 5, description: 'HH:MM, exclusive; 24:00 ends the day', example: '18:00' })
  to!: string;
}

const DaySlots = (): PropertyDecorator => NestedList(() => SlotDto, { optional: true, maxItems: 10 });

class WeekDto {
  @DaySlots()
  monday?: SlotDto[];

  @DaySlots()
  tuesday?: SlotDto[];

  @DaySlots()
  wednesday?: SlotDto[];

  @DaySlots()
  thursday?: SlotDto[];

  @DaySlots()
  friday?: SlotDto[];

  @DaySlots()
  saturday?: SlotDto[];

  @DaySlots()
  sunday?: SlotDto[];
}

class MakeUpDayDto {
  @Text({ max: 10, description: 'day worked although its weekday or the holidays say otherwise (调休)', example: '2026-10-10' })
  date!: string;

  @NestedList(() => SlotDto, { optional: true, minItems: 1, maxItems: 10, description: 'hours of its own' })
  slots?: SlotDto[];

  @Text({ optional: true, max: 10, description: 'day whose hours it has, where it has none of its own', example: '2026-10-05' })
  replaces?: string;
}

/** The whole calendar, in place of the one before. */
export class SiteCalendarDto {
  @Nested(() => WeekDto, { description: 'a weekday that is left out is not worked' })
  weekly!: WeekDto;

  @TextList({ maxItems: MOST_DATES, max: 10, description: 'days not worked', example: ['2026-10-01'] })
  closed!: string[];

  @NestedList(() => MakeUpDayDto, { maxItems: MOST_DATES })
  makeUp!: MakeUpDayDto[];
}

export const playbookRef = (dto: PlaybookRefDto): { id: string; version: number } => pick(dto, 'id', 'version');

export function calendar({ weekly, closed, makeUp }: SiteCalendarDto): SiteCalendar {
  const slots = (day: readonly SlotDto[]): Slot[] => day.map((slot) => pick(slot, 'from', 'to'));
  const worked = WEEKDAYS.flatMap((day) => (weekly[day] === undefined ? [] : [[day, slots(weekly[day])] as const]));
  const days = makeUp.map((day): MakeUpDay => ({
    ...pick(day, 'date', 'replaces'),
    ...(day.slots !== undefined && { slots: slots(day.slots) }),
  }));
  return { weekly: Object.fromEntries(worked), closed, makeUp: days };
}

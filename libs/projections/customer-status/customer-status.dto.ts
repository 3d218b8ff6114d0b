import { IntersectionType } from '@nestjs/swagger';
import type { Json } from '@touchline/core';
import { Instant, OneOf, OrderedPageQuery, PageQuery, ReadQuery, Shown, Slug, Text, Uuid } from '@touchline/http';
import type { MomentNamed } from '@touchline/replay';
import { CATEGORIES, LIFECYCLES } from '@touchline/touchpoints/journey/journey-status.events.js';
import type { Category, Lifecycle } from '@touchline/touchpoints/journey/journey-status.events.js';
import { EventNamedShown, MaybeAsOf, MomentShown } from '../as-of.dto.js';
import type { CustomerFilter, CustomerSort } from './customer-status.query.js';

export class CountCustomersQuery extends ReadQuery implements CustomerFilter {
  @OneOf(LIFECYCLES, { optional: true })
  lifecycle?: Lifecycle;

  @OneOf(CATEGORIES, { optional: true })
  category?: Category;

  @Slug({ optional: true, description: 'customers known at this site', example: 'pudong' })
  site?: string;

  @Uuid({ optional: true, description: 'customers with a journey of this consultant' })
  owner?: string;

  @Slug({ optional: true, description: 'customers with a journey at this unit' })
  unit?: string;
}

export class ListCustomersQuery extends IntersectionType(OrderedPageQuery, CountCustomersQuery) {
  @OneOf(['last-touch', 'known-since'], { optional: true, description: 'default last-touch' })
  sort?: CustomerSort;
}

class JourneyNumbers {
  @Shown(Number) total!: number;
  @Shown(Number) open!: number;
  @Shown(Number) lost!: number;
  @Shown(Number, { description: 'with a contract that stands' }) bought!: number;
}

class ComplaintNumbers {
  @Shown(Number) total!: number;
  @Shown(Number) open!: number;
}

class BoughtShown {
  @Shown(String, { example: 'CNY' }) currency!: string;
  @Shown(Number, { description: 'minor units' }) amount!: number;
  @Shown(Number) contracts!: number;
}

export class ListedCustomerShown {
  @Shown(String) customerId!: string;
  @Shown(String, { enum: LIFECYCLES }) lifecycle!: Lifecycle;
  @Shown(String, { enum: CATEGORIES }) category!: Category;
  @Shown(String, { nullable: true, description: 'person or organisation; null for those who see other sites only' }) kind!: string | null;
  @Shown(String, { nullable: true }) registeredAt!: string | null;
  @Shown(String, { nullable: true }) firstContactAt!: string | null;
  @Shown(String, { nullable: true }) lastTouchAt!: string | null;
  @Shown(Number) touchpoints!: number;
  @Shown(() => JourneyNumbers) journeys!: JourneyNumbers;
  @Shown(() => ComplaintNumbers) complaints!: ComplaintNumbers;
  @Shown(Boolean) quoteStanding!: boolean;
  @Shown(() => BoughtShown, { list: true }) bought!: BoughtShown[];
  @Shown(String, { list: true }) owners!: string[];
  @Shown(String, { list: true }) sites!: string[];
}

export class CustomerPageShown {
  @Shown(() => ListedCustomerShown, { list: true }) items!: ListedCustomerShown[];
  @Shown(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

class JourneyPartShown {
  @Shown(String) journeyId!: string;
  @Shown(String, { nullable: true }) siteId!: string | null;
  @Shown(String, { nullable: true }) ownerId!: string | null;
  @Shown(String, { nullable: true }) productLine!: string | null;
  @Shown(String, { nullable: true }) product!: string | null;
  @Shown(Boolean, { description: 'not lost' }) open!: boolean;
  @Shown(String, { nullable: true, description: 'the furthest stage that stands' }) stageId!: string | null;
  @Shown(String, { nullable: true }) stageEnteredAt!: string | null;
  @Shown(String, { nullable: true, enum: LIFECYCLES }) lifecycle!: Lifecycle | null;
  @Shown(String, { nullable: true, enum: CATEGORIES }) category!: Category | null;
  @Shown(String) openedAt!: string;
  @Shown(String, { nullable: true }) lastTouchAt!: string | null;
  @Shown(String, { nullable: true }) lostAt!: string | null;
  @Shown(String, { nullable: true }) contractAt!: string | null;
}

class ComplaintPartShown {
  @Shown(String) complaintId!: string;
  @Shown(String, { nullable: true }) journeyId!: string | null;
  @Shown(String, { nullable: true }) siteId!: string | null;
  @Shown(String, { example: 'acknowledged' }) status!: string;
  @Shown(String, { nullable: true }) complaintCategory!: string | null;
  @Shown(String, { nullable: true }) severity!: string | null;
  @Shown(String) openedAt!: string;
}

export class CustomerStatusShown extends IntersectionType(ListedCustomerShown, MaybeAsOf) {
  @Shown(() => JourneyPartShown, { list: true }) journeyList!: JourneyPartShown[];
  @Shown(() => ComplaintPartShown, { list: true }) complaintList!: ComplaintPartShown[];
}

const MOMENT = 'an instant: what had happened by then, as known then; or a position of the log: what was recorded up to it';

export class StatusDiffQuery extends PageQuery implements MomentNamed {
  @Text({ max: 100, description: MOMENT, example: '2026-03-31T23:59:59+08:00' })
  from!: string;

  @Text({ optional: true, max: 100, description: `the same; default now` })
  to?: string;

  @Instant({ optional: true, description: 'on both sides, what had happened by then' })
  happenedBy?: string;

  @Text({ optional: true, max: 100, description: 'on both sides, what was recorded by then: an instant or a position' })
  knownBy?: string;
}

class ChangeShown {
  @Shown(String, { example: 'lifecycle', description: 'journeys and complaints by their id: journey.<id>.stageId' }) field!: string;
  @Shown(Object, { anything: true, example: 'potential' }) from!: Json;
  @Shown(Object, { anything: true, example: 'formal' }) to!: Json;
  @Shown(() => EventNamedShown, { list: true, description: 'by which it changed, the last one last; at most the last 20' })
  by!: EventNamedShown[];
  @Shown(Number) byTotal!: number;
}

export class StatusDiffShown {
  @Shown(String) customerId!: string;
  @Shown(() => MomentShown) from!: MomentShown;
  @Shown(() => MomentShown) to!: MomentShown;
  @Shown(() => ChangeShown, { list: true, description: 'in the order of their fields' }) changes!: ChangeShown[];
  @Shown(Number, { description: 'of all pages' }) changesTotal!: number;
  @Shown(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

class LifecycleCounts implements Record<Lifecycle, number> {
  @Shown(Number) potential!: number;
  @Shown(Number) trial!: number;
  @Shown(Number) intending!: number;
  @Shown(Number) committed!: number;
  @Shown(Number) formal!: number;
}

class CategoryCounts implements Record<Category, number> {
  @Shown(Number) potential!: number;
  @Shown(Number) lost!: number;
  @Shown(Number) prospect!: number;
  @Shown(Number) owner!: number;
}

/** Each number is that of the rows `GET /customers` gives with the same filter and this lifecycle or category. */
export class CustomerCountsShown {
  @Shown(Number) total!: number;
  @Shown(() => LifecycleCounts) byLifecycle!: LifecycleCounts;
  @Shown(() => CategoryCounts) byCategory!: CategoryCounts;
}

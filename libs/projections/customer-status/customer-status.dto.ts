import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import type { Json } from '@touchline/core';
import { Instant, OneOf, OrderedPageQuery, PageQuery, ReadQuery, ResponseProperty, Revision, Slug, Text, Uuid } from '@touchline/http';
import type { MomentNamed } from '@touchline/replay';
import { CATEGORIES, LIFECYCLES } from '@touchline/touchpoints/journey/journey-status.fold.js';
import type { Category, Lifecycle } from '@touchline/touchpoints/journey/journey-status.fold.js';
import { EventNamedShown, MaybeAsOf, MomentShown } from '../as-of.dto.js';
import { StandingContractShown, StandingStageShown } from '../shown.dto.js';
import type { CustomerFilter, CustomerSort } from './customer-status.query.js';

export class CountCustomersQuery extends ReadQuery implements CustomerFilter {
  @OneOf(LIFECYCLES, { optional: true })
  lifecycle?: Lifecycle;

  @OneOf(CATEGORIES, { optional: true })
  category?: Category;

  @Slug({ optional: true, description: 'customers known at this site', example: 'pudong' })
  siteId?: string;

  @Uuid({ optional: true, description: 'customers with a journey of this consultant' })
  ownerId?: string;

  @Slug({ optional: true, description: 'customers with a journey at this unit' })
  unitId?: string;
}

export class ListCustomersQuery extends IntersectionType(OrderedPageQuery, CountCustomersQuery) {
  @OneOf(['last-touch', 'known-since'], { optional: true, description: 'default last-touch' })
  sort?: CustomerSort;
}

class JourneyNumbers {
  @ResponseProperty(Number) total!: number;
  @ResponseProperty(Number) open!: number;
  @ResponseProperty(Number) lost!: number;
  @ResponseProperty(Number, { description: 'with a contract that stands' }) bought!: number;
}

class ComplaintNumbers {
  @ResponseProperty(Number) total!: number;
  @ResponseProperty(Number) open!: number;
}

class BoughtShown {
  @ResponseProperty(String, { example: 'CNY' }) currency!: string;
  @ResponseProperty(Number, { description: 'minor units' }) amount!: number;
  @ResponseProperty(Number) contracts!: number;
}

export class ListedCustomerShown {
  @ResponseProperty(String) customerId!: string;
  @Revision('for those who see other sites only') revision!: number | null;
  @ResponseProperty(String, { enum: LIFECYCLES }) lifecycle!: Lifecycle;
  @ResponseProperty(String, { enum: CATEGORIES }) category!: Category;
  @ResponseProperty(String, { nullable: true, description: 'person or organisation; null for those who see other sites only' })
  customerType!: string | null;
  @ResponseProperty(String, { nullable: true }) registeredAt!: string | null;
  @ResponseProperty(String, { nullable: true }) firstContactAt!: string | null;
  @ResponseProperty(String, { nullable: true }) lastTouchAt!: string | null;
  @ResponseProperty(Number) touchpoints!: number;
  @ResponseProperty(() => JourneyNumbers) journeys!: JourneyNumbers;
  @ResponseProperty(() => ComplaintNumbers) complaints!: ComplaintNumbers;
  @ResponseProperty(Boolean) quoteStanding!: boolean;
  @ResponseProperty(() => BoughtShown, { list: true }) bought!: BoughtShown[];
  @ResponseProperty(String, { list: true }) ownerIds!: string[];
  @ResponseProperty(String, { list: true }) siteIds!: string[];
}

export class CustomerPageShown {
  @ResponseProperty(() => ListedCustomerShown, { list: true }) items!: ListedCustomerShown[];
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

export class JourneyPartShown {
  @ResponseProperty(String) journeyId!: string;
  @Revision() revision!: number;
  @ResponseProperty(String, { nullable: true }) siteId!: string | null;
  @ResponseProperty(String, { nullable: true }) ownerId!: string | null;
  @ResponseProperty(String, { nullable: true }) productLine!: string | null;
  @ResponseProperty(String, { nullable: true }) product!: string | null;
  @ResponseProperty(Boolean, { description: 'not lost' }) open!: boolean;
  @ResponseProperty(() => StandingStageShown, { nullable: true, description: 'the furthest that stands' })
  stage!: StandingStageShown | null;
  @ResponseProperty(String, { nullable: true, enum: LIFECYCLES }) lifecycle!: Lifecycle | null;
  @ResponseProperty(String, { nullable: true, enum: CATEGORIES }) category!: Category | null;
  @ResponseProperty(String) openedAt!: string;
  @ResponseProperty(String, { nullable: true }) lastTouchAt!: string | null;
  @ResponseProperty(String, { nullable: true }) lostAt!: string | null;
  @ResponseProperty(() => StandingContractShown, { nullable: true, description: 'the one that stands' })
  contract!: StandingContractShown | null;
}

export class ComplaintPartShown {
  @ResponseProperty(String) complaintId!: string;
  @Revision() revision!: number;
  @ResponseProperty(String, { nullable: true }) journeyId!: string | null;
  @ResponseProperty(String, { nullable: true }) siteId!: string | null;
  @ResponseProperty(String, { example: 'acknowledged' }) status!: string;
  @ResponseProperty(String, { nullable: true }) category!: string | null;
  @ResponseProperty(String, { nullable: true }) severity!: string | null;
  @ResponseProperty(String) openedAt!: string;
}

/** A call or visit that left no details, and turned out to be this customer's. */
export class ContactPartShown {
  @ResponseProperty(String) contactId!: string;
  @Revision() revision!: number;
  @ResponseProperty(String, { nullable: true, description: 'journey it is tied to' }) journeyId!: string | null;
  @ResponseProperty(String, { nullable: true }) siteId!: string | null;
  @ResponseProperty(String, { description: 'when it happened' }) openedAt!: string;
}

export class CustomerStatusShown extends IntersectionType(ListedCustomerShown, MaybeAsOf) {
  @ResponseProperty(() => JourneyPartShown, { list: true }) journeyList!: JourneyPartShown[];
  @ResponseProperty(() => ComplaintPartShown, { list: true }) complaintList!: ComplaintPartShown[];
  @ResponseProperty(() => ContactPartShown, { list: true }) contactList!: ContactPartShown[];
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

/** One value of a status. */
const Value = (example: string): PropertyDecorator =>
  ApiProperty({
    anyOf: [{ type: 'null' }, { type: 'string' }, { type: 'integer', format: 'int64' }, { type: 'boolean' }],
    example,
  });

class ChangeShown {
  @ResponseProperty(String, {
    example: 'lifecycle',
    description: 'what there are several of by its id: journey.<id>.stage.id, siteIds.<id>, bought.<currency>.amount',
  })
  field!: string;
  @Value('potential') from!: Json;
  @Value('formal') to!: Json;
  @ResponseProperty(() => EventNamedShown, { list: true, description: 'by which it changed, the last one last; at most the last 20' })
  by!: EventNamedShown[];
  @ResponseProperty(Number) byTotal!: number;
}

export class StatusDiffShown {
  @ResponseProperty(String) customerId!: string;
  @ResponseProperty(() => MomentShown) from!: MomentShown;
  @ResponseProperty(() => MomentShown) to!: MomentShown;
  @ResponseProperty(() => ChangeShown, { list: true, description: 'in the order of their fields' }) changes!: ChangeShown[];
  @ResponseProperty(Number, { description: 'of all pages' }) changesTotal!: number;
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

class LifecycleCounts implements Record<Lifecycle, number> {
  @ResponseProperty(Number) potential!: number;
  @ResponseProperty(Number) trial!: number;
  @ResponseProperty(Number) intending!: number;
  @ResponseProperty(Number) committed!: number;
  @ResponseProperty(Number) formal!: number;
}

class CategoryCounts implements Record<Category, number> {
  @ResponseProperty(Number) potential!: number;
  @ResponseProperty(Number) lost!: number;
  @ResponseProperty(Number) prospect!: number;
  @ResponseProperty(Number) owner!: number;
}

/** Each number is that of the rows `GET /customers` gives with the same filter and this lifecycle or category. */
export class CustomerCountsShown {
  @ResponseProperty(Number) total!: number;
  @ResponseProperty(() => LifecycleCounts) byLifecycle!: LifecycleCounts;
  @ResponseProperty(() => CategoryCounts) byCategory!: CategoryCounts;
}

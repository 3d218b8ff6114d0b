import { IntersectionType } from '@nestjs/swagger';
import type { Json, JsonObject } from '@touchline/core';
import { Instant, OrderedPageQuery, QueryTextList, ResponseProperty } from '@touchline/http';
import { AsOfQuery, MaybeAsOf } from '../as-of.dto.js';
import type { Correction } from './customer-timeline.entity.js';
import type { ComplaintStands, ShownEntry, TimelineFilter } from './timeline.query.js';

export class TimelineQuery extends OrderedPageQuery implements TimelineFilter {
  @QueryTextList({
    optional: true,
    maxItems: 50,
    max: 60,
    description: 'names of events, or touchpoint kinds that the playbook declares; may be repeated',
    example: ['visit-received', 'test-drive'],
  })
  type?: string[];

  @Instant({ optional: true, description: 'happened at or after' })
  from?: string;

  @Instant({ optional: true, description: 'happened before' })
  to?: string;
}

export class AsOfTimelineQuery extends IntersectionType(TimelineQuery, AsOfQuery) {}

class ReplacedShown {
  @ResponseProperty(String) field!: string;
  @ResponseProperty(Object, { anything: true, description: 'what it said before; null where it is sealed, or said nothing', example: 2 })
  before!: Json | null;
  @ResponseProperty(Boolean) sealed!: boolean;
}

class CorrectionShown implements Correction {
  @ResponseProperty(String) eventId!: string;
  @ResponseProperty(String, { description: 'user who corrected it' }) by!: string;
  @ResponseProperty(String) recordedAt!: string;
  @ResponseProperty(() => ReplacedShown, { list: true }) replaced!: ReplacedShown[];
}

/** One contact or service act as it counts now, with what corrections replaced. Nothing personal: sealed fields are named only. */
export class TimelineEntryShown implements Omit<ShownEntry, 'position'> {
  @ResponseProperty(String) eventId!: string;
  @ResponseProperty(String, { description: 'place in the log' }) position!: string;
  @ResponseProperty(String, { nullable: true }) customerId!: string | null;
  @ResponseProperty(String, { nullable: true }) journeyId!: string | null;
  @ResponseProperty(String, { nullable: true }) complaintId!: string | null;
  @ResponseProperty(String, { nullable: true }) contactId!: string | null;
  @ResponseProperty(String, { nullable: true }) siteId!: string | null;
  @ResponseProperty(String, { example: 'call-made' }) type!: string;
  @ResponseProperty(String, { nullable: true, description: 'touchpoint that the playbook declares', example: 'test-drive' })
  kind!: string | null;
  @ResponseProperty(String) occurredAt!: string;
  @ResponseProperty(String) recordedAt!: string;
  @ResponseProperty(Number, { description: 'how long after it happened it was recorded' }) lateBySeconds!: number;
  @ResponseProperty(String, { nullable: true }) channel!: string | null;
  @ResponseProperty(String, { nullable: true, enum: ['in', 'out'] }) direction!: string | null;
  @ResponseProperty(String, { nullable: true }) responsibleId!: string | null;
  @ResponseProperty(String) recordedBy!: string;
  @ResponseProperty(String, { nullable: true, description: 'stage it reached' }) stageId!: string | null;
  @ResponseProperty(Number, { nullable: true }) stageOrder!: number | null;
  @ResponseProperty(Object, { description: 'the fields of its type' }) details!: JsonObject;
  @ResponseProperty(String, { list: true, description: 'fields that are kept sealed' }) sealed!: string[];
  @ResponseProperty(() => CorrectionShown, { list: true }) corrections!: CorrectionShown[];
  @ResponseProperty(String, { list: true, description: 'rules that an imported fact broke' }) deviations!: string[];
  @ResponseProperty(String, { nullable: true }) sourceSystem!: string | null;
  @ResponseProperty(String, { nullable: true }) sourceReference!: string | null;
}

export class TimelinePageShown extends MaybeAsOf {
  @ResponseProperty(() => TimelineEntryShown, { list: true }) items!: TimelineEntryShown[];
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

export class ComplaintShown implements ComplaintStands {
  @ResponseProperty(String) complaintId!: string;
  @ResponseProperty(String, { enum: ['received', 'acknowledged', 'resolved', 'closed'] }) status!: string;
  @ResponseProperty(Boolean) open!: boolean;
  @ResponseProperty(String, { nullable: true }) customerId!: string | null;
  @ResponseProperty(String, { nullable: true }) journeyId!: string | null;
  @ResponseProperty(String, { nullable: true }) siteId!: string | null;
  @ResponseProperty(String, { nullable: true }) category!: string | null;
  @ResponseProperty(String, { nullable: true }) severity!: string | null;
  @ResponseProperty(() => TimelinePageShown, { description: 'what was done about it, the first step first; paged with limit and cursor' })
  course!: TimelinePageShown;
}

import { IntersectionType } from '@nestjs/swagger';
import type { Json, JsonObject } from '@touchline/core';
import { Instant, OrderedPageQuery, QueryTextList, Shown } from '@touchline/http';
import { AsOfQuery, MaybeAsOf } from '../as-of.dto.js';
import type { Correction } from './customer-timeline.projection.js';
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
  @Shown(String) field!: string;
  @Shown(Object, { anything: true, description: 'what it said before; null where it is sealed, or said nothing', example: 2 })
  before!: Json | null;
  @Shown(Boolean) sealed!: boolean;
}

class CorrectionShown implements Correction {
  @Shown(String) eventId!: string;
  @Shown(String, { description: 'user who corrected it' }) by!: string;
  @Shown(String) recordedAt!: string;
  @Shown(() => ReplacedShown, { list: true }) replaced!: ReplacedShown[];
}

/** One contact or service act as it counts now, with what corrections replaced. Nothing personal: sealed fields are named only. */
export class TimelineEntryShown implements Omit<ShownEntry, 'position'> {
  @Shown(String) eventId!: string;
  @Shown(String, { description: 'place in the log' }) position!: string;
  @Shown(String, { nullable: true }) customerId!: string | null;
  @Shown(String, { nullable: true }) journeyId!: string | null;
  @Shown(String, { nullable: true }) complaintId!: string | null;
  @Shown(String, { nullable: true }) contactId!: string | null;
  @Shown(String, { nullable: true }) siteId!: string | null;
  @Shown(String, { example: 'call-made' }) type!: string;
  @Shown(String, { nullable: true, description: 'touchpoint that the playbook declares', example: 'test-drive' })
  kind!: string | null;
  @Shown(String) occurredAt!: string;
  @Shown(String) recordedAt!: string;
  @Shown(Number, { description: 'how long after it happened it was recorded' }) lateBySeconds!: number;
  @Shown(String, { nullable: true }) channel!: string | null;
  @Shown(String, { nullable: true, enum: ['in', 'out'] }) direction!: string | null;
  @Shown(String, { nullable: true }) responsibleId!: string | null;
  @Shown(String) recordedBy!: string;
  @Shown(String, { nullable: true, description: 'stage it reached' }) stageId!: string | null;
  @Shown(Number, { nullable: true }) stageOrder!: number | null;
  @Shown(Object, { description: 'the fields of its type' }) details!: JsonObject;
  @Shown(String, { list: true, description: 'fields that are kept sealed' }) sealed!: string[];
  @Shown(() => CorrectionShown, { list: true }) corrections!: CorrectionShown[];
  @Shown(String, { list: true, description: 'rules that an imported fact broke' }) deviations!: string[];
  @Shown(String, { nullable: true }) sourceSystem!: string | null;
  @Shown(String, { nullable: true }) sourceReference!: string | null;
}

export class TimelinePageShown extends MaybeAsOf {
  @Shown(() => TimelineEntryShown, { list: true }) items!: TimelineEntryShown[];
  @Shown(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

export class ComplaintShown implements ComplaintStands {
  @Shown(String) complaintId!: string;
  @Shown(String, { enum: ['received', 'acknowledged', 'resolved', 'closed'] }) status!: string;
  @Shown(Boolean) open!: boolean;
  @Shown(String, { nullable: true }) customerId!: string | null;
  @Shown(String, { nullable: true }) journeyId!: string | null;
  @Shown(String, { nullable: true }) siteId!: string | null;
  @Shown(String, { nullable: true }) category!: string | null;
  @Shown(String, { nullable: true }) severity!: string | null;
  @Shown(() => TimelinePageShown, { description: 'what was done about it, the first step first; paged with limit and cursor' })
  course!: TimelinePageShown;
}

import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import type { Json } from '@touchline/core';
import { Instant, OrderedPageQuery, QueryTextList, ResponseProperty, Revision } from '@touchline/http';
import { AsOfQuery, MaybeAsOf } from '../as-of.dto.js';
import { Entries } from './timeline-entries.dto.js';
import type { TimelineEntryShown } from './timeline-entry.dto.js';
import type { ComplaintStands, TimelineFilter } from './timeline.query.js';

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
  occurredFrom?: string;

  @Instant({ optional: true, description: 'happened before' })
  occurredTo?: string;
}

export class AsOfTimelineQuery extends IntersectionType(TimelineQuery, AsOfQuery) {}

export class TimelinePageShown extends MaybeAsOf {
  @Entries() items!: TimelineEntryShown[];
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

export class ComplaintShown implements ComplaintStands {
  @ResponseProperty(String) complaintId!: string;
  @Revision() revision!: number;
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

export class TextsShown {
  @ResponseProperty(String) eventId!: string;
  @ApiProperty({
    ...{ type: 'object', additionalProperties: true, example: { note: '客户要求周末看车' } },
    description: 'by field, as they count now; {"erased":true} where the person was erased',
  })
  texts!: Record<string, Json>;
}

import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { JsonObject, Position } from '@touchline/core';
import { BigColumn, FoldedEntity, InstantColumn, PositionColumn, TextColumn } from '../folded.entity.js';
import type { Correction, TimelineEntry } from './customer-timeline.projection.js';

const maybe = { nullable: true } as const;

@Entity({ name: 'customer_timeline' })
@Index('customer_timeline_by_stream', ['stream', 'occurredAt', 'position'])
@Index('customer_timeline_by_site', ['tenant', 'siteId', 'occurredAt'])
export class CustomerTimelineEntity extends FoldedEntity implements TimelineEntry {
  @PrimaryColumn({ name: 'event_id', type: 'text', primaryKeyConstraintName: 'customer_timeline_pkey' })
  eventId!: string;

  @TextColumn('tenant')
  tenant!: string;

  @TextColumn('stream')
  stream!: string;

  @PositionColumn('position')
  position!: Position;

  @TextColumn('customer_id', maybe)
  customerId!: string | null;

  @TextColumn('journey_id', maybe)
  journeyId!: string | null;

  @TextColumn('complaint_id', maybe)
  complaintId!: string | null;

  @TextColumn('contact_id', maybe)
  contactId!: string | null;

  @TextColumn('site_id', maybe)
  siteId!: string | null;

  @InstantColumn('occurred_at')
  occurredAt!: string;

  @InstantColumn('recorded_at')
  recordedAt!: string;

  @BigColumn('late_by_seconds')
  lateBySeconds!: number;

  @TextColumn('type')
  type!: string;

  @TextColumn('kind', maybe)
  kind!: string | null;

  @TextColumn('channel', maybe)
  channel!: string | null;

  @TextColumn('direction', maybe)
  direction!: string | null;

  @TextColumn('responsible_id', maybe)
  responsibleId!: string | null;

  @TextColumn('recorded_by')
  recordedBy!: string;

  @TextColumn('stage_id', maybe)
  stageId!: string | null;

  @Column({ name: 'stage_order', type: 'integer', nullable: true })
  stageOrder!: number | null;

  @Column({ name: 'details', type: 'jsonb' })
  details!: JsonObject;

  @Column({ name: 'sealed', type: 'jsonb' })
  sealed!: string[];

  @Column({ name: 'corrections', type: 'jsonb' })
  corrections!: Correction[];

  @Column({ name: 'deviations', type: 'jsonb' })
  deviations!: string[];

  @TextColumn('source_system', maybe)
  sourceSystem!: string | null;

  @TextColumn('source_reference', maybe)
  sourceReference!: string | null;
}

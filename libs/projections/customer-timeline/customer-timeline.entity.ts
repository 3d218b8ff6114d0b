import { Index } from 'typeorm';
import type { Json, JsonObject, Position } from '@touchline/core';
import {
  BigColumn,
  CountColumn,
  InstantColumn,
  JsonColumn,
  KeyColumn,
  MAYBE,
  PositionColumn,
  ReadModelTable,
  TextColumn,
} from '../columns.js';

/** A correction as the timeline shows it. */
export interface Correction {
  eventId: string;
  by: string;
  recordedAt: string;
  /** What it changed: fields in clear with what they said before, sealed ones by name only. */
  replaced: { field: string; before: Json | null; sealed: boolean }[];
}

/** One contact or service act, as it counts now. Nothing personal: sealed fields are named, and stay in the log (ADR 0008). */
@ReadModelTable('customer_timeline')
@Index('customer_timeline_by_stream', ['stream', 'occurredAt', 'position'])
@Index('customer_timeline_by_site', ['tenant', 'siteId', 'occurredAt'])
export class TimelineEntry {
  /** Id of the event as first recorded. */
  @KeyColumn() eventId!: string;
  @TextColumn() tenant!: string;
  @TextColumn() stream!: string;
  @PositionColumn() position!: Position;
  @TextColumn(MAYBE) customerId!: string | null;
  @TextColumn(MAYBE) journeyId!: string | null;
  @TextColumn(MAYBE) complaintId!: string | null;
  @TextColumn(MAYBE) contactId!: string | null;
  @TextColumn(MAYBE) siteId!: string | null;
  @InstantColumn() occurredAt!: string;
  @InstantColumn() recordedAt!: string;
  /** How long after it happened it was recorded; late entry is normal, visible and measured (domain §2). */
  @BigColumn() lateBySeconds!: number;
  @TextColumn() type!: string;
  /** Name of a touchpoint that the playbook declares. */
  @TextColumn(MAYBE) kind!: string | null;
  @TextColumn(MAYBE) channel!: string | null;
  @TextColumn(MAYBE) direction!: string | null;
  @TextColumn(MAYBE) responsibleId!: string | null;
  @TextColumn() recordedBy!: string;
  @TextColumn(MAYBE) stageId!: string | null;
  @CountColumn(MAYBE) stageOrder!: number | null;
  @JsonColumn() details!: JsonObject;
  @JsonColumn() sealed!: string[];
  @JsonColumn() corrections!: Correction[];
  @JsonColumn() deviations!: string[];
  @TextColumn(MAYBE) sourceSystem!: string | null;
  @TextColumn(MAYBE) sourceReference!: string | null;
}

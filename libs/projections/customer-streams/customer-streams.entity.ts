import { Index } from 'typeorm';
import type { Position } from '@touchline/core';
import { CountColumn, KeyColumn, MAYBE, PositionColumn, ReadModelTable, TextColumn } from '../columns.js';

/** Which streams tell of a customer: what a replay, an export or a timeline has to read (ADR 0016). */
@ReadModelTable('customer_streams')
@Index('customer_streams_by_customer', ['tenant', 'customerId'])
@Index('customer_streams_by_customers', ['customers'], { type: 'gin' })
export class CustomerStream {
  @KeyColumn() stream!: string;
  @TextColumn() tenant!: string;
  @TextColumn() category!: string;
  /** Null while nobody is identified. */
  @TextColumn(MAYBE) customerId!: string | null;
  /** Everybody it ever told of, a tie taken back and a version corrected included: as-of it may tell of them still. */
  @TextColumn({ array: true }) customers!: string[];
  @TextColumn(MAYBE) siteId!: string | null;
  /** Where the stream begins in the log. */
  @PositionColumn() firstPosition!: Position;
  @CountColumn() events!: number;
}

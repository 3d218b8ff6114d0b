import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Position } from '@touchline/core';
import { FoldedEntity, PositionColumn, TextColumn } from '../folded.entity.js';
import type { CustomerStream } from './customer-streams.projection.js';

@Entity({ name: 'customer_streams' })
@Index('customer_streams_by_customer', ['tenant', 'customerId'])
@Index('customer_streams_by_customers', ['customers'], { type: 'gin' })
export class CustomerStreamsEntity extends FoldedEntity implements CustomerStream {
  @PrimaryColumn({ name: 'stream', type: 'text', primaryKeyConstraintName: 'customer_streams_pkey' })
  stream!: string;

  @TextColumn('tenant')
  tenant!: string;

  @TextColumn('category')
  category!: string;

  @TextColumn('customer_id', { nullable: true })
  customerId!: string | null;

  @TextColumn('customers', { array: true })
  customers!: string[];

  @TextColumn('site_id', { nullable: true })
  siteId!: string | null;

  @PositionColumn('first_position')
  firstPosition!: Position;

  @Column({ name: 'events', type: 'integer' })
  events!: number;
}

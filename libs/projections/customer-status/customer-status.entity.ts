import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn, TextColumn } from '../folded.entity.js';
import { JourneyColumnsEntity } from '../journey-columns.entity.js';
import type { CustomerPart } from './customer-status.projection.js';

const maybe = { nullable: true } as const;

@Entity({ name: 'customer_status' })
@Index('customer_status_by_customer', ['tenant', 'customerId'])
@Index('customer_status_by_owner', ['tenant', 'ownerId'])
@Index('customer_status_by_site', ['tenant', 'siteId'])
export class CustomerStatusEntity extends JourneyColumnsEntity implements CustomerPart {
  @PrimaryColumn({ name: 'id', type: 'text', primaryKeyConstraintName: 'customer_status_pkey' })
  id!: string;

  @TextColumn('tenant')
  tenant!: string;

  @TextColumn('kind')
  kind!: CustomerPart['kind'];

  @TextColumn('status')
  status!: string;

  @Column({ name: 'open', type: 'boolean' })
  open!: boolean;

  @TextColumn('stage_id', maybe)
  stageId!: string | null;

  @Column({ name: 'stage_order', type: 'integer', nullable: true })
  stageOrder!: number | null;

  @InstantColumn('stage_entered_at', maybe)
  stageEnteredAt!: string | null;

  @TextColumn('lifecycle', maybe)
  lifecycle!: CustomerPart['lifecycle'];

  @Column({ name: 'lifecycle_rank', type: 'integer', nullable: true })
  lifecycleRank!: number | null;

  @TextColumn('category', maybe)
  category!: CustomerPart['category'];

  @Column({ name: 'quote_standing', type: 'boolean' })
  quoteStanding!: boolean;

  @TextColumn('journey_id', maybe)
  journeyId!: string | null;

  @TextColumn('complaint_category', maybe)
  complaintCategory!: string | null;

  @TextColumn('severity', maybe)
  severity!: string | null;

  @TextColumn('customer_kind', maybe)
  customerKind!: string | null;

  @Column({ name: 'state', type: 'jsonb', select: false })
  state!: CustomerPart['state'];
}

import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { InstantColumn, TextColumn } from '../folded.entity.js';
import { JourneyColumnsEntity } from '../journey-columns.entity.js';
import type { JourneyStage, JourneyStages } from './journey-stages.projection.js';

@Entity({ name: 'journey_stages' })
@Index('journey_stages_by_opening', ['tenant', 'openedAt', 'id'])
@Index('journey_stages_by_customer', ['tenant', 'customerId'])
@Index('journey_stages_by_site', ['tenant', 'siteId', 'openedAt'])
export class JourneyStagesEntity extends JourneyColumnsEntity implements JourneyStages {
  @PrimaryColumn({ name: 'id', type: 'text', primaryKeyConstraintName: 'journey_stages_pkey' })
  id!: string;

  @TextColumn('tenant')
  tenant!: string;

  @TextColumn('status')
  status!: JourneyStages['status'];

  @InstantColumn('closed_at', { nullable: true })
  closedAt!: string | null;

  @Column({ name: 'attributes', type: 'jsonb' })
  attributes!: Record<string, string>;

  @TextColumn('stage_id', { nullable: true })
  stageId!: string | null;

  @Column({ name: 'stages', type: 'jsonb' })
  stages!: JourneyStage[];

  @Column({ name: 'state', type: 'jsonb', select: false })
  state!: JourneyStages['state'];
}

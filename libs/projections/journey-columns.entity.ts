import { Column } from 'typeorm';
import { BigColumn, FoldedEntity, InstantColumn, TextColumn } from './folded.entity.js';
import type { JourneyColumns } from './journey-facts.fold.js';

const maybe = { nullable: true } as const;

/** Columns that the views of journeys have in common. */
export abstract class JourneyColumnsEntity extends FoldedEntity implements JourneyColumns {
  @TextColumn('customer_id', maybe)
  customerId!: string | null;

  @TextColumn('site_id', maybe)
  siteId!: string | null;

  @TextColumn('unit_id', maybe)
  unitId!: string | null;

  @TextColumn('owner_id', maybe)
  ownerId!: string | null;

  @TextColumn('product_line', maybe)
  productLine!: string | null;

  @TextColumn('product', maybe)
  product!: string | null;

  @TextColumn('media', maybe)
  media!: string | null;

  @TextColumn('playbook_id', maybe)
  playbookId!: string | null;

  @Column({ name: 'playbook_version', type: 'integer', nullable: true })
  playbookVersion!: number | null;

  @InstantColumn('opened_at')
  openedAt!: string;

  @InstantColumn('last_touch_at', maybe)
  lastTouchAt!: string | null;

  @Column({ name: 'touchpoints', type: 'integer' })
  touchpoints!: number;

  @InstantColumn('lost_at', maybe)
  lostAt!: string | null;

  @TextColumn('lost_kind', maybe)
  lostKind!: string | null;

  @InstantColumn('contract_at', maybe)
  contractAt!: string | null;

  @BigColumn('contract_amount', maybe)
  contractAmount!: number | null;

  @TextColumn('contract_currency', maybe)
  contractCurrency!: string | null;
}

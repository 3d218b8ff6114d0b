import { BigColumn, CountColumn, InstantColumn, MAYBE, TextColumn } from './columns.js';

/** What both views of a journey say of it. Instants are ISO 8601 UTC, money is in minor units (ADR 0026). */
export abstract class JourneyColumns {
  @TextColumn(MAYBE) customerId!: string | null;
  @TextColumn(MAYBE) siteId!: string | null;
  @TextColumn(MAYBE) unitId!: string | null;
  @TextColumn(MAYBE) ownerId!: string | null;
  @TextColumn(MAYBE) productLine!: string | null;
  @TextColumn(MAYBE) product!: string | null;
  @TextColumn(MAYBE) media!: string | null;
  @TextColumn(MAYBE) playbookId!: string | null;
  @CountColumn(MAYBE) playbookVersion!: number | null;
  @InstantColumn() openedAt!: string;
  @InstantColumn(MAYBE) lastTouchAt!: string | null;
  @CountColumn() touchpoints!: number;
  @InstantColumn(MAYBE) lostAt!: string | null;
  @TextColumn(MAYBE) lostKind!: string | null;
  @InstantColumn(MAYBE) contractAt!: string | null;
  @BigColumn(MAYBE) contractAmount!: number | null;
  @TextColumn(MAYBE) contractCurrency!: string | null;
}

import { Index } from 'typeorm';
import { CountColumn, InstantColumn, JsonColumn, KeyColumn, MAYBE, ReadModelTable, StateColumn, TextColumn } from '../columns.js';
import { JourneyColumns } from '../journey-columns.entity.js';
import type { JourneyFacts } from '../journey-facts.fold.js';

/**
 * What became of a stage that a journey reached: it went on to a further one, was lost while it stood there, stands
 * there still, or what had reached it was taken back, so that it counts no more.
 */
export const OUTCOMES = ['converted', 'dropped', 'inside', 'taken-back'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** A stage of one journey. Instants are occurredAt, ISO 8601 UTC. */
export interface JourneyStage {
  stage: string;
  order: number;
  enteredAt: string;
  /** Null while it stands there. */
  leftAt: string | null;
  outcome: Outcome;
}

/** A journey with the stages it went through; the funnel is a query over these rows. */
@ReadModelTable('journey_stages')
@Index('journey_stages_by_opening', ['tenant', 'openedAt', 'id'])
@Index('journey_stages_by_customer', ['tenant', 'customerId'])
@Index('journey_stages_by_site', ['tenant', 'siteId', 'openedAt'])
export class JourneyStages extends JourneyColumns {
  @KeyColumn() id!: string;
  @TextColumn() tenant!: string;
  /** won: a contract stands · lost: lost, and none stands. */
  @TextColumn() status!: 'open' | 'won' | 'lost';
  /** When it was won or lost; null while open. */
  @InstantColumn(MAYBE) closedAt!: string | null;
  @JsonColumn() attributes!: Record<string, string>;
  @TextColumn(MAYBE) stageId!: string | null;
  @JsonColumn() stages!: JourneyStage[];
  /** Of its stream, as far as it is folded: what If-Match is given (ADR 0050). */
  @CountColumn({ default: 0 }) revision!: number;
  @StateColumn() state!: JourneyFacts;
}

import { Index } from 'typeorm';
import type { Answer, Question } from '@touchline/touchpoints/customer/question.events.js';
import { InstantColumn, KeyColumn, MAYBE, ReadModelTable, TextColumn } from '../columns.js';

/** A question of who somebody is, and how it was settled. Nothing personal: what was said stays in the log (ADR 0008). */
@ReadModelTable('identity_questions')
@Index('identity_questions_by_customer', ['tenant', 'customerId'])
@Index('identity_questions_by_time', ['tenant', 'askedAt', 'questionId'])
export class IdentityQuestion {
  @KeyColumn() questionId!: string;
  @TextColumn() tenant!: string;
  @TextColumn(MAYBE) customerId!: string | null;
  /** Of the customer, who settles it. */
  @TextColumn(MAYBE) siteId!: string | null;
  @TextColumn(MAYBE) about!: Question | null;
  /** Where it was said. */
  @InstantColumn(MAYBE) askedAt!: string | null;
  @TextColumn(MAYBE) atSiteId!: string | null;
  @TextColumn(MAYBE) journeyId!: string | null;
  @TextColumn(MAYBE) recordedAs!: string | null;
  @TextColumn(MAYBE) answer!: Answer | null;
  @TextColumn(MAYBE) settledBy!: string | null;
  @InstantColumn(MAYBE) settledAt!: string | null;
}

import { Entity, Index, PrimaryColumn } from 'typeorm';
import type { Answer, Question } from '@touchline/touchpoints/customer/question.events.js';
import { FoldedEntity, InstantColumn, TextColumn } from '../folded.entity.js';
import type { IdentityQuestion } from './identity-questions.projection.js';

const maybe = { nullable: true } as const;

@Entity({ name: 'identity_questions' })
@Index('identity_questions_by_customer', ['tenant', 'customerId'])
@Index('identity_questions_by_time', ['tenant', 'askedAt', 'questionId'])
export class IdentityQuestionsEntity extends FoldedEntity implements IdentityQuestion {
  @PrimaryColumn({ name: 'question_id', type: 'text', primaryKeyConstraintName: 'identity_questions_pkey' })
  questionId!: string;

  @TextColumn('tenant')
  tenant!: string;

  @TextColumn('customer_id', maybe)
  customerId!: string | null;

  @TextColumn('site_id', maybe)
  siteId!: string | null;

  @TextColumn('about', maybe)
  about!: Question | null;

  @InstantColumn('asked_at', maybe)
  askedAt!: string | null;

  @TextColumn('at_site_id', maybe)
  atSiteId!: string | null;

  @TextColumn('journey_id', maybe)
  journeyId!: string | null;

  @TextColumn('recorded_as', maybe)
  recordedAs!: string | null;

  @TextColumn('answer', maybe)
  answer!: Answer | null;

  @TextColumn('settled_by', maybe)
  settledBy!: string | null;

  @InstantColumn('settled_at', maybe)
  settledAt!: string | null;
}

import { OneOf, PageQuery, ResponseProperty, Revision } from '@touchline/http';
import type { Answer, Question } from '@touchline/touchpoints/customer/question.events.js';
import { ANSWERS, QUESTIONS } from '@touchline/touchpoints/customer/question.events.js';

const STATUSES = ['open', 'settled'] as const;

export class QuestionsQuery extends PageQuery {
  @OneOf(STATUSES, { optional: true, description: 'all when absent' })
  status?: (typeof STATUSES)[number];
}

export class StatedShown {
  @ResponseProperty(String, { nullable: true, example: '林乙' }) name!: string | null;
  @ResponseProperty(String, { nullable: true }) formOfAddress!: string | null;
}

export class QuestionShown {
  @ResponseProperty(String) questionId!: string;
  @ResponseProperty(String, { description: 'customer it is about, of one of your sites' }) customerId!: string;
  @Revision() revision!: number;
  @ResponseProperty(String, { description: 'site of the customer, which settles it' }) siteId!: string;
  @ResponseProperty(String, { enum: QUESTIONS }) about!: Question;
  @ResponseProperty(String) askedAt!: string;
  @ResponseProperty(String, { description: 'site at which it was said' }) atSiteId!: string;
  @ResponseProperty(String, { nullable: true }) journeyId!: string | null;
  @ResponseProperty(String, { nullable: true, description: 'customer under whom the other site records them' }) recordedAs!: string | null;
  @ResponseProperty(() => StatedShown, {
    nullable: true,
    description: 'who they said they are; null where nothing was, or they were erased',
  })
  stated!: StatedShown | null;
  @ResponseProperty(String, { enum: STATUSES }) status!: (typeof STATUSES)[number];
  @ResponseProperty(String, { nullable: true, enum: Object.values(ANSWERS).flat() }) answer!: Answer | null;
  @ResponseProperty(String, { nullable: true }) settledBy!: string | null;
  @ResponseProperty(String, { nullable: true }) settledAt!: string | null;
}

export class QuestionPageShown {
  @ResponseProperty(() => QuestionShown, { list: true }) items!: QuestionShown[];
  @ResponseProperty(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

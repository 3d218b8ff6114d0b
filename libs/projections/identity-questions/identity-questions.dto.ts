import { OneOf, PageQuery, Shown } from '@touchline/http';
import type { Answer, Question } from '@touchline/touchpoints/customer/question.events.js';
import { ANSWERS, QUESTIONS } from '@touchline/touchpoints/customer/question.events.js';

export class QuestionsQuery extends PageQuery {
  @OneOf(['open', 'settled'], { optional: true, description: 'all when absent' })
  state?: 'open' | 'settled';
}

export class StatedShown {
  @Shown(String, { nullable: true, example: '林乙' }) name!: string | null;
  @Shown(String, { nullable: true }) formOfAddress!: string | null;
}

export class QuestionShown {
  @Shown(String) questionId!: string;
  @Shown(String, { description: 'customer it is about, of one of your sites' }) customerId!: string;
  @Shown(String, { description: 'site of the customer, which settles it' }) siteId!: string;
  @Shown(String, { enum: QUESTIONS }) about!: Question;
  @Shown(String) askedAt!: string;
  @Shown(String, { description: 'site at which it was said' }) atSiteId!: string;
  @Shown(String, { nullable: true }) journeyId!: string | null;
  @Shown(String, { nullable: true, description: 'customer under whom the other site records them' }) recordedAs!: string | null;
  @Shown(() => StatedShown, { nullable: true, description: 'who they said they are; null where nothing was, or they were erased' })
  stated!: StatedShown | null;
  @Shown(String, { nullable: true, enum: Object.values(ANSWERS).flat() }) answer!: Answer | null;
  @Shown(String, { nullable: true }) settledBy!: string | null;
  @Shown(String, { nullable: true }) settledAt!: string | null;
}

export class QuestionPageShown {
  @Shown(() => QuestionShown, { list: true }) items!: QuestionShown[];
  @Shown(String, { nullable: true, description: 'cursor of the page after' }) next!: string | null;
}

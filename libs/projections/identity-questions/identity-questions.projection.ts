import type { JsonObject, Projection, RecordedEvent } from '@touchline/core';
import type { Answer, Question, QuestionEvent } from '@touchline/touchpoints/customer/question.events.js';

/** A question of who somebody is, and how it was settled. Nothing personal: what was said stays in the log (ADR 0008). */
export interface IdentityQuestion {
  questionId: string;
  tenant: string;
  customerId: string | null;
  /** Of the customer, who settles it. */
  siteId: string | null;
  about: Question | null;
  /** Where it was said. */
  askedAt: string | null;
  atSiteId: string | null;
  journeyId: string | null;
  recordedAs: string | null;
  answer: Answer | null;
  settledBy: string | null;
  settledAt: string | null;
}

export const identityQuestionsProjection: Projection<IdentityQuestion> = {
  name: 'identity-questions',
  version: 1,
  table: 'identity_questions',
  columns: [
    'questionId',
    'tenant',
    'customerId',
    'siteId',
    'about',
    'askedAt',
    'atSiteId',
    'journeyId',
    'recordedAs',
    'answer',
    'settledBy',
    'settledAt',
  ] satisfies (keyof IdentityQuestion)[],
  personal: false,
  keys(event) {
    const known = event as RecordedEvent<QuestionEvent | { type: 'other'; data: JsonObject }>;
    switch (known.type) {
      case 'identity-questioned':
        return [known.id];
      case 'identity-settled':
        return [known.data.questionId];
      default:
        return [];
    }
  },
  evolve(row, event, questionId) {
    const known = event as RecordedEvent<QuestionEvent>;
    const { tenant, occurredAt, actor } = known.meta;
    const question = row ?? { ...unasked, questionId, tenant };
    if (known.type === 'identity-settled') return { ...question, answer: known.data.answer, settledBy: actor.id, settledAt: occurredAt };
    const { about, siteId: atSiteId, journeyId = null, recordedAs = null } = known.data;
    const { customer = null, site = null } = known.meta.subjects;
    return { ...question, customerId: customer, siteId: site, about, askedAt: occurredAt, atSiteId, journeyId, recordedAs };
  },
};

const unasked: Omit<IdentityQuestion, 'questionId' | 'tenant'> = {
  customerId: null,
  siteId: null,
  about: null,
  askedAt: null,
  atSiteId: null,
  journeyId: null,
  recordedAs: null,
  answer: null,
  settledBy: null,
  settledAt: null,
};

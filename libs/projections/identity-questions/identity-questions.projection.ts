import type { JsonObject, Projection, RecordedEvent, RowOf } from '@touchline/core';
import type { QuestionEvent } from '@touchline/touchpoints/customer/question.events.js';
import type { IdentityQuestion } from './identity-questions.entity.js';

export const identityQuestionsProjection: Projection<RowOf<IdentityQuestion>> = {
  name: 'identity-questions',
  version: 1,
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

const unasked: Omit<RowOf<IdentityQuestion>, 'questionId' | 'tenant'> = {
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

import type { DecideContext, Decider } from '@touchline/core';
import { accept, identityFault, refuse } from '@touchline/core';
import { formFault } from '../touchpoint.rules.js';
import type { Answer, IdentityQuestioned, QuestionEvent } from './question.events.js';
import type { Questions } from './question.fold.js';
import { ANSWERS } from './question.events.js';
import { questionsFold } from './question.fold.js';

export type QuestionCommand = { customerId: string } & (
  { kind: 'ask'; question: IdentityQuestioned; occurredAt: string } | { kind: 'settle'; questionId: string; answer: Answer; note?: string }
);

export type QuestionRejection = 'customer.unknown' | 'question.unknown' | 'question.settled' | 'question.other-answers';

/** Asked as of when it was said, once of each customer whom another site knows; settled once, by the site at which the customer was registered. */
export const questionDecider: Decider<Questions, QuestionCommand, QuestionEvent, DecideContext, QuestionRejection> = {
  fold: questionsFold,

  decide({ siteId, asked }, { customerId, ...command }, { now }) {
    if (siteId === null) return refuse(identityFault('customer.unknown', 'there is no such customer', 'customerId'));
    const subjects = { customer: customerId, site: siteId };
    if (command.kind === 'ask') {
      const { recordedAs } = command.question;
      const known = recordedAs !== undefined && Object.values(asked).some((each) => each.recordedAs === recordedAs);
      return known ? accept() : accept({ type: 'identity-questioned', data: command.question, occurredAt: command.occurredAt, subjects });
    }
    const { questionId, answer, note } = command;
    const question = asked[questionId];
    if (question === undefined) return refuse(identityFault('question.unknown', 'this customer has no such question', 'questionId'));
    if (question.answer !== null) return refuse(identityFault('question.settled', 'it was settled before', 'questionId'));
    const answers: readonly Answer[] = ANSWERS[question.about];
    if (!answers.includes(answer)) return refuse(formFault('question.other-answers', `it takes: ${answers.join(', ')}`, 'answer'));
    const shared = answer === 'share' ? { sharedWith: question.siteId } : {};
    return accept({
      type: 'identity-settled',
      data: { questionId, answer, ...shared, ...(note !== undefined && { note }) },
      occurredAt: now,
      subjects,
    });
  },
};

import type { Fold, RecordedEvent } from '@touchline/core';
import type { Question, Answer, QuestionEvent } from './question.events.js';

export interface QuestionStanding {
  about: Question;
  siteId: string;
  recordedAs: string | null;
  answer: Answer | null;
}

/** By the id of the event that asks; and where the customer was registered, which is who settles them. */
export interface Questions {
  siteId: string | null;
  asked: Readonly<Record<string, QuestionStanding>>;
}

export const noQuestions: Questions = { siteId: null, asked: {} };

export function evolveQuestions(questions: Questions, event: RecordedEvent): Questions {
  const known = event as RecordedEvent<QuestionEvent | { type: 'customer-registered'; data: { siteId: string } }>;
  switch (known.type) {
    case 'customer-registered':
      return { ...questions, siteId: known.data.siteId };
    case 'identity-questioned': {
      const { about, siteId, recordedAs = null } = known.data;
      return { ...questions, asked: { ...questions.asked, [known.id]: { about, siteId, recordedAs, answer: null } } };
    }
    case 'identity-settled': {
      const { questionId, answer } = known.data;
      const question = questions.asked[questionId];
      return question === undefined ? questions : { ...questions, asked: { ...questions.asked, [questionId]: { ...question, answer } } };
    }
    default:
      return questions;
  }
}

export const questionsFold: Fold<Questions> = { name: 'questions', initial: noQuestions, evolve: evolveQuestions };

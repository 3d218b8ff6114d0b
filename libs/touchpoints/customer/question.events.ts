import type { DataOf, EventDefinition, RecordedEvent } from '@touchline/core';
import { choice, defineEvent, form, id, object, slug, text, wordKey } from '@touchline/core';

// Category `customer`, stream of the customer it is about: what a person has to settle of who somebody is. Stored shapes:
// never edit, only upcast.

/** other-name: somebody gave another name at the same number · known-elsewhere: another site met who may be this customer. */
export const QUESTIONS = ['other-name', 'known-elsewhere'] as const;
export type Question = (typeof QUESTIONS)[number];

/** By what is asked. None of them moves or joins anything that is recorded: customers stay the ones they were recorded as. */
export const ANSWERS = {
  'other-name': ['same-person', 'family', 'wrong-number'],
  'known-elsewhere': ['share', 'keep-apart'],
} as const satisfies Record<Question, readonly string[]>;
export type Answer = (typeof ANSWERS)[Question][number];

const statedForm = form('Stated', {
  name: text({ optional: true, max: 100, label: ['姓名', 'name'] }),
  formOfAddress: text({ optional: true, max: 40, label: ['称谓', 'form of address'] }),
});
/** What somebody said of who they are. */
export type Stated = DataOf<typeof statedForm.fields>;
/** The same, kept with what was recorded, whoever they are known as. */
export const stated = object(statedForm, { optional: true, sealed: true, label: ['自述', 'as stated'] });

const questionedFields = {
  about: choice(QUESTIONS, { label: ['问题', 'about'] }),
  /** Where it was said. */
  siteId: slug({ label: ['案场', 'site'] }),
  journeyId: id({ optional: true, label: ['旅程编号', 'journey id'] }),
  /** The customer that the other site knows, apart from this one. */
  recordedAs: id({ optional: true, label: ['另记为', 'recorded as'] }),
  stated,
};
export type IdentityQuestioned = DataOf<typeof questionedFields>;

const settledFields = {
  questionId: id({ label: ['问题编号', 'question'] }),
  answer: choice([...ANSWERS['other-name'], ...ANSWERS['known-elsewhere']], { label: ['结论', 'answer'] }),
  /** Site that may act on this customer from now on. */
  sharedWith: slug({ optional: true, label: ['共享给', 'shared with'] }),
  note: text({ optional: true, max: 4000, sealed: true, description: 'why; kept sealed', label: ['备注', 'note'] }),
};
export type IdentitySettled = DataOf<typeof settledFields>;

export type QuestionEvent = { type: 'identity-questioned'; data: IdentityQuestioned } | { type: 'identity-settled'; data: IdentitySettled };

export const questionEvents: EventDefinition[] = [
  defineEvent({
    type: 'identity-questioned',
    version: 1,
    touchpoint: false,
    label: ['身份存疑', 'Asked who it was'],
    fields: questionedFields,
  }),
  defineEvent({
    type: 'identity-settled',
    version: 1,
    touchpoint: false,
    label: ['身份确认', 'Settled who it was'],
    fields: settledFields,
  }),
];

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

const nameKey = (name: string): string => wordKey(name).replaceAll(/[\s·•.,'-]/gu, '');
/** 先生, 女士 …: a name of which only the beginning was said. */
const HONORIFIC = /(先生|女士|小姐|太太)$/u;

/** Whether a name may be one that is known already: written otherwise, or cut to the surname. */
export function isKnownName(said: string, known: readonly string[]): boolean {
  const name = nameKey(said);
  const surname = name.replace(HONORIFIC, '');
  return known.map(nameKey).some((each) => each === name || (surname !== name && surname !== '' && each.startsWith(surname)));
}

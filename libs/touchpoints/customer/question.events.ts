import type { DataOf, EventDefinition } from '@touchline/core';
import { choice, defineEvent, form, id, object, slug, text } from '@touchline/core';

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

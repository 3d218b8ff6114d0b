import type { Fields } from '@touchline/core';
import { storedEvents } from '../list.js';

export const COPY_LANGUAGES = ['zh-CN', 'en'] as const;
export type CopyLanguage = (typeof COPY_LANGUAGES)[number];

type Label = readonly [zh: string, en: string];
type Words = Readonly<Record<string, Label>>;

const PAGE = {
  title: ['您的个人数据副本', 'A copy of your personal data'],
  takenAt: ['制作时间', 'Taken at'],
  recordedAt: ['记录于', 'recorded'],
  erased: ['该客户的个人数据已删除,无法恢复:', 'The personal data of this customer were erased and cannot be restored:'],
  person: ['客户资料', 'Details'],
  gone: ['(已删除)', '(erased)'],
  yes: ['是', 'yes'],
  no: ['否', 'no'],
  comma: ['、', ', '],
} as const satisfies Words;

const RECORDS: Words = {
  customer: ['客户档案', 'Customer'],
  journey: ['旅程', 'Journey'],
  complaint: ['投诉', 'Complaint'],
  contact: ['未留资的来电来访', 'Contact that left no details'],
  reveals: ['谁查看过您的数据', 'Who looked at your data'],
};

const EVENTS: Words = Object.fromEntries(storedEvents.flatMap(({ type, label }) => (label === undefined ? [] : [[type, label] as const])));

/** A field has one name wherever it stands, and that of its form where it stands within another. */
const labelsOf = (fields: Fields): (readonly [string, Label])[] =>
  Object.entries(fields).flatMap(([name, { label, kind }]) => [
    ...(label === undefined ? [] : [[name, label] as const]),
    ...(kind.is === 'object' || kind.is === 'objects' ? labelsOf(kind.form.fields) : []),
  ]);

const FIELDS: Words = {
  ...Object.fromEntries(storedEvents.flatMap(({ fields = {} }) => labelsOf(fields))),
  // What stands beside an event's own fields, the kinds of identifiers, and amounts.
  amount: ['金额(分)', 'amount in minor units'],
  corrects: ['更正的记录', 'corrects'],
  currency: ['货币', 'currency'],
  email: ['电子邮箱', 'e-mail'],
  'member-number': ['会员号', 'member number'],
  phone: ['电话', 'telephone'],
  source: ['数据来源', 'source'],
  wechat: ['微信', 'WeChat'],
};

/** What the copy says, in one language; what has no words of its own is told by its name. */
export function labelsIn(language: CopyLanguage) {
  const place = COPY_LANGUAGES.indexOf(language);
  const word = (words: Words, name: string): string => (Object.hasOwn(words, name) ? words[name]?.[place] : undefined) ?? name;
  const page = (name: keyof typeof PAGE): string => word(PAGE, name);
  return {
    ...{ title: page('title'), takenAt: page('takenAt'), recordedAt: page('recordedAt'), erased: page('erased') },
    ...{ person: page('person'), gone: page('gone'), yes: page('yes'), no: page('no'), comma: page('comma') },
    record: (category: string) => word(RECORDS, category),
    event: (type: string) => word(EVENTS, type),
    field: (name: string) => word(FIELDS, name),
  };
}

import type { DataOf, EventDefinition, Fields } from '@touchline/core';
import { choice, defineEvent, flag, nullable, readDate, slug, text } from '@touchline/core';
import { AS_TOLD_UNTIL } from '../touchpoint.events.js';
import { identifierKind } from './identifier.events.js';

// Category and stream: `customer`, one stream per person or organisation (domain §2.1). Stored shapes: never edit, only upcast.

export const GENDERS = ['f', 'm', 'other'] as const;
export const CUSTOMER_KINDS = ['person', 'organisation'] as const;
/** What needs recorded consent (domain §13.3). */
export const PURPOSES = ['marketing-messages', 'photos', 'reference', 'friend-contact'] as const;
export const CONSENT_WAYS = ['written', 'spoken', 'online', 'message'] as const;

/** Who asked for an erasure: the person, whoever acts for them, an authority, or the group itself. */
export const ERASURE_ASKERS = ['person', 'representative', 'authority', 'group'] as const;
/** Why: asked without more, a consent was withdrawn, the data are needed no longer, they were kept without ground, or a ruling. */
export const ERASURE_REASONS = ['asked', 'consent-withdrawn', 'no-longer-needed', 'without-ground', 'ruling'] as const;

export type Gender = (typeof GENDERS)[number];
export type Purpose = (typeof PURPOSES)[number];

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const BIRTHDAY = /^(\d{4}|-)-\d{2}-\d{2}$/;

/** 29 February needs no year. */
function isBirthday(value: unknown): boolean {
  if (typeof value !== 'string' || !BIRTHDAY.test(value)) return false;
  return readDate(value.replace(/^-(?=-)/, '2000')) !== null;
}

const name = text({ optional: true, max: 100, sealed: true, example: '王芳', label: ['姓名', 'name'] });
const gender = choice(GENDERS, { optional: true, sealed: true, label: ['性别', 'gender'] });
const formOfAddress = text({
  optional: true,
  max: 40,
  sealed: true,
  example: '王女士',
  label: ['称谓', 'form of address'],
});
const language = text({ optional: true, max: 35, pattern: LANGUAGE, example: 'zh-CN', label: ['语言', 'language'] });
/** A person as they are registered. `language` is a BCP 47 tag. */
export const personNoted = {
  name,
  gender,
  formOfAddress: { ...formOfAddress, description: 'as they wish to be called' },
  language: { ...language, description: 'tag of the language they are written to in' },
  media: text({
    optional: true,
    max: 100,
    words: 'media',
    description: 'how they heard of us',
    example: 'wechat-ad',
    label: ['来源媒体', 'media source'],
  }),
};

const registeredFields = {
  kind: choice(CUSTOMER_KINDS, { description: 'a person when absent', label: ['类型', 'kind'] }),
  /** Where they were first met. */
  siteId: slug({ description: 'where they were met', example: 'pudong', label: ['案场', 'site'] }),
  ...personNoted,
  /** Known by nothing yet: recorded apart from a customer of another site, who may be the same. */
  standsIn: flag({ optional: true, label: ['暂记', 'stands in'] }),
};
export type CustomerRegistered = DataOf<typeof registeredFields>;

/** Only what changed, as the customer gave it; null takes a detail back. */
export const detailsNoted = {
  name: nullable(name),
  gender: nullable(gender),
  formOfAddress: nullable(formOfAddress),
  language: nullable(language),
  /** Calendar date `YYYY-MM-DD`, or `--MM-DD` where the year was not given. */
  birthday: text({
    optional: true,
    nullable: true,
    max: 10,
    pattern: BIRTHDAY,
    sealed: true,
    description: 'YYYY-MM-DD, or --MM-DD',
    example: '--05-17',
    check: { name: 'isBirthday', valid: isBirthday, message: '$property must be a day of the calendar' },
    label: ['生日', 'birthday'],
  }),
  address: text({ optional: true, nullable: true, max: 300, sealed: true, label: ['地址', 'address'] }),
  employer: text({ optional: true, nullable: true, max: 200, sealed: true, label: ['工作单位', 'employer'] }),
  occupation: text({ optional: true, nullable: true, max: 100, sealed: true, label: ['职业', 'occupation'] }),
  family: text({
    optional: true,
    nullable: true,
    max: 1000,
    sealed: true,
    description: 'as the customer gave it',
    label: ['家庭情况', 'family'],
  }),
  note: text({ optional: true, nullable: true, max: 4000, sealed: true, label: ['备注', 'note'] }),
};
export type CustomerDetailsChanged = DataOf<typeof detailsNoted>;

/** What a customer is found by, and the digest its stream is found by (ADR 0043). */
const identifierFields = {
  kind: identifierKind,
  digest: text({ label: ['加密摘要', 'keyed digest'] }),
};

const identifiedFields = { ...identifierFields, value: text({ max: 254, sealed: true, label: ['内容', 'value'] }) };
/** An identifier in its one form. */
export type CustomerIdentified = DataOf<typeof identifiedFields>;

/** As the person directory is given it; never stored. */
export type CustomerIdentifiedOpened = CustomerIdentified & {
  /** Of a telephone number: the keyed digest of its last four digits, made where the number is opened. */
  lastFour?: string;
};

export const REMOVAL_REASONS = ['changed', 'wrong', 'asked'] as const;
const removedFields = {
  ...identifierFields,
  reason: choice(REMOVAL_REASONS, {
    description: 'the customer has another one, it was never theirs, or they asked for it',
    label: ['理由', 'reason'],
  }),
};
export type CustomerIdentifierRemoved = DataOf<typeof removedFields>;

const withdrawnFields = { digest: identifierFields.digest };
/** An identifier was claimed for this customer and given up before it was theirs; nothing of it remains. */
export type IdentifierClaimWithdrawn = DataOf<typeof withdrawnFields>;

export const consentNoted = {
  purpose: choice(PURPOSES, { label: ['用途', 'purpose'] }),
  how: choice(CONSENT_WAYS, { description: 'how the customer said so', label: ['方式', 'how'] }),
  evidence: text({
    optional: true,
    max: 1000,
    sealed: true,
    description: "what proves it: the form's number, the words said; kept sealed",
    label: ['凭证', 'evidence'],
  }),
};
export type ConsentGiven = DataOf<typeof consentNoted>;
export type ConsentWithdrawn = ConsentGiven;

/** In words of a list, since free text might tell of the person. */
export const erasureNoted = {
  askedBy: choice(ERASURE_ASKERS, {
    description: 'who asked: the person, whoever acts for them, an authority, the group itself',
    label: ['提出者', 'asked by'],
  }),
  reason: choice(ERASURE_REASONS, {
    description: 'of a list, since what is told of an erasure stays for ever',
    label: ['理由', 'reason'],
  }),
};
/** The person's key is gone and every identifier free. */
export type CustomerErased = DataOf<typeof erasureNoted>;

export type CustomerEvent =
  | { type: 'customer-registered'; data: CustomerRegistered }
  | { type: 'customer-details-changed'; data: CustomerDetailsChanged }
  | { type: 'customer-identified'; data: CustomerIdentified }
  | { type: 'customer-identifier-removed'; data: CustomerIdentifierRemoved }
  | { type: 'identifier-claim-withdrawn'; data: IdentifierClaimWithdrawn }
  | { type: 'consent-given'; data: ConsentGiven }
  | { type: 'consent-withdrawn'; data: ConsentWithdrawn }
  | { type: 'customer-erased'; data: CustomerErased };

const record = <E extends CustomerEvent>(type: E['type'], label: readonly [zh: string, en: string], fields: Fields): EventDefinition =>
  defineEvent({ type, version: 1, touchpoint: false, label, fields });

export const customerEvents: EventDefinition[] = [
  defineEvent({
    type: 'customer-registered',
    version: 2,
    upcasters: AS_TOLD_UNTIL(1),
    touchpoint: false,
    label: ['登记客户', 'Registered'],
    fields: registeredFields,
  }),
  record('customer-details-changed', ['更改资料', 'Details changed'], detailsNoted),
  record('customer-identified', ['登记联系方式', 'Contact details added'], identifiedFields),
  record('customer-identifier-removed', ['移除联系方式', 'Contact details removed'], removedFields),
  record('identifier-claim-withdrawn', ['撤回联系方式登记', 'Claim of contact details withdrawn'], withdrawnFields),
  record('consent-given', ['给予同意', 'Consent given'], consentNoted),
  record('consent-withdrawn', ['撤回同意', 'Consent withdrawn'], consentNoted),
  record('customer-erased', ['删除个人数据', 'Personal data erased'], erasureNoted),
];

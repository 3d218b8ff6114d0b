import { ValidateBy } from 'class-validator';
import { readDate } from '@touchline/core';
import { Flag, Instant, NestedList, OneOf, Slug, Text, Uuid } from '@touchline/http';
import { CONSENT_WAYS, CUSTOMER_KINDS, GENDERS, PURPOSES } from './customer.events.js';
import type { CustomerIdentifierRemoved, Gender, Purpose } from './customer.events.js';
import type { TypedIdentifierKind } from './identifier.events.js';
import { IDENTIFIER_KINDS } from './identifier.events.js';

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const BIRTHDAY = /^(\d{4}|-)-\d{2}-\d{2}$/;
const REMOVAL_REASONS = ['changed', 'wrong', 'asked'] as const satisfies readonly CustomerIdentifierRemoved['reason'][];

export class CustomerPath {
  @Uuid()
  customerId!: string;
}

export class IdentifierDto {
  @OneOf(IDENTIFIER_KINDS)
  kind!: TypedIdentifierKind;

  @Text({ max: 254, description: 'as typed; telephone numbers without a country code are Chinese', example: '138 0000 1111' })
  value!: string;
}

class Dated {
  @Instant({ optional: true, description: 'when the customer said so; now when absent' })
  occurredAt?: string;
}

export class RegisterCustomerDto extends Dated {
  @Slug({ description: 'where they were met', example: 'pudong' })
  siteId!: string;

  @OneOf(CUSTOMER_KINDS, { optional: true, description: 'a person when absent' })
  kind?: (typeof CUSTOMER_KINDS)[number];

  @Text({ optional: true, max: 100, example: '王芳' })
  name?: string;

  @OneOf(GENDERS, { optional: true })
  gender?: Gender;

  @Text({ optional: true, max: 40, description: 'as they wish to be called', example: '王女士' })
  formOfAddress?: string;

  @Text({ optional: true, max: 35, pattern: LANGUAGE, description: 'tag of the language they are written to in', example: 'zh-CN' })
  language?: string;

  @Text({ optional: true, max: 100, description: 'how they heard of us', example: 'wechat-ad' })
  media?: string;

  @NestedList(() => IdentifierDto, { optional: true, maxItems: 20 })
  identifiers?: IdentifierDto[];

  @Flag({ optional: true, description: 'others may have the same identifiers, and keep them (families)' })
  share?: boolean;
}

/** Only what changes: absent leaves a detail as it is, null takes it back. */
export class ChangeDetailsDto extends Dated {
  @Text({ optional: true, nullable: true, max: 100, example: '王芳' })
  name?: string | null;

  @OneOf(GENDERS, { optional: true, nullable: true })
  gender?: Gender | null;

  @Text({ optional: true, nullable: true, max: 40, example: '王女士' })
  formOfAddress?: string | null;

  @Text({ optional: true, nullable: true, max: 35, pattern: LANGUAGE, example: 'zh-CN' })
  language?: string | null;

  @Text({ optional: true, nullable: true, max: 10, pattern: BIRTHDAY, description: 'YYYY-MM-DD, or --MM-DD', example: '--05-17' })
  @ValidateBy({ name: 'isBirthday', validator: { validate: isBirthday, defaultMessage: () => '$property must be a day of the calendar' } })
  birthday?: string | null;

  @Text({ optional: true, nullable: true, max: 300 })
  address?: string | null;

  @Text({ optional: true, nullable: true, max: 200 })
  employer?: string | null;

  @Text({ optional: true, nullable: true, max: 100 })
  occupation?: string | null;

  @Text({ optional: true, nullable: true, max: 1000, description: 'as the customer gave it' })
  family?: string | null;

  @Text({ optional: true, nullable: true, max: 4000 })
  note?: string | null;

  @Uuid({ optional: true, description: 'change of details that the request replaces (a correction)' })
  corrects?: string;
}

export class AddIdentifiersDto extends Dated {
  @NestedList(() => IdentifierDto, { minItems: 1, maxItems: 20 })
  identifiers!: IdentifierDto[];

  @Flag({ optional: true, description: 'others may have the same identifiers, and keep them (families)' })
  share?: boolean;
}

export class RemoveIdentifierDto extends Dated {
  @OneOf(IDENTIFIER_KINDS)
  kind!: TypedIdentifierKind;

  @Text({ max: 254, example: '138 0000 1111' })
  value!: string;

  @OneOf(REMOVAL_REASONS, { description: 'the customer has another one, it was never theirs, or they asked for it' })
  reason!: CustomerIdentifierRemoved['reason'];
}

export class ConsentDto extends Dated {
  @OneOf(PURPOSES)
  purpose!: Purpose;

  @OneOf(CONSENT_WAYS, { description: 'how the customer said so' })
  how!: (typeof CONSENT_WAYS)[number];

  @Text({ optional: true, max: 1000, description: "what proves it: the form's number, the words said; kept sealed" })
  evidence?: string;

  @Uuid({ optional: true, description: 'event of this kind that the request replaces (a correction)' })
  corrects?: string;
}

/** 29 February needs no year. */
function isBirthday(value: unknown): boolean {
  if (typeof value !== 'string' || !BIRTHDAY.test(value)) return false;
  return readDate(value.replace(/^-(?=-)/, '2000')) !== null;
}

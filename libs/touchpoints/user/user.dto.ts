import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@touchline/auth';
import type { GroupRole } from '@touchline/core';
import { GROUP_ROLES } from '@touchline/core';
import { OneOfList, RecordedAnswer, SLUG, Text, Uuid } from '@touchline/http';

const LOGIN = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,99}$/u;
const MOST_SITES = 500;

export class UserPath {
  @Uuid()
  userId!: string;
}

/** The whole group, or some of its sites (D4). */
const SiteScopeField = (): PropertyDecorator => (target, property) => {
  ApiProperty({
    description: "'all' for the whole group, or the ids of sites",
    oneOf: [
      { type: 'string', enum: ['all'] },
      { type: 'array', items: { type: 'string', pattern: SLUG.source }, uniqueItems: true, maxItems: MOST_SITES },
    ],
    example: ['pudong'],
  })(target, property);
  ValidateBy({
    name: 'isSiteScope',
    validator: { validate: isSiteScope, defaultMessage: () => "$property must be 'all', or a list of site ids, each named once" },
  })(target, property);
};

const isSiteScope = (value: unknown): boolean =>
  value === 'all' ||
  (Array.isArray(value) &&
    value.length <= MOST_SITES &&
    new Set(value).size === value.length &&
    value.every((siteId) => typeof siteId === 'string' && SLUG.test(siteId)));

export class GrantDto {
  @OneOfList(GROUP_ROLES, { minItems: 0, description: 'none at all lets nobody do anything' })
  roles!: GroupRole[];

  @SiteScopeField()
  sites!: 'all' | string[];
}

export class RegisterUserDto extends GrantDto {
  @Text({ min: 2, max: 100, pattern: LOGIN, description: 'for ever; capitals do not count', example: 'li.na' })
  login!: string;

  @Text({ max: 100, example: '李娜' })
  displayName!: string;
}

export class ReasonDto {
  @Text({ optional: true, max: 300 })
  reason?: string;
}

export class PasswordDto {
  @Text({ min: MIN_PASSWORD_LENGTH, max: MAX_PASSWORD_LENGTH, as: 'given', example: 'four words one remembers' })
  password!: string;
}

/** Whom it is about, beside what was recorded. */
export class UserAnswer extends RecordedAnswer {
  @ApiProperty({ format: 'uuid' })
  userId!: string;
}

export class PasswordSet {
  @ApiProperty({ format: 'uuid' })
  userId!: string;
}

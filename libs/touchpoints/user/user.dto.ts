import { ApiProperty } from '@nestjs/swagger';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@touchline/auth';
import type { GroupRole, SiteScope } from '@touchline/core';
import { GROUP_ROLES } from '@touchline/core';
import { AllSites, OneOfList, RecordedAnswer, SiteList, Text, Uuid } from '@touchline/http';

const LOGIN = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,99}$/u;

export class UserPath {
  @Uuid()
  userId!: string;
}

export class GrantDto {
  @OneOfList(GROUP_ROLES, { minItems: 0, description: 'none at all lets nobody do anything' })
  roles!: GroupRole[];

  @AllSites()
  allSites?: boolean;

  @SiteList()
  sites!: SiteScope;
}

export class RegisterUserDto extends GrantDto {
  @Text({
    min: 2,
    max: 100,
    pattern: LOGIN,
    description: 'letters, digits and . _ @ + -; for ever; capitals do not count',
    example: 'li.na',
  })
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

import { ApiProperty } from '@nestjs/swagger';
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@touchline/auth';
import { Text, Uuid } from '@touchline/http';

export class UserPath {
  @Uuid()
  userId!: string;
}

/** By hand: a secret is no field of any command, and is taken as it is given. */
export class PasswordDto {
  @Text({ min: MIN_PASSWORD_LENGTH, max: MAX_PASSWORD_LENGTH, as: 'given', example: 'four words one remembers' })
  password!: string;
}

export class PasswordSet {
  @ApiProperty({ format: 'uuid' })
  userId!: string;
}

import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { LocalTokens } from '@touchline/auth';
import { Allow, CurrentCaller, LOCAL_TOKENS, LocalCredentials, MAX_PASSWORD_LENGTH, SignInLimits, UserDirectory } from '@touchline/auth';
import type { CommandMetadata } from '@touchline/commands';
import { NamedCommand } from '@touchline/commands';
import type { Caller } from '@touchline/core';
import { ROLES } from '@touchline/core';
import { UnkeyedMetadata, Problem, Text, UnkeyedRoute, WithoutKey, answer } from '@touchline/http';
import { PasswordDto } from './user.dto.js';

class OwnPasswordDto extends PasswordDto {
  @Text({ max: MAX_PASSWORD_LENGTH, as: 'given', description: 'the one to be replaced', example: 'the words of before' })
  current!: string;
}

class OwnPasswordSet {
  @ApiProperty({ description: 'in place of those before, which count no more' })
  token!: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;
}

@ApiTags('sign-in')
@Controller('me/password')
export class PasswordController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(UserDirectory) private readonly users: UserDirectory,
    @Inject(LocalCredentials) private readonly credentials: LocalCredentials,
    @Inject(SignInLimits) private readonly limits: SignInLimits,
    @Inject(LOCAL_TOKENS) private readonly tokens: LocalTokens | null,
  ) {}

  @Post()
  @Allow({ roles: ROLES, scope: 'self' })
  @WithoutKey()
  @UnkeyedRoute('Change my own password; every token I had ends', OwnPasswordSet, {
    404: ['sign-in.elsewhere'],
    422: ['password.wrong'],
    503: ['sign-in.busy'],
  })
  async change(
    @Body() { current, password }: OwnPasswordDto,
    @CurrentCaller() { tenant, userId }: Caller,
    @UnkeyedMetadata() metadata: CommandMetadata,
    @Req() { ip }: { ip: string },
  ): Promise<OwnPasswordSet> {
    if (this.tokens === null) throw new Problem(404, 'sign-in.elsewhere', 'passwords are kept at the identity provider');
    if (!(await this.limits.tried({ userId, address: ip }, () => this.credentials.verify(tenant, userId, current))))
      throw new Problem(422, 'password.wrong', 'this is not the password so far');
    const record = async () => answer(await this.bus.execute(new NamedCommand('user-password-set', { userId }, metadata)));
    await this.limits.inTurn(ip, () => this.credentials.setPassword(tenant, userId, password, record));
    const generation = (await this.users.userNow(tenant, userId))?.generation ?? 0;
    return this.tokens.issue({ tenant, userId, generation });
  }
}

import { Body, Controller, Inject, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { LocalTokens } from '@touchline/auth';
import { Allow, LOCAL_TOKENS, LocalCredentials, SignInLimits, UserDirectory } from '@touchline/auth';
import type { CommandMetadata } from '@touchline/commands';
import { NamedCommand } from '@touchline/commands';
import { Problem, UnkeyedMetadata, UnkeyedRoute, WithoutKey, answer } from '@touchline/http';
import { PasswordDto, PasswordSet, UserPath } from './user.dto.js';

@ApiTags('administration')
@Controller('admin/users')
export class UserPasswordController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(UserDirectory) private readonly users: UserDirectory,
    @Inject(LocalCredentials) private readonly credentials: LocalCredentials,
    @Inject(SignInLimits) private readonly limits: SignInLimits,
    @Inject(LOCAL_TOKENS) private readonly tokens: LocalTokens | null,
  ) {}

  /** That it was set is an event, which ends every token; the secret is replaced, and stands in none (ADR 0042). */
  @Post(':userId/password')
  @Allow({ roles: ['admin'], scope: 'group' })
  @WithoutKey()
  @UnkeyedRoute('Set a password, where users sign in here and not at an identity provider', PasswordSet, {
    404: ['sign-in.elsewhere', 'user.not-registered'],
    503: ['sign-in.busy'],
  })
  async setPassword(
    @Param() { userId }: UserPath,
    @Body() { password }: PasswordDto,
    @UnkeyedMetadata() metadata: CommandMetadata,
    @Req() { ip }: { ip: string },
  ): Promise<PasswordSet> {
    const { tenant } = metadata;
    if (this.tokens === null) throw new Problem(404, 'sign-in.elsewhere', 'passwords are kept at the identity provider');
    if ((await this.users.user(tenant, userId)) === null) throw new Problem(404, 'user.not-registered', 'there is no such user');
    const record = async () => answer(await this.bus.execute(new NamedCommand('user-password-set', { userId }, metadata)));
    await this.limits.inTurn(ip, () => this.credentials.setPassword(tenant, userId, password, record));
    return { userId };
  }
}

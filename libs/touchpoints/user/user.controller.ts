import { Body, Controller, Inject, Param, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';
import type { LocalTokens } from '@touchline/auth';
import {
  Allow,
  GroupAdministrators,
  LOCAL_TOKENS,
  LocalCredentials,
  SignInLimits,
  UserDirectory,
  normalLogin,
  userIdOf,
} from '@touchline/auth';
import type { CommandServices, CommandMetadata } from '@touchline/commands';
import { COMMAND_SERVICES, Record } from '@touchline/commands';
import { streamName } from '@touchline/core';
import { UnkeyedMetadata, KeyedMetadata, Problem, UnkeyedRoute, WithoutKey, answer, pick, scopeOf } from '@touchline/http';
import { Records } from '../rejections.js';
import type { Administrators, UnknownSites, UserCommand } from './user.decider.js';
import { userDecider } from './user.decider.js';
import { GrantDto, PasswordDto, PasswordSet, ReasonDto, RegisterUserDto, UserAnswer, UserPath } from './user.dto.js';
import type { UserRolesSet } from './user.events.js';

const MAY_ADMINISTER = { roles: ['admin'], scope: 'group' } as const;

@ApiTags('administration')
@Controller('admin/users')
export class UserController {
  constructor(
    @Inject(CommandBus) private readonly bus: CommandBus,
    @Inject(COMMAND_SERVICES) private readonly services: CommandServices,
    @Inject(UserDirectory) private readonly users: UserDirectory,
    @Inject(LocalCredentials) private readonly credentials: LocalCredentials,
    @Inject(SignInLimits) private readonly limits: SignInLimits,
    @Inject(GroupAdministrators) private readonly administrators: GroupAdministrators,
    @Inject(LOCAL_TOKENS) private readonly tokens: LocalTokens | null,
  ) {}

  @Post()
  @Allow(MAY_ADMINISTER)
  @ApiCreatedResponse({ type: UserAnswer })
  @Records('Register somebody who signs in, with their roles and sites', 'user.login-taken', 'user.site-unknown')
  register(@Body() body: RegisterUserDto, @KeyedMetadata() metadata: CommandMetadata): Promise<UserAnswer> {
    const user = { login: normalLogin(body.login), displayName: body.displayName };
    return this.record(metadata, userIdOf(metadata.tenant, user.login), { kind: 'register', user, grant: grant(body) });
  }

  @Post(':userId/roles')
  @Allow(MAY_ADMINISTER)
  @ApiCreatedResponse({ type: UserAnswer })
  @Records(
    'Set roles and sites, in place of those before; every token of theirs ends, within seconds',
    'user.not-registered',
    'user.site-unknown',
    'user.last-administrator',
  )
  setRoles(@Param() { userId }: UserPath, @Body() body: GrantDto, @KeyedMetadata() metadata: CommandMetadata): Promise<UserAnswer> {
    return this.record(metadata, userId, { kind: 'set-roles', grant: grant(body) });
  }

  @Post(':userId/deactivation')
  @Allow(MAY_ADMINISTER)
  @ApiCreatedResponse({ type: UserAnswer })
  @Records(
    'Deactivate somebody: no token they had counts ever again, within seconds',
    'user.not-registered',
    'user.deactivated',
    'user.last-administrator',
  )
  deactivate(@Param() { userId }: UserPath, @Body() body: ReasonDto, @KeyedMetadata() metadata: CommandMetadata): Promise<UserAnswer> {
    return this.record(metadata, userId, { kind: 'deactivate', ...pick(body, 'reason') });
  }

  @Post(':userId/reactivation')
  @Allow(MAY_ADMINISTER)
  @ApiCreatedResponse({ type: UserAnswer })
  @Records('Reactivate somebody, with the roles and sites they had', 'user.not-registered', 'user.active')
  reactivate(@Param() { userId }: UserPath, @Body() body: ReasonDto, @KeyedMetadata() metadata: CommandMetadata): Promise<UserAnswer> {
    return this.record(metadata, userId, { kind: 'reactivate', ...pick(body, 'reason') });
  }

  /** That it was set is an event, which ends every token; the secret is replaced, and stands in none (ADR 0042). */
  @Post(':userId/password')
  @Allow(MAY_ADMINISTER)
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
    const record = () => this.record(metadata, userId, { kind: 'set-password', by: userId === metadata.actor.id ? 'self' : 'other' });
    await this.limits.inTurn(ip, () => this.credentials.setPassword(tenant, userId, password, record));
    return { userId };
  }

  private async record(metadata: CommandMetadata, userId: string, command: UserCommand): Promise<UserAnswer> {
    const { tenant, actor } = metadata;
    const stream = streamName('user', tenant, userId);
    const takesAway = command.kind === 'set-roles' || command.kind === 'deactivate';
    const context = async (): Promise<UnknownSites & Administrators> => ({
      ...(await this.unknownSites(tenant, command)),
      isLastAdministrator: takesAway && (await this.administrators.isLast(tenant, userId, actor.id)),
    });
    const recorded = () => this.bus.execute(Record.onStream(metadata, { stream, decider: userDecider, command, context }));
    const outcome = await (takesAway ? this.administrators.alone(tenant, recorded) : recorded());
    await this.users.changed(tenant, userId);
    return Object.assign(answer(outcome), { userId });
  }

  private async unknownSites(tenant: string, command: UserCommand): Promise<UnknownSites> {
    if (!('grant' in command) || command.grant.sites === 'all') return { unknownSites: [] };
    const unknown = await Promise.all(
      command.grant.sites.map(async (siteId) => ((await this.services.sites.site(tenant, siteId)) === null ? [siteId] : [])),
    );
    return { unknownSites: unknown.flat() };
  }
}

const grant = (body: GrantDto): UserRolesSet => ({ roles: body.roles, sites: scopeOf(body) });

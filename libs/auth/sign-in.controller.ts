import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { Problem, Text, PublicPostRoute, WithoutKey } from '@touchline/http';
import { Public } from './allow.js';
import { LocalCredentials } from './credentials.js';
import { UserDirectory } from './directories.js';
import { MAX_PASSWORD_LENGTH } from './passwords.js';
import { SignInLimits } from './sign-in-limits.js';
import type { LocalTokens } from './tokens.js';
import { isGroupName } from './tokens.js';
import { userIdOf } from '@touchline/commands/user-id.js';

/** Injection token of the issuer of local tokens; null where an identity provider signs. */
export const LOCAL_TOKENS = Symbol('LOCAL_TOKENS');

class SignInDto {
  @Text({ max: 31, description: 'short name of the group', example: 'dongfang' })
  tenant!: string;

  @Text({ max: 100, example: 'li.na' })
  login!: string;

  @Text({ max: MAX_PASSWORD_LENGTH, as: 'given', example: 'four words one remembers' })
  password!: string;
}

class SignedIn {
  @ApiProperty({ description: 'send it as Authorization: Bearer …' })
  token!: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  @ApiProperty({ format: 'uuid' })
  userId!: string;

  @ApiProperty({ example: '李娜' })
  displayName!: string;
}

@ApiTags('sign-in')
@Controller('sign-in')
export class SignInController {
  constructor(
    @Inject(LOCAL_TOKENS) private readonly tokens: LocalTokens | null,
    @Inject(LocalCredentials) private readonly credentials: LocalCredentials,
    @Inject(UserDirectory) private readonly users: UserDirectory,
    @Inject(SignInLimits) private readonly limits: SignInLimits,
  ) {}

  @Post()
  @Public()
  @WithoutKey()
  @PublicPostRoute('Sign in with a password; answers with a token', SignedIn, {
    401: ['credentials.wrong', 'user.inactive'],
    404: ['sign-in.elsewhere'],
    503: ['event-store.unavailable', 'database.unavailable', 'sign-in.busy'],
  })
  async signIn(@Body() body: SignInDto, @Req() { ip }: { ip: string }): Promise<SignedIn> {
    if (this.tokens === null) throw new Problem(404, 'sign-in.elsewhere', 'sign in at the identity provider');
    const { tenant, login, password } = body;
    const userId = userIdOf(tenant, login);
    // Read before the password is looked at: where that is replaced meanwhile, what the old one gives has ended already.
    const user = isGroupName(tenant) ? await this.users.userNow(tenant, userId) : null;
    // The same answer for a wrong login and a wrong password, after the same work: nobody learns who has an account.
    const fits = await this.limits.tried({ userId, address: ip }, () => this.credentials.verify(tenant, userId, password));
    if (!fits || user === null) throw new Problem(401, 'credentials.wrong', 'group, login and password do not fit together', CHALLENGE);
    if (!user.active) throw new Problem(401, 'user.inactive', 'this user has been deactivated', CHALLENGE);
    return { ...(await this.tokens.issue({ tenant, userId, generation: user.generation })), userId, displayName: user.displayName };
  }
}

const CHALLENGE = { headers: { 'www-authenticate': 'Bearer realm="touchline"' } };

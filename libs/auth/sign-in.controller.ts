import type { OnModuleInit } from '@nestjs/common';
import { Body, Controller, Inject, Post, Req } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem, Text, PublicPostRoute, WithoutKey } from '@touchline/http';
import { Public } from './allow.js';
import { LocalCredentials } from './credentials.js';
import { UserDirectory } from './directories.js';
import { MAX_PASSWORD_LENGTH } from './passwords.js';
import type { LocalTokens } from './tokens.js';
import { userIdOf } from './user-id.js';

/** Injection token of the issuer of local tokens; null where an identity provider signs. */
export const LOCAL_TOKENS = Symbol('LOCAL_TOKENS');

/** Tries in a minute: for one login from anywhere, and from one address for any login. */
const TRIES_PER_LOGIN = 10;
const TRIES_PER_ADDRESS = 100;

class SignInDto {
  @Text({ max: 31, description: 'short name of the group', example: 'dongfang' })
  tenant!: string;

  @Text({ max: 100, example: 'li.na' })
  login!: string;

  @Text({ max: MAX_PASSWORD_LENGTH, as: 'given' })
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

type Limiter = ReturnType<FastifyInstance['createRateLimit']>;
type SignInRequest = FastifyRequest<{ Body: SignInDto }>;

@ApiTags('sign-in')
@Controller('sign-in')
export class SignInController implements OnModuleInit {
  private limiters: Limiter[] = [];

  constructor(
    @Inject(LOCAL_TOKENS) private readonly tokens: LocalTokens | null,
    @Inject(LocalCredentials) private readonly credentials: LocalCredentials,
    @Inject(UserDirectory) private readonly users: UserDirectory,
    @Inject(HttpAdapterHost) private readonly adapters: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapters.httpAdapter.getInstance<FastifyInstance>();
    const keyOfLogin = (request: FastifyRequest): string => {
      const { tenant, login } = (request as SignInRequest).body;
      return userIdOf(tenant, login);
    };
    this.limiters = [
      fastify.createRateLimit({ max: TRIES_PER_ADDRESS, timeWindow: 60_000, keyGenerator: (request) => request.ip }),
      fastify.createRateLimit({ max: TRIES_PER_LOGIN, timeWindow: 60_000, keyGenerator: keyOfLogin }),
    ];
  }

  @Post()
  @Public()
  @WithoutKey()
  @PublicPostRoute('Sign in with a password; answers with a token', SignedIn, {
    401: ['credentials.wrong', 'user.inactive'],
    404: ['sign-in.elsewhere'],
  })
  async signIn(@Body() body: SignInDto, @Req() request: FastifyRequest): Promise<SignedIn> {
    if (this.tokens === null) throw new Problem(404, 'sign-in.elsewhere', 'sign in at the identity provider');
    await this.assertFewTries(request);
    const { tenant, login, password } = body;
    const userId = userIdOf(tenant, login);
    // The same answer for a wrong login and a wrong password, after the same work: nobody learns who has an account.
    const fits = await this.credentials.verify(tenant, userId, password);
    const user = fits ? await this.users.user(tenant, userId) : null;
    if (user === null) throw new Problem(401, 'credentials.wrong', 'group, login and password do not fit together', CHALLENGE);
    if (!user.active) throw new Problem(401, 'user.inactive', 'this user has been deactivated', CHALLENGE);
    return { ...(await this.tokens.issue({ tenant, userId })), userId, displayName: user.displayName };
  }

  private async assertFewTries(request: FastifyRequest): Promise<void> {
    for (const limiter of this.limiters) {
      const verdict = await limiter(request);
      if (verdict.isAllowed || !verdict.isExceeded) continue;
      const headers = { 'retry-after': String(verdict.ttlInSeconds) };
      throw new Problem(429, 'rate.limited', 'too many tries; wait a minute', { headers });
    }
  }
}

const CHALLENGE = { headers: { 'www-authenticate': 'Bearer realm="touchline"' } };

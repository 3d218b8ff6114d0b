import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Caller } from '@touchline/core';
import { rolesThatCount } from '@touchline/core';
import { Problem } from '@touchline/http';
import type { Account } from '@touchline/touchpoints/user/user.fold.js';
import type { Permission } from '@touchline/core';
import { PERMISSION, PUBLIC } from './allow.js';
import { UserDirectory } from './directories.js';
import type { TokenSubject, TokenVerifier } from './tokens.js';
import { IdentityProviderUnavailable, TokenRefused } from './tokens.js';

/** Injection token of the verifier that the settings ask for. */
export const TOKEN_VERIFIER = Symbol('TOKEN_VERIFIER');

interface IncomingRequest {
  headers: { authorization?: string };
  caller?: Caller;
  /** Whose token it carries, where that was looked at before; rejects as the verifier does. */
  verified?: Promise<TokenSubject>;
}

/**
 * Who calls, and whether they may (ADR 0042). A token only says who; roles and sites are read from the user's stream at every
 * request, so that a role taken away counts within seconds. What is not declared is refused.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier,
    @Inject(UserDirectory) private readonly users: UserDirectory,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places)) return true;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, places);
    if (permission === undefined) throw new Problem(403, 'role.not-allowed', 'nobody may call this');
    const request = context.switchToHttp().getRequest<IncomingRequest>();
    const caller = await this.callerOf(await this.subjectOf(request));
    assertAllowed(caller, permission);
    request.caller = caller;
    return true;
  }

  private async subjectOf({ verified, headers }: IncomingRequest): Promise<TokenSubject> {
    const token = bearer(headers.authorization);
    try {
      return await (verified ?? this.verifier.verify(token));
    } catch (error) {
      if (error instanceof TokenRefused) throw unauthorized(error.code, error.message);
      if (error instanceof IdentityProviderUnavailable)
        throw new Problem(503, 'identity-provider.unavailable', error.message, { headers: { 'retry-after': '5' } });
      throw error;
    }
  }

  private async callerOf(subject: TokenSubject): Promise<Caller> {
    const { tenant, userId, generation = 0 } = subject;
    const held = await this.users.user(tenant, userId);
    // A token that came after what this process holds of its user is none that ended.
    const user = held !== null && generation > held.generation ? await this.users.userNow(tenant, userId) : held;
    if (user === null) throw unauthorized('user.inactive', 'the group does not know this user');
    if (!user.active) throw unauthorized('user.inactive', 'this user has been deactivated');
    if (hasEnded(subject, user)) throw unauthorized('token.expired', 'password, roles or sites were changed since; sign in again');
    const { displayName, roles, sites } = user;
    return { tenant, userId, displayName, roles: rolesThatCount(tenant, roles), sites };
  }
}

/** Of a provider's token only its second is known: one of the very second of the end, or that does not say, does not count. */
const hasEnded = ({ generation, issuedAt }: TokenSubject, user: Account): boolean =>
  generation === undefined
    ? user.tokensEndedAt !== null && issuedAt * 1000 < Date.parse(user.tokensEndedAt)
    : generation !== user.generation;

/** @throws Problem 403 */
export function assertAllowed(caller: Caller, permission: Permission): void {
  if (!caller.roles.some((role) => permission.roles.includes(role)))
    throw new Problem(403, 'role.not-allowed', `this is for: ${permission.roles.join(', ')}`);
  if (permission.scope === 'group' && caller.sites !== 'all')
    throw new Problem(403, 'scope.group-only', 'this is for those who work for the whole group');
}

/** The one token of an Authorization header, however its scheme is spelled; null where it holds none. */
export const bearerToken = (header: string | undefined): string | null =>
  /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header ?? '')?.[1]?.replace(/=+$/, '') ?? null;

function bearer(header: string | undefined): string {
  if (header === undefined) throw unauthorized('token.missing', 'send a token: Authorization: Bearer …');
  const token = bearerToken(header);
  if (token === null) throw unauthorized('token.invalid', 'the Authorization header is not "Bearer" and a token');
  return token;
}

/** RFC 6750: without a token the challenge names no error. */
function unauthorized(code: string, detail: string): Problem {
  const error = code === 'token.missing' ? '' : `, error="invalid_token", error_description="${detail.replaceAll('"', "'")}"`;
  return new Problem(401, code, detail, { headers: { 'www-authenticate': `Bearer realm="touchline"${error}` } });
}

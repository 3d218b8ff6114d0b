import type { JWTPayload, JWTVerifyGetKey, JWTVerifyOptions } from 'jose';
import { SignJWT, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Settings } from '@touchline/config';
import type { Clock } from '@touchline/core';
import { userIdOf } from '@touchline/commands/user-id.js';

/** Whom a token names; what they may is not in it. */
export interface TokenSubject {
  tenant: string;
  userId: string;
  /** Which generation of the user's tokens it is of; that of an identity provider does not say. */
  generation?: number;
  /** Seconds since 1970. */
  issuedAt: number;
}

export type TokenFault = 'token.expired' | 'token.invalid';

/** The token does not count. Says which rule failed, never what the token holds. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  constructor(
    readonly code: TokenFault,
    detail: string,
  ) {
    super(detail);
  }
}

/** The identity provider does not give its keys; nobody can tell whether the token is good. */
export class IdentityProviderUnavailable extends Error {
  override readonly name = 'IdentityProviderUnavailable';
}

export interface TokenVerifier {
  /** @throws TokenRefused, IdentityProviderUnavailable */
  verify(token: string): Promise<TokenSubject>;
}

/** How far the clocks of issuer and reader may differ, seconds. */
const TOLERANCE_SECONDS = 5;
const LOCAL_ISSUER = 'touchline';
const LOCAL_AUDIENCE = 'touchline-api';
const TENANT = /^[a-z][a-z0-9]{1,30}$/;
export const isGroupName = (tenant: string): boolean => TENANT.test(tenant);

/** Tokens of users who sign in here: HMAC-SHA-256 under one key. */
export class LocalTokens implements TokenVerifier {
  private readonly key: Uint8Array;

  constructor(
    signingKey: string,
    private readonly ttlMinutes: number,
    private readonly clock: Clock,
  ) {
    this.key = new TextEncoder().encode(signingKey);
  }

  /** `expiresAt` is ISO 8601 UTC. */
  async issue({ tenant, userId, generation }: Omit<TokenSubject, 'issuedAt'>): Promise<{ token: string; expiresAt: string }> {
    const issuedAt = Math.floor(Date.parse(await this.clock.now()) / 1000);
    const expiry = issuedAt + this.ttlMinutes * 60;
    const token = await new SignJWT({ tenant, ...(generation !== undefined && { generation }) })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setIssuer(LOCAL_ISSUER)
      .setAudience(LOCAL_AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiry)
      .sign(this.key);
    return { token, expiresAt: new Date(expiry * 1000).toISOString() };
  }

  async verify(token: string): Promise<TokenSubject> {
    const expected = { issuer: LOCAL_ISSUER, audience: LOCAL_AUDIENCE, algorithms: ['HS256'] };
    const payload = await checked(this.clock, expected, (options) => jwtVerify(token, this.key, options));
    const { generation } = payload as { generation?: unknown };
    return {
      ...{ tenant: tenantOf(payload['tenant']), userId: textOf(payload.sub), issuedAt: payload.iat ?? 0 },
      ...(typeof generation === 'number' && { generation }),
    };
  }
}

export interface OidcOptions {
  issuer: string;
  audience: string;
  /** The provider's public keys. */
  keys: JWTVerifyGetKey;
  loginClaim: string;
  tenantClaim: string;
}

/** Tokens of an identity provider. Signatures by public key only: its keys must not serve as a shared secret. */
export class OidcTokens implements TokenVerifier {
  constructor(
    private readonly options: OidcOptions,
    private readonly clock: Clock,
  ) {}

  async verify(token: string): Promise<TokenSubject> {
    const { issuer, audience, keys, loginClaim, tenantClaim } = this.options;
    const expected = { issuer, audience, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] };
    const payload = await checked(this.clock, expected, (options) => jwtVerify(token, keys, options));
    const tenant = tenantOf(payload[tenantClaim]);
    return { tenant, userId: userIdOf(tenant, textOf(payload[loginClaim])), issuedAt: payload.iat ?? 0 };
  }
}

/** The verifier that the settings ask for, and the issuer of local tokens where there is no identity provider. */
export function tokensFrom({ signIn }: Pick<Settings, 'signIn'>, clock: Clock): { verifier: TokenVerifier; local: LocalTokens | null } {
  const { oidcIssuer, oidcAudience, oidcJwksUrl, tokenSigningKey } = signIn;
  if (oidcIssuer !== undefined && oidcAudience !== undefined && oidcJwksUrl !== undefined) {
    const claims = { loginClaim: signIn.oidcLoginClaim, tenantClaim: signIn.oidcTenantClaim };
    const options = { issuer: oidcIssuer, audience: oidcAudience, keys: providerKeys(oidcJwksUrl), ...claims };
    return { verifier: new OidcTokens(options, clock), local: null };
  }
  if (tokenSigningKey === undefined) throw new Error('neither an identity provider nor a signing key is set');
  const local = new LocalTokens(tokenSigningKey, signIn.tokenTtlMinutes, clock);
  return { verifier: local, local };
}

async function checked(
  clock: Clock,
  expected: JWTVerifyOptions,
  verify: (options: JWTVerifyOptions) => Promise<{ payload: JWTPayload }>,
): Promise<JWTPayload> {
  const currentDate = new Date(await clock.now());
  try {
    return (await verify({ ...expected, currentDate, clockTolerance: TOLERANCE_SECONDS, requiredClaims: ['exp'] })).payload;
  } catch (error) {
    throw asFault(error);
  }
}

function asFault(error: unknown): unknown {
  if (!(error instanceof errors.JOSEError)) return error;
  if (error instanceof errors.JWTExpired) return new TokenRefused('token.expired', 'the token has expired; sign in again');
  if (error instanceof errors.JWTClaimValidationFailed)
    return new TokenRefused('token.invalid', `the token's "${error.claim}" is not what it must be`);
  return new TokenRefused('token.invalid', 'the token is not one that counts here');
}

/** Tells a provider that is away from a token that names none of its keys. */
function providerKeys(url: string): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(url), { timeoutDuration: 3_000 });
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new IdentityProviderUnavailable('the identity provider does not give its keys', { cause: error });
    }
  };
}

function tenantOf(claim: unknown): string {
  const tenant = textOf(claim);
  if (!isGroupName(tenant)) throw new TokenRefused('token.invalid', 'the token names no group');
  return tenant;
}

function textOf(claim: unknown): string {
  if (typeof claim !== 'string' || claim === '' || claim.length > 200)
    throw new TokenRefused('token.invalid', 'the token does not say whose it is');
  return claim;
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CryptoKey, JWTPayload } from 'jose';
import { SignJWT, UnsecuredJWT, exportJWK, generateKeyPair } from 'jose';
import type { Settings } from '@touchline/config';
import type { TokenVerifier } from './tokens.js';
import { IdentityProviderUnavailable, LocalTokens, TokenRefused, tokensFrom } from './tokens.js';
import { userIdOf } from '@touchline/commands/user-id.js';

const NOW = '2026-06-01T08:00:00.000Z';
const now = Date.parse(NOW) / 1000;
const clock = { now: () => Promise.resolve(NOW) };
const at = (iso: string) => ({ now: () => Promise.resolve(iso) });
const SECRET = 'a signing key that is long enough for HS256';
const secret = new TextEncoder().encode(SECRET);
const subject = { tenant: 'dongfang', userId: userIdOf('dongfang', 'li') };

const outcome = (verifier: TokenVerifier, token: string): Promise<unknown> =>
  verifier.verify(token).catch((error: unknown) => {
    if (error instanceof TokenRefused) return error.code;
    throw error;
  });

describe('a local token', () => {
  const tokens = new LocalTokens(SECRET, 60, clock);
  const payload = { tenant: 'dongfang', sub: subject.userId, iss: 'touchline', aud: 'touchline-api', iat: now, exp: now + 3600 };
  const signed = (claims: JWTPayload, key: Uint8Array = secret, alg = 'HS256') => new SignJWT(claims).setProtectedHeader({ alg }).sign(key);

  it('names its user, until it expires', async () => {
    const { token, expiresAt } = await tokens.issue(subject);
    expect(expiresAt).toBe('2026-06-01T09:00:00.000Z');
    expect(await tokens.verify(token)).toEqual({ ...subject, issuedAt: expect.any(Number) });
    expect(await outcome(new LocalTokens(SECRET, 60, at('2026-06-01T09:00:04.000Z')), token)).toMatchObject(subject);
    expect(await outcome(new LocalTokens(SECRET, 60, at('2026-06-01T09:00:05.000Z')), token)).toBe('token.expired');
  });

  it('is good as these tests make it', async () => {
    expect(await outcome(tokens, await signed(payload))).toMatchObject(subject);
  });

  const without = (claim: keyof typeof payload): JWTPayload => Object.fromEntries(Object.entries(payload).filter(([key]) => key !== claim));
  it.each<[string, () => Promise<string> | string]>([
    ['another key', () => signed(payload, new TextEncoder().encode('another key that is long enough for it'))],
    ['another algorithm of the same key', () => signed(payload, new TextEncoder().encode(SECRET.repeat(2)), 'HS512')],
    ['alg none', () => new UnsecuredJWT(payload).encode()],
    ['another issuer', () => signed({ ...payload, iss: 'somebody' })],
    ['another audience', () => signed({ ...payload, aud: 'another-api' })],
    ['no audience', () => signed(without('aud'))],
    ['no expiry', () => signed(without('exp'))],
    ['a beginning that has not come', () => signed({ ...payload, nbf: now + 60 })],
    ['no user', () => signed(without('sub'))],
    ['no group', () => signed(without('tenant'))],
    ['a group that is none', () => signed({ ...payload, tenant: 'east.1' })],
    ['no token', () => 'nonsense'],
    ['nothing', () => ''],
  ])('does not count with %s', async (_name, make) => {
    expect(await outcome(tokens, await make())).toBe('token.invalid');
  });

  it('does not count after a change of any part', async () => {
    const [header = '', body = '', signature = ''] = (await signed(payload)).split('.');
    const raised = Buffer.from(JSON.stringify({ ...payload, sub: userIdOf('dongfang', 'admin') })).toString('base64url');
    for (const forged of [`${header}.${raised}.${signature}`, `${header}.${body}.`, `${header}.${body}.${signature.replace(/^./, '')}`])
      expect(await outcome(tokens, forged)).toBe('token.invalid');
  });
});

describe("an identity provider's token", () => {
  const server = createServer((_request, response) => {
    response.writeHead(keys === null ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  let keys: object[] | null = [];
  let privateKey: CryptoKey;
  let publicKey: CryptoKey;
  let settings: Pick<Settings, 'signIn'>;
  let verifier: TokenVerifier;

  const claims = { iss: 'https://id.example', aud: 'touchline', exp: now + 60, preferred_username: 'Li', tenant: 'dongfang' };
  const signed = (payload: JWTPayload, kid = 'one', key = privateKey) =>
    new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(key);

  beforeAll(async () => {
    ({ privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true }));
    keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }];
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    settings = {
      signIn: {
        tokenSigningKey: SECRET,
        tokenTtlMinutes: 60,
        oidcIssuer: 'https://id.example',
        oidcAudience: 'touchline',
        oidcJwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
        oidcLoginClaim: 'preferred_username',
        oidcTenantClaim: 'tenant',
      },
    };
    ({ verifier } = tokensFrom(settings, clock));
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  it('names the user known here by its login, however it is written', async () => {
    expect(await outcome(verifier, await signed(claims))).toMatchObject(subject);
  });

  it('leaves no local sign-in', async () => {
    expect(tokensFrom(settings, clock).local).toBeNull();
    const { token } = await new LocalTokens(SECRET, 60, clock).issue(subject);
    expect(await outcome(verifier, token)).toBe('token.invalid');
  });

  it.each<[string, () => Promise<string>, string]>([
    ['that has expired', () => signed({ ...claims, exp: now - 6 }), 'token.expired'],
    ['of another issuer', () => signed({ ...claims, iss: 'https://evil.example' }), 'token.invalid'],
    ['for another audience', () => signed({ ...claims, aud: 'mail' }), 'token.invalid'],
    ['without a login', () => signed({ ...claims, preferred_username: '' }), 'token.invalid'],
    ['without a group', () => signed({ ...claims, tenant: 7 }), 'token.invalid'],
    ['that names a key the provider does not have', () => signed(claims, 'two'), 'token.invalid'],
    [
      "signed by somebody else under the key's name",
      async () => signed(claims, 'one', (await generateKeyPair('RS256')).privateKey),
      'token.invalid',
    ],
    [
      'signed with the public key as a shared secret',
      async () => {
        const shared = new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)));
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(shared);
      },
      'token.invalid',
    ],
  ])('%s does not count', async (_name, make, code) => {
    expect(await outcome(verifier, await make())).toBe(code);
  });

  it('is neither good nor bad while the provider is away', async () => {
    const held = keys;
    keys = null;
    await expect(tokensFrom(settings, clock).verifier.verify(await signed(claims))).rejects.toThrow(IdentityProviderUnavailable);
    keys = held;
    const nowhere = tokensFrom({ signIn: { ...settings.signIn, oidcJwksUrl: 'http://127.0.0.1:9/jwks' } }, clock).verifier;
    await expect(nowhere.verify(await signed(claims))).rejects.toThrow(IdentityProviderUnavailable);
  });
});

describe('the id of a user', () => {
  it('is the same for every way to write a login, and another in another group', () => {
    expect(userIdOf('dongfang', ' LI.Na ')).toBe(userIdOf('dongfang', 'li.na'));
    expect(userIdOf('dongfang', 'ｌｉ')).toBe(subject.userId);
    expect(userIdOf('huadong', 'li')).not.toBe(subject.userId);
  });
});

import { SignJWT, UnsecuredJWT } from 'jose';
import { tokensFrom } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import { GROUP_ROLES } from '@touchline/core';
import type { TestApi } from './use-api.js';

/** Tokens of somebody who may do everything, and of everybody whom no route takes, or only some. */
export async function tokensOf(api: TestApi): Promise<ReadonlyMap<string, string>> {
  const { settings } = api.platform;
  const at = (now: string) => tokensFrom(settings, { now: () => Promise.resolve(now) }).local!;
  const tokenOf = async (login: string, tenant = 'dongfang', now = api.now): Promise<string> =>
    (await at(now).issue({ tenant, userId: userIdOf(tenant, login) })).token;
  const admin = await api.as('admin');
  const register = (login: string, roles: readonly string[], sites: 'all' | string[]) =>
    admin.record('/admin/users', { login, displayName: login, roles, sites });

  await register('everything', GROUP_ROLES, 'all');
  await register('nothing', [], 'all');
  await register('somewhere', GROUP_ROLES, ['pudong']);
  await register('gone', GROUP_ROLES, 'all');
  await admin.record(`/admin/users/${userIdOf('dongfang', 'gone')}/deactivation`, {});

  const good = await tokenOf('everything');
  const [header = '', claims = '', signature = ''] = good.split('.');
  const payload = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Record<string, unknown>;
  const other = Buffer.from(JSON.stringify({ ...payload, sub: userIdOf('dongfang', 'admin') })).toString('base64url');
  const foreignKey = new TextEncoder().encode('a signing key of somebody else, long enough');
  return new Map([
    ['good', good],
    ['operator', await tokenOf('ops', 'platform')],
    ['expired', await tokenOf('everything', 'dongfang', new Date(Date.parse(api.now) - 25 * 3_600_000).toISOString())],
    ['foreign', await new SignJWT(payload).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(foreignKey)],
    ['unsigned', new UnsecuredJWT(payload).encode()],
    ['altered', `${header}.${other}.${signature}`],
    ['deactivated', await tokenOf('gone')],
    ['unknown', await tokenOf('nobody')],
    ['of another group', await tokenOf('everything', 'huadong')],
    ['without roles', await tokenOf('nothing')],
    ['of one site', await tokenOf('somewhere')],
  ]);
}

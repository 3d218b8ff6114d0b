import type { UserDirectory } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { Caller } from '@touchline/core';
import { Problem } from '@touchline/http';

/** A system that sends messages: a user of its group with the role `service`, and the login it is registered under. */
export interface Source {
  caller: Caller;
  login: string;
}

const FORM = /^\/([a-z][a-z0-9]{1,30})\/([^/]+)$/;

/**
 * Who a message says it comes from, with the roles and sites the group gave them; deny by default (ADR 0042). Who may write to the
 * topic at all is for the broker to say.
 * @throws Problem 400 `request.invalid`, 401 `source.unknown` | `user.inactive`, 403 `role.not-allowed`
 */
export async function sourceNamed(users: UserDirectory, named: string): Promise<Source> {
  const [, tenant, login] = FORM.exec(named) ?? [];
  if (tenant === undefined || login === undefined)
    throw new Problem(400, 'request.invalid', 'the message is not a CloudEvent of the form it should have', {
      errors: [{ field: 'ce_source', rule: 'attribute', detail: 'must be /<group>/<login of the system>' }],
    });
  const userId = userIdOf(tenant, login);
  const user = await users.user(tenant, userId);
  if (user === null) throw new Problem(401, 'source.unknown', 'the group does not know this system');
  if (!user.active) throw new Problem(401, 'user.inactive', 'this system has been deactivated');
  if (!user.roles.includes('service')) throw new Problem(403, 'role.not-allowed', 'messages are taken from users with the role service');
  const { displayName, roles, sites } = user;
  return { login: user.login, caller: { tenant, userId, displayName, roles, sites } };
}

import type { DecideContext, Decider, NewEvent, Rejection } from '@touchline/core';
import { accept, acceptUnless, identityFault, refuse } from '@touchline/core';
import type { User } from './user.fold.js';
import type { UserEvent, UserRegistered, UserRolesSet } from './user.events.js';
import { userFold } from './user.fold.js';

export type UserCommand =
  | { kind: 'register'; user: UserRegistered; grant: UserRolesSet }
  | { kind: 'set-roles'; grant: UserRolesSet }
  | { kind: 'deactivate' | 'reactivate'; reason?: string }
  | { kind: 'set-password'; by: 'self' | 'other' };

/** Those of the command's sites that the group does not have; a site once opened stays known (ADR 0041). */
export interface UnknownSites {
  unknownSites: readonly string[];
}

/** Nobody else administers the whole group; whoever would take that from them would lock everybody out. */
export interface Administrators {
  isLastAdministrator: boolean;
}

export type UserRejection =
  | 'user.login-taken'
  | 'user.not-registered'
  | 'user.roles'
  | 'user.site-unknown'
  | 'user.deactivated'
  | 'user.active'
  | 'user.last-administrator';

export const userDecider: Decider<User | null, UserCommand, UserEvent, DecideContext & UnknownSites & Administrators, UserRejection> = {
  fold: userFold,

  decide(user, command, { now, unknownSites, isLastAdministrator }) {
    const about = { occurredAt: now, subjects: {} };
    if (command.kind === 'register') {
      if (user !== null) return refuse(identityFault('user.login-taken', 'somebody has that login', 'login'));
      const events: NewEvent<UserEvent>[] = [
        { type: 'user-registered', data: command.user, ...about },
        { type: 'user-roles-set', data: command.grant, ...about },
      ];
      return acceptUnless(events, ...grantFaults(command.grant, unknownSites));
    }
    if (user === null) return refuse(identityFault('user.not-registered', 'there is no such user', 'userId'));
    switch (command.kind) {
      case 'set-roles':
        return acceptUnless(
          [{ type: 'user-roles-set', data: command.grant, ...about }],
          ...grantFaults(command.grant, unknownSites),
          isLastAdministrator && user.active && administersGroup(user) && !administersGroup(command.grant) && lastAdministrator,
        );
      case 'deactivate':
        if (!user.active) return refuse(identityFault('user.deactivated', 'the user is deactivated already', 'userId'));
        return acceptUnless(
          [{ type: 'user-deactivated', data: reasonOf(command), ...about }],
          isLastAdministrator && administersGroup(user) && lastAdministrator,
        );
      case 'set-password':
        return accept({ type: 'user-password-set', data: { by: command.by }, ...about });
      case 'reactivate':
        return user.active
          ? refuse(identityFault('user.active', 'the user is active already', 'userId'))
          : accept({ type: 'user-reactivated', data: reasonOf(command), ...about });
    }
  },
};

/** With `admin` at single sites nobody can be registered. */
export const administersGroup = ({ roles, sites }: Pick<User, 'roles' | 'sites'>): boolean => roles.includes('admin') && sites === 'all';

const lastAdministrator = identityFault(
  'user.last-administrator',
  'nobody else administers the group; give somebody else the role admin first',
  'userId',
);

const reasonOf = ({ reason }: { reason?: string }): { reason?: string } => (reason === undefined ? {} : { reason });

function grantFaults(grant: UserRolesSet, unknownSites: readonly string[]): (Rejection<UserRejection> | false)[] {
  return [
    new Set(grant.roles).size < grant.roles.length && identityFault('user.roles', 'each role is given once', 'roles'),
    unknownSites.length > 0 && identityFault('user.site-unknown', `there is no such site: ${unknownSites.join(', ')}`, 'sites'),
  ];
}

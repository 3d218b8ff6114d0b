import type { DecideContext, Decider, NewEvent, Rejection } from '@touchline/core';
import { accept, acceptUnless, identityFault, refuse } from '@touchline/core';
import type { User, UserEvent, UserRegistered, UserRolesSet } from './user.events.js';
import { evolveUser } from './user.events.js';

export type UserCommand =
  | { kind: 'register'; user: UserRegistered; grant: UserRolesSet }
  | { kind: 'set-roles'; grant: UserRolesSet }
  | { kind: 'deactivate' | 'reactivate'; reason?: string };

/** Those of the command's sites that the group does not have; a site once opened stays known (D1). */
export interface UnknownSites {
  unknownSites: readonly string[];
}

export type UserRejection =
  'user.login-taken' | 'user.not-registered' | 'user.roles' | 'user.site-unknown' | 'user.inactive' | 'user.active';

export const userDecider: Decider<User | null, UserCommand, UserEvent, DecideContext & UnknownSites, UserRejection> = {
  initial: null,
  evolve: evolveUser,

  decide(user, command, { now, unknownSites }) {
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
        return acceptUnless([{ type: 'user-roles-set', data: command.grant, ...about }], ...grantFaults(command.grant, unknownSites));
      case 'deactivate':
        return user.active
          ? accept({ type: 'user-deactivated', data: reasonOf(command), ...about })
          : refuse(identityFault('user.inactive', 'the user is deactivated already', 'userId'));
      case 'reactivate':
        return user.active
          ? refuse(identityFault('user.active', 'the user is active already', 'userId'))
          : accept({ type: 'user-reactivated', data: reasonOf(command), ...about });
    }
  },
};

const reasonOf = ({ reason }: { reason?: string }): { reason?: string } => (reason === undefined ? {} : { reason });

function grantFaults(grant: UserRolesSet, unknownSites: readonly string[]): (Rejection<UserRejection> | false)[] {
  return [
    new Set(grant.roles).size < grant.roles.length && identityFault('user.roles', 'each role is given once', 'roles'),
    unknownSites.length > 0 && identityFault('user.site-unknown', `there is no such site: ${unknownSites.join(', ')}`, 'sites'),
  ];
}

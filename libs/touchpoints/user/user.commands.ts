import type { DataOf, SiteScope } from '@touchline/core';
import { GROUP_ROLES, choices, flag, form, id, scopeOf, sites, text } from '@touchline/core';
import type { Known } from '../command.js';
import { MAY_ADMINISTER, onStream, touchpoint } from '../declare.js';
import { userDecider } from './user.decider.js';
import type { UserRolesSet } from './user.events.js';
import { userEvents } from './user.events.js';
import { normalLogin } from './user.rules.js';

const COMMON = { category: 'user', idField: 'userId', decider: userDecider } as const;
const ROUTED = {
  ...COMMON,
  tag: 'administration',
  who: MAY_ADMINISTER,
  answers: { name: 'UserAnswer', id: 'userId' },
} as const;
const params = form('UserPath', { userId: id() });
const LOGIN = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,99}$/u;

const granted = {
  roles: choices(GROUP_ROLES, { minItems: 0, description: 'none at all lets nobody do anything' }),
  allSites: flag({ optional: true, description: 'the whole group, with the sites it will have; `sites` does not count then' }),
  sites: sites(),
};
const reasoned = { reason: text({ optional: true, max: 300 }) };

const grant = ({ roles, ...at }: DataOf<typeof granted>): UserRolesSet => ({ roles, sites: scopeOf(at) });

async function unknownSites(at: { allSites?: boolean; sites: SiteScope }, known: Known): Promise<string[]> {
  const named = scopeOf(at);
  if (named === 'all') return [];
  return (await Promise.all(named.map(async (siteId) => ((await known.site(siteId)) ? [] : [siteId])))).flat();
}

const NOTHING_NAMED = { unknownSites: [], isLastAdministrator: false };

const userCommands = [
  onStream({
    ...ROUTED,
    // The id derives from the login, for ever.
    idField: 'login',
    name: 'user-registered',
    operation: 'User_register',
    path: 'admin/users',
    summary: 'Register somebody who signs in, with their roles and sites',
    formName: 'RegisterUserDto',
    fields: {
      login: text({
        min: 2,
        max: 100,
        pattern: LOGIN,
        description: 'letters, digits and . _ @ + -; for ever; capitals do not count',
        example: 'li.na',
      }),
      displayName: text({ max: 100, example: '李娜' }),
      ...granted,
    },
    command: (_id, { login, displayName, ...given }) => ({
      kind: 'register' as const,
      user: { login: normalLogin(login), displayName },
      grant: grant(given),
    }),
    facts: async (given, known) => ({ ...NOTHING_NAMED, unknownSites: await unknownSites(given, known) }),
    refusals: ['user.login-taken', 'user.site-unknown'],
  }),
  onStream({
    ...ROUTED,
    name: 'user-roles-set',
    operation: 'User_setRoles',
    path: 'admin/users/:userId/roles',
    params,
    summary: 'Set roles and sites, in place of those before; every token of theirs ends, within seconds',
    formName: 'GrantDto',
    fields: granted,
    command: (_id, given) => ({ kind: 'set-roles' as const, grant: grant(given) }),
    facts: async (given, known, userId) => ({
      unknownSites: await unknownSites(given, known),
      isLastAdministrator: await known.lastAdministrator(userId),
    }),
    alone: true,
    refusals: ['user.not-registered', 'user.site-unknown', 'user.last-administrator'],
  }),
  onStream({
    ...ROUTED,
    name: 'user-deactivated',
    operation: 'User_deactivate',
    path: 'admin/users/:userId/deactivation',
    params,
    summary: 'Deactivate somebody: no token they had counts ever again, within seconds',
    formName: 'ReasonDto',
    fields: reasoned,
    command: (_id, given) => ({ kind: 'deactivate' as const, ...given }),
    facts: async (_given, known, userId) => ({ ...NOTHING_NAMED, isLastAdministrator: await known.lastAdministrator(userId) }),
    alone: true,
    refusals: ['user.not-registered', 'user.deactivated', 'user.last-administrator'],
  }),
  onStream({
    ...ROUTED,
    name: 'user-reactivated',
    operation: 'User_reactivate',
    path: 'admin/users/:userId/reactivation',
    params,
    summary: 'Reactivate somebody, with the roles and sites they had',
    formName: 'ReasonDto',
    fields: reasoned,
    command: (_id, given) => ({ kind: 'reactivate' as const, ...given }),
    facts: () => Promise.resolve(NOTHING_NAMED),
    refusals: ['user.not-registered', 'user.active'],
  }),
  onStream({
    ...COMMON,
    name: 'user-password-set',
    fields: {},
    command: (userId, _given, sender) => ({
      kind: 'set-password' as const,
      by: userId === sender.id ? ('self' as const) : ('other' as const),
    }),
    facts: () => Promise.resolve(NOTHING_NAMED),
    refusals: ['user.not-registered'],
  }),
];

export const user = touchpoint({
  name: 'user',
  events: userEvents,
  commands: userCommands,
  refusals: {
    'user.login-taken': 409,
    'user.not-registered': 404,
    'user.roles': 422,
    'user.site-unknown': 422,
    'user.deactivated': 409,
    'user.last-administrator': 409,
    'user.active': 409,
  },
});

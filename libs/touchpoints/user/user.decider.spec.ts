import { describe, expect, it } from '@jest/globals';
import { NOW, recordedEvent, sentences } from '@touchline/testing/given-when-then.js';
import type { UserCommand } from './user.decider.js';
import { userDecider } from './user.decider.js';
import type { UserRolesSet } from './user.events.js';
import { evolveAccount, evolveUser } from './user.fold.js';

const given = sentences(userDecider, { unknownSites: [], isLastAdministrator: false });

const about = { occurredAt: NOW, subjects: {} };
const data = { login: 'li', displayName: '李娜' };
const registered = { type: 'user-registered', data };
const grant: UserRolesSet = { roles: ['consultant'], sites: ['pudong'] };
const granted = { type: 'user-roles-set', data: grant };
const gone = { type: 'user-deactivated', data: {} };

describe('registering a user', () => {
  it('records who it is and what they may', () => {
    given()
      .when({ kind: 'register', user: data, grant })
      .then({ type: 'user-registered', data, ...about }, { type: 'user-roles-set', data: grant, ...about });
  });

  it('refuses a login that is taken', () => {
    given(registered, granted).when({ kind: 'register', user: data, grant }).thenRefused('user.login-taken');
    given(registered, gone).when({ kind: 'register', user: data, grant }).thenRefused('user.login-taken');
  });

  it('refuses sites that do not exist, and a role given twice', () => {
    given()
      .when({ kind: 'register', user: data, grant: { roles: ['manager', 'manager'], sites: ['moon'] } }, { unknownSites: ['moon'] })
      .thenRefused('user.roles', 'user.site-unknown');
  });
});

describe('roles and sites of a user', () => {
  it('are replaced as a whole', () => {
    const all: UserRolesSet = { roles: ['admin', 'manager'], sites: 'all' };
    given(registered, granted)
      .when({ kind: 'set-roles', grant: all })
      .then({ type: 'user-roles-set', data: all, ...about });
  });

  it('may be set while the user is deactivated', () => {
    given(registered, gone)
      .when({ kind: 'set-roles', grant })
      .then({ type: 'user-roles-set', data: grant, ...about });
  });

  it('refuse a site that does not exist', () => {
    given(registered)
      .when({ kind: 'set-roles', grant }, { unknownSites: ['pudong'] })
      .thenRefused('user.site-unknown');
  });
});

describe('a user who leaves', () => {
  it('is deactivated, once', () => {
    given(registered)
      .when({ kind: 'deactivate', reason: '离职' })
      .then({ type: 'user-deactivated', data: { reason: '离职' }, ...about });
    given(registered, gone).when({ kind: 'deactivate' }).thenRefused('user.deactivated');
  });

  it('comes back, once', () => {
    given(registered, gone)
      .when({ kind: 'reactivate' })
      .then({ type: 'user-reactivated', data: {}, ...about });
    given(registered).when({ kind: 'reactivate' }).thenRefused('user.active');
  });
});

it.each([{ kind: 'set-roles', grant }, { kind: 'deactivate' }, { kind: 'reactivate' }] as const)(
  'nobody takes no command to $kind',
  (command) => {
    given().when(command).thenRefused('user.not-registered');
  },
);

describe('a user as folded', () => {
  const fold = (...events: { type: string; data: object }[]) =>
    events.map((event, index) => recordedEvent(event as typeof registered, index)).reduce(evolveUser, null);

  it('may nothing until roles are set', () => {
    expect(fold(registered)).toStrictEqual({ ...data, roles: [], sites: [], active: true });
  });

  it('keeps roles while away', () => {
    expect(fold(registered, granted, gone)).toStrictEqual({ ...data, ...grant, active: false });
    expect(fold(registered, granted, gone, { type: 'user-reactivated', data: {} })).toStrictEqual({ ...data, ...grant, active: true });
  });
});

describe('the last administrator', () => {
  const alone = sentences(userDecider, { unknownSites: [], isLastAdministrator: true });
  const boss = { type: 'user-roles-set', data: { roles: ['admin'], sites: 'all' } };

  const taking: UserCommand[] = [
    { kind: 'deactivate' },
    { kind: 'set-roles', grant: { roles: ['analyst'], sites: 'all' } },
    { kind: 'set-roles', grant: { roles: ['admin'], sites: ['pudong'] } },
  ];
  it.each(taking)('stays where $kind would take that away', (command) => {
    alone(registered, boss).when(command).thenRefused('user.last-administrator');
  });

  it('may be given more, and others may go', () => {
    const more = { roles: ['admin', 'analyst'] as const, sites: 'all' as const };
    alone(registered, boss)
      .when({ kind: 'set-roles', grant: { ...more, roles: [...more.roles] } })
      .then({ type: 'user-roles-set', data: { ...more, roles: [...more.roles] }, ...about });
    alone(registered, granted)
      .when({ kind: 'deactivate' })
      .then({ type: 'user-deactivated', data: {}, ...about });
  });
});

describe('tokens of a user', () => {
  const account = (...events: { type: string; data: object }[]) =>
    events.map((event, index) => recordedEvent(event as typeof registered, index)).reduce(evolveAccount, null);
  const passwordSet = { type: 'user-password-set', data: { by: 'other' } };
  const other = { type: 'user-roles-set', data: { roles: ['analyst'], sites: 'all' } };
  const back = { type: 'user-reactivated', data: {} };

  it('end with other roles, a deactivation and a password, and with nothing else', () => {
    const generations = [
      [registered, granted],
      [registered, granted, granted],
      [registered, granted, other],
      [registered, granted, gone],
      [registered, granted, gone, back],
      [registered, granted, passwordSet],
    ].map((events) => account(...events)?.generation);
    expect(generations).toEqual([0, 0, 1, 1, 1, 1]);
    expect(account(registered, granted)).toMatchObject({ generation: 0, tokensEndedAt: null });
    expect(account(registered, granted, gone)?.tokensEndedAt).toBe('2026-01-01T00:02:00.000Z');
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Permission } from '@touchline/core';
import { routePermissions, tokensFrom } from '@touchline/auth';
import { userIdOf } from '@touchline/commands/user-id.js';
import type { Role, SiteScope } from '@touchline/core';
import { GROUP_ROLES, PLATFORM } from '@touchline/core';
import { apiControllers } from './features.js';
import type { Tenant } from './testing/group.js';
import { eventsOf } from './testing/look.js';
import type { Named, Reply } from './testing/requests.js';
import { Requests } from './testing/requests.js';
import { useApi } from './testing/use-api.js';

// Driven by the table alone (ADR 0042): a route that is added is tried here without a word about it.
const table = routePermissions(apiControllers()).map(({ method, path, permission }) => ({ route: `${method} ${path}`, permission }));
const guarded = table.flatMap(({ route, permission }) => (permission === 'public' || permission === null ? [] : [{ route, permission }]));
const bySite = guarded.filter(({ permission }) => permission.scope === 'site');

/** Where somebody works; what is asked for is at `pudong`. */
const SCOPES = { group: 'all', here: ['pudong'], elsewhere: ['yunqili'], nowhere: [] } as const satisfies Record<string, SiteScope>;
/** What must not show where it is not to be seen. */
const SECRET = ['customerId', 'journeyId', 'contactId', 'complaintId'];
type Scope = keyof typeof SCOPES;
const SCOPE_NAMES = Object.keys(SCOPES) as Scope[];

interface Person {
  tenant: Tenant;
  role: Role;
  scope: Scope;
}
const OF_THE_GROUP: Person[] = GROUP_ROLES.flatMap((role) => SCOPE_NAMES.map((scope) => ({ tenant: 'dongfang' as const, role, scope })));
const OPERATOR: Person = { tenant: PLATFORM, role: 'operator', scope: 'group' };
const PEOPLE: Person[] = [...OF_THE_GROUP, OPERATOR];
const loginOf = ({ role, scope }: Person): string => (role === 'operator' ? 'ops' : `${role}.${scope}`);

/** What the table says of a caller: the code they are refused with, or null where they may. */
function refusalOf({ roles, scope }: Permission, person: Person): string | null {
  if (!roles.includes(person.role)) return 'role.not-allowed';
  return scope === 'group' && person.scope !== 'group' ? 'scope.group-only' : null;
}

describe('every route, row by row of the table of permissions', () => {
  const api = useApi();
  let requests: Requests;
  let named: Named;
  const tokens = new Map<string, string>();
  const tokenOf = (person: Person): string => tokens.get(`${person.tenant} ${loginOf(person)}`) ?? '';

  beforeAll(async () => {
    requests = await Requests.of(api.url);
    const local = tokensFrom(api.platform.settings, api.platform.clock).local;
    if (local === null) throw new Error('tokens are issued here');
    const foreigners = GROUP_ROLES.map((role): Person => ({ tenant: 'huadong', role, scope: 'group' }));
    for (const person of [...OF_THE_GROUP, ...foreigners]) {
      const { tenant, role, scope } = person;
      const login = loginOf(person);
      const admin = await api.as('admin', tenant);
      await admin.record('/admin/users', { login, displayName: login, roles: [role], sites: SCOPES[scope] });
      tokens.set(`${tenant} ${login}`, (await local.issue({ tenant, userId: userIdOf(tenant, login) })).token);
    }
    tokens.set(`${PLATFORM} ops`, (await api.as('ops', PLATFORM)).token);
    named = await whatThereIs();
  });

  /** A customer of `pudong`, with all that can hang on one. */
  async function whatThereIs(): Promise<Named> {
    const li = await api.as('li');
    const person = { name: '王芳', phone: '138 0000 1111' };
    const at = { occurredAt: '2026-01-01T02:00:00Z', siteId: 'pudong' };
    const { journeyId = '', customerId = '' } = await li.record('/calls/received', { ...at, person, contactTaken: true });
    const { contactId = '' } = await li.record('/calls/received', { ...at, contactTaken: false });
    // Another name at the same number, which is a question.
    await li.record('/calls/received', { ...at, person: { ...person, name: '林乙' }, contactTaken: true });
    const question = (await eventsOf(api, 'customer', customerId)).find(({ type }) => type === 'identity-questioned');
    const complaint = await li.record('/complaints/received', {
      occurredAt: at.occurredAt,
      journeyId,
      category: 'delivery',
      account: '迟交',
    });
    return {
      ...{ siteId: 'pudong', customerId, journeyId, contactId, complaintId: complaint.complaintId ?? '' },
      ...{ eventId: complaint.eventId ?? '', questionId: question?.id ?? '' },
      ...{ responsibleId: li.userId, ownerId: li.userId, after: complaint.position ?? '' },
      ...{ from: '2026-01-01T00:00:00Z', to: '2026-06-01T02:30:00Z' },
      ...{ occurredFrom: '2026-01-01T00:00:00Z', occurredTo: '2026-06-01T02:30:00Z' },
    };
  }

  /** Answers in the order of the people; fails where anything was recorded. */
  async function leavingNothing<T>(people: readonly T[], ask: (person: T) => Promise<Reply>): Promise<{ person: T; reply: Reply }[]> {
    const before = await api.countEvents();
    const replies = await Promise.all(people.map(async (person) => ({ person, reply: await ask(person) })));
    expect(await api.countEvents()).toBe(before);
    return replies;
  }

  it('is whole: the table and the API’s document name the same routes, and no route says nothing', () => {
    expect(requests.routes.sort()).toEqual(table.map(({ route }) => route).sort());
    expect(table.filter(({ permission }) => permission === null)).toEqual([]);
  });

  it.each(table.filter(({ permission }) => permission === 'public'))('$route asks for no token', async ({ route }) => {
    const { code } = await requests.probe(route, null);
    expect(code ?? '').not.toMatch(/^(token|role|scope)\./);
  });

  it.each(guarded)('$route refuses those without a good token', async ({ route }) => {
    const bad = [null, 'not.a.token'];
    const replies = await leavingNothing(bad, (token) => requests.probe(route, token));
    expect(replies.map(({ reply }) => [reply.status, reply.code])).toEqual([
      [401, 'token.missing'],
      [401, 'token.invalid'],
    ]);
  });

  it.each(guarded)('$route takes each role and scope as the table says', async ({ route, permission }) => {
    const replies = await leavingNothing(PEOPLE, (person) => requests.probe(route, tokenOf(person)));
    const told = replies.map(({ person, reply }) => [loginOf(person), [401, 403].includes(reply.status) ? reply.code : null]);
    expect(told).toEqual(PEOPLE.map((person) => [loginOf(person), refusalOf(permission, person)]));
  });

  describe.each(bySite)('$route', ({ route, permission }) => {
    const allowed = (scope: Scope, tenant: Tenant = 'dongfang'): Person[] => permission.roles.map((role) => ({ tenant, role, scope }));

    it('gives nothing of a site to other sites and other groups, and records nothing for them', async () => {
      const strangers = [...allowed('elsewhere'), ...allowed('nowhere'), ...allowed('group', 'huadong')];
      const replies = await leavingNothing(strangers, (person) => requests.send(route, tokenOf(person), named));
      for (const { person, reply } of replies) {
        const place = `${person.tenant} ${loginOf(person)}: ${reply.status} ${reply.code}`;
        if (route.startsWith('POST')) expect(place).toMatch(/: (403 scope\.other-site|404 [a-z]+\.unknown)$/);
        else expect(place).toMatch(/: (200 null|403 scope\.other-site|404 [a-z]+\.unknown)$/);
        // A problem repeats the address, and nothing else.
        if (reply.code === null) for (const id of SECRET) expect(reply.text).not.toContain(named[id]);
      }
    });

    it('lets those of the site and of the group pass', async () => {
      const [stranger] = allowed('elsewhere').slice(0, 1);
      const elsewhere = stranger === undefined ? '' : (await requests.send(route, tokenOf(stranger), named)).text;
      for (const person of [...allowed('here'), ...allowed('group')]) {
        const { status, code, text } = await requests.send(route, tokenOf(person), named);
        const place = `${loginOf(person)}: ${status} ${code}`;
        // Whatever the rules of the business say by now: it was found, and its form was right.
        if (route.startsWith('POST')) expect(place).toMatch(/: (201 null|409 .+|422 .+|403 journey\..+|404 customer\.identifier-unknown)$/);
        else expect([place, text === elsewhere]).toEqual([`${loginOf(person)}: 200 null`, false]);
      }
    });
  });
});

import { randomUUID } from 'node:crypto';

interface Heavy {
  what: string;
  login: string;
  path: string;
  body: object;
}

const OCCURRED = '2026-05-31T10:00:00+08:00';
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
const register = (identifiers: unknown[]): Omit<Heavy, 'what'> => ({
  login: 'li',
  path: '/customers',
  body: { siteId: 'pudong', occurredAt: OCCURRED, identifiers },
});
const sign = (instalments: number): Omit<Heavy, 'what'> => ({
  login: 'li',
  path: '/contracts/signed',
  body: {
    journeyId: randomUUID(),
    occurredAt: OCCURRED,
    paymentSchedule: times(instalments, () => ({ amount: {} })),
  },
});
const publish = (yaml: string): Omit<Heavy, 'what'> => ({ login: 'admin', path: '/admin/playbooks', body: { yaml } });
const keys = (count: number, between: string): string => times(count, (index) => `k${index}: a`).join(between);

/** Requests within the limit of size that ask for most work: of each kind what is refused early, and what just passes that. */
export const HEAVY_REQUESTS: readonly Heavy[] = [
  { what: '80,000 identifiers', ...register(times(80_000, () => ({}))) },
  { what: 'as many identifiers as a body may hold values', ...register(times(4_900, () => ({}))) },
  { what: 'as many faults in nested lists', ...register(times(2_400, () => ({ identifierType: [] }))) },
  { what: '12,000 instalments', ...sign(12_000) },
  { what: 'as many instalments as a body may hold values', ...sign(1_600) },
  {
    what: '30,000 texts that must differ',
    login: 'admin',
    path: '/admin/users/li/roles',
    body: { roles: times(30_000, String), sites: 'all' },
  },
  {
    what: 'as many texts that must differ as a body may hold values',
    login: 'admin',
    path: '/admin/users/li/roles',
    body: { roles: times(4_900, String), sites: 'all' },
  },
  { what: '20,000 unknown fields', login: 'li', path: '/customers', body: Object.fromEntries(times(20_000, (index) => [`f${index}`, 1])) },
  {
    what: 'as many unknown fields as a body may hold values',
    login: 'li',
    path: '/customers',
    body: Object.fromEntries(times(4_900, (index) => [`f${index}`, 1])),
  },
  { what: 'a playbook of 20,000 keys', ...publish(`{${keys(20_000, ',').slice(0, 195_000)}}`) },
  { what: 'a playbook of as many keys as it may have parts', ...publish(`{${keys(1_900, ',')}}`) },
  { what: 'a playbook of as many known keys', ...publish(`touchpoints:\n  ${keys(1_600, '\n  ')}`) },
  { what: 'a playbook of lists within lists', ...publish('['.repeat(9_900)) },
  { what: 'a playbook of as many faults as it may have parts', ...publish('"a" "b"\n'.repeat(2_400)) },
  {
    what: 'a text as long as a body',
    login: 'li',
    path: '/calls/received',
    body: { siteId: 'pudong', occurredAt: OCCURRED, note: '\u202e\u3000 '.repeat(35_000) },
  },
  {
    what: 'a text that grows as it is made comparable',
    login: 'li',
    path: '/calls/received',
    body: { siteId: 'pudong', occurredAt: OCCURRED, media: '\ufdfa'.repeat(80_000) },
  },
];

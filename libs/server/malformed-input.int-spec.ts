import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { routePermissions } from '@touchline/auth';
import { apiControllers } from './features.js';
import { exampleOf } from './openapi-examples.js';
import type { Route } from './testing/api-document.js';
import { documentedRoutes } from './testing/api-document.js';
import { MALFORMED_BODIES } from './testing/malformed-bodies.js';
import { HEAVY_REQUESTS } from './testing/heavy-requests.js';
import { WRONG_CALLERS } from './testing/malformed-callers.js';
import { MALFORMED_REQUESTS } from './testing/malformed-requests.js';
import type { Malformed, Variant } from './testing/malformed.js';
import { eachAtOnce } from './testing/each-at-once.js';
import { unlike } from './testing/problems.js';
import type { There } from './testing/there-is.js';
import { addressOf, thereIs } from './testing/there-is.js';
import { useApi } from './testing/use-api.js';
import { tokensOf } from './testing/wrong-callers.js';

describe('malformed input', () => {
  const api = useApi();
  let routes: readonly Route[] = [];
  let tokens: ReadonlyMap<string, string> = new Map();
  let there: There = {};
  let recorded = 0;
  const reached = new Set<string>();
  beforeAll(async () => {
    routes = await documentedRoutes(api.url);
    tokens = await tokensOf(api);
    there = await thereIs(api, '138 0000 2901');
    recorded = await api.countEvents();
  });

  /** Sends what fits but for the variant; null where it is refused as it should be. */
  async function fault(route: Route, row: Malformed, variant: Variant): Promise<string | null> {
    const path = addressOf(variant.path ?? route.path, there);
    const headers: Record<string, string | null> = {
      ...(route.signedIn && { authorization: `Bearer ${tokens.get(variant.token ?? whoMay(route))}` }),
      ...(route.method === 'POST' && { 'content-type': 'application/json', 'Idempotency-Key': randomUUID() }),
      ...variant.headers,
    };
    const response = await fetch(`${api.url}${path}${queryOf(route, variant)}`, {
      method: route.method,
      headers: Object.entries(headers).flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])),
      ...(route.method === 'POST' && { body: variant.body ?? JSON.stringify(route.example ?? {}) }),
    });
    const text = await response.text();
    const wrong = unlike({ ...row, ...variant }, route, response.status, response.headers.get('content-type'), text);
    if (wrong === null) reached.add(`${route.name} ${row.status} ${variant.code ?? row.code}`);
    return wrong === null ? null : `${route.name} (${variant.what ?? variant.field ?? ''}): ${wrong}`;
  }

  const ROWS = [...MALFORMED_BODIES, ...MALFORMED_REQUESTS, ...WRONG_CALLERS];

  it.each(ROWS)(
    'is refused where $how: $status $code',
    async (row) => {
      const cases = routes.flatMap((route) => row.of(route).map((variant) => ({ route, variant })));
      expect(cases.length).toBeGreaterThan(0);
      const faults = await eachAtOnce(cases, ({ route, variant }) => fault(route, row, variant));
      expect(faults.filter((each) => each !== null)).toEqual([]);
    },
    300_000,
  );

  it.each(HEAVY_REQUESTS)('holds nobody up for long, and is told of shortly, with $what', async ({ login, path, body }) => {
    const text = JSON.stringify(body);
    expect(text.length).toBeLessThan(262_144);
    const { token } = await api.as(login);
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const response = await fetch(api.url + path, { method: 'POST', headers, body: text });
    const answer = await response.text();
    delay.disable();
    expect([response.status >= 400, response.status < 500]).toEqual([true, true]);
    expect(answer.length).toBeLessThan(50_000);
    // Seconds, and many of them, where the work grows with the square of what is sent.
    expect(delay.max / 1e6).toBeLessThan(1_500);
  });

  it('leaves no event, whatever was tried', async () => {
    expect(await api.countEvents()).toBe(recorded);
  });

  it('is refused in every way that the document tells of a route that records', () => {
    const told = routes.filter(({ keyed }) => keyed).flatMap(({ name, problems }) => [...problems].map((problem) => `${name} ${problem}`));
    const codes = new Set(ROWS.map(({ status, code }) => `${status} ${code}`));
    const isOurs = (entry: string): boolean => [...codes].some((code) => entry.endsWith(` ${code}`));
    expect(told.filter((entry) => isOurs(entry) && !reached.has(entry))).toEqual([]);
  });
});

const OPERATED = new Set(
  routePermissions(apiControllers()).flatMap(({ method, path, permission }) =>
    permission !== 'public' && permission?.scope === 'platform' ? [`${method} ${path}`] : [],
  ),
);
const whoMay = ({ name }: Route): string => (OPERATED.has(name.replaceAll(/\{(\w+)\}/g, ':$1')) ? 'operator' : 'good');

/** The variant's own parameters, beside those that must be there. */
function queryOf({ query }: Route, { query: own = '', field }: Variant): string {
  const needed = query.filter(({ name, required }) => required && name !== field && !own.startsWith(`${name}=`));
  const given = needed.map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, {})))}`);
  const all = [...given, ...(own === '' ? [] : [own])];
  return all.length === 0 ? '' : `?${all.join('&')}`;
}

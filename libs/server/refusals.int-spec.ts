import { beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreUnavailable, StreamDamaged } from '@touchline/event-store';
import type { ProblemDocument } from '@touchline/http';
import { REJECTION_STATUS } from '@touchline/routes/rejections.js';
import type { RejectionCode } from '@touchline/routes/rejections.js';
import type { Route } from './testing/api-document.js';
import { eachAtOnce } from './testing/each-at-once.js';
import { MALFORMED_BODIES } from './testing/malformed-bodies.js';
import { WRONG_CALLERS } from './testing/malformed-callers.js';
import { MALFORMED_REQUESTS } from './testing/malformed-requests.js';
import type { Wanted } from './testing/problems.js';
import { unlike } from './testing/problems.js';
import { FITS, fitOf } from './testing/refusals/fits.js';
import { REFUSALS } from './testing/refusals/index.js';
import type { Attempt } from './testing/refusals/row.js';
import { World, playbook } from './testing/refusals/world.js';
import type { Fate } from './testing/trouble.js';
import { whileAppends } from './testing/trouble.js';
import { useApi } from './testing/use-api.js';

const CODES = Object.keys(REFUSALS) as RejectionCode[];

/** What goes wrong behind a route that is asked for something fit; nothing of it shows in the answer. */
const TROUBLE: readonly { what: string; status: number; code: string; fate: Fate }[] = [
  {
    what: 'the log is away',
    status: 503,
    code: 'event-store.unavailable',
    fate: () => Promise.reject(new EventStoreUnavailable('at 10.0.0.7')),
  },
  {
    what: 'the log has lost something of the stream',
    status: 503,
    code: 'event-store.stream-damaged',
    fate: (_append, stream) => Promise.reject(new StreamDamaged(stream, 'revision 3 is no longer there')),
  },
  {
    what: 'the database is away',
    status: 503,
    code: 'database.unavailable',
    fate: () => Promise.reject(Object.assign(new Error('connect 10.0.0.7'), { code: 'ECONNREFUSED' })),
  },
  { what: 'there is a fault', status: 500, code: 'internal', fate: () => Promise.reject(new Error('select secret from insides')) },
];

/** Problems of a route that records which no row of any table comes to, and why. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '405 method.not-allowed': 'the answer of its address to another method: edge.int-spec.ts',
  '408 request.timeout': 'the limit on the time of a request, whatever its route does: edge.int-spec.ts',
  '429 rate.limited': 'the limit on the number of requests, for all routes before any is reached: edge.int-spec.ts',
  '409 user.last-administrator': 'each group here has several; one that has not: user.int-spec.ts',
  '503 identity-provider.unavailable': 'tokens are issued here; where they are not: tokens.spec.ts',
};

describe('every refusal', () => {
  const api = useApi({ BODY_LIMIT_BYTES: '2097152' });
  let world: World;
  const attempts = new Map<RejectionCode, Attempt[]>();
  const trials = new Map<RejectionCode, () => Promise<readonly { code: string }[]>>();
  const reached = new Set<string>();

  beforeAll(async () => {
    world = await World.of(api);
    // All that must be there is made before: from then on, what is recorded was not refused.
    await eachAtOnce(CODES, async (code) => {
      const row = REFUSALS[code];
      if ('attempts' in row) attempts.set(code, await row.attempts(world));
      else trials.set(code, await row.trial(world));
    });
  });

  function routeOf(path: string): Route {
    const found = world.routes.filter((route) => new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path));
    const [route] = found;
    if (route === undefined || found.length > 1) throw new Error(`${path} is of ${found.length} routes`);
    return route;
  }

  /** Null where a request is refused as it should be. */
  async function fault(wanted: Wanted, { path, body, headers, as = 'anybody' }: Attempt): Promise<string | null> {
    const answer = await (await world.client(as)).post<ProblemDocument>(path, body, headers);
    const route = routeOf(path);
    const wrong = unlike(wanted, route, answer.status, answer.headers.get('content-type'), JSON.stringify(answer.body));
    if (wrong === null) reached.add(`${route.name} ${wanted.status} ${wanted.code}`);
    return wrong === null ? null : `${path}: ${wrong}`;
  }

  async function expectRefused(wanted: Wanted, tried: readonly Attempt[]): Promise<void> {
    const before = await api.countEvents();
    expect(tried.length).toBeGreaterThan(0);
    expect((await eachAtOnce(tried, (attempt) => fault(wanted, attempt))).filter((wrong) => wrong !== null)).toEqual([]);
    expect(await api.countEvents()).toBe(before);
  }

  it.each(CODES.filter((code) => 'attempts' in REFUSALS[code]))('%s is a problem that its route tells of, and leaves no event', (code) => {
    const row = REFUSALS[code];
    const refused = () => expectRefused({ status: REJECTION_STATUS[code], code }, attempts.get(code) ?? []);
    return 'while' in row ? whileAppends(api.platform.store, row.while, refused) : refused();
  });

  it.each(CODES.filter((code) => 'why' in REFUSALS[code]))('%s refuses a command that is no request, and leaves no event', async (code) => {
    const before = await api.countEvents();
    expect((await trials.get(code)?.())?.map((refusal) => refusal.code)).toEqual([code]);
    expect(await api.countEvents()).toBe(before);
  });

  it('what belongs to another group is unknown, not forbidden', async () => {
    const ofAGroup = world.routes.filter(({ name }) => !FOUNDING.includes(name));
    const fits = await eachAtOnce(ofAGroup, ({ name }) => fitOf(name, world));
    const before = await api.countEvents();
    const stranger = await world.client('stranger');
    const answers = await eachAtOnce(fits, async ({ path, body }) => {
      const answer = await stranger.post<ProblemDocument>(path, body);
      return `${path}: ${answer.status} ${answer.body.code}`;
    });
    expect(answers.filter((answer) => !/: 404 [a-z]+\.(unknown|not-registered)$/.test(answer))).toEqual([
      '/admin/users: 422 user.site-unknown',
    ]);
    expect(await api.countEvents()).toBe(before);
  });

  it.each(TROUBLE)('$what: $status $code, and nothing of how', async ({ status, code, fate }) => {
    const fits = await eachAtOnce(world.routes, ({ name }) => fitOf(name, world));
    await whileAppends(api.platform.store, fate, () => expectRefused({ status, code }, fits));
  });

  it('event.too-large: what a playbook lets in, and the log does not hold', async () => {
    const id = world.slug();
    const yaml = `${playbook(id)}${OPEN}`;
    await world.record('/admin/playbooks', { yaml });
    const siteId = await world.site({ playbook: { id, version: 1 } });
    const { on } = await world.journey(world.now, siteId);
    const attempt = { path: '/touchpoints', body: { ...on, kind: 'story-told', fields: { story: 'x'.repeat(1_000_000) } } };
    await expectRefused({ status: 413, code: 'event.too-large' }, [attempt]);
  });

  it('comes about on every route that tells of it', () => {
    const elsewhere = new Set(
      [...MALFORMED_BODIES, ...MALFORMED_REQUESTS, ...WRONG_CALLERS].map(({ status, code }) => `${status} ${code}`),
    );
    const ofOneRoute = '413 event.too-large';
    const told = world.routes.flatMap(({ name, problems }) =>
      [...problems]
        .filter((problem) => !elsewhere.has(problem) && !(problem in ELSEWHERE) && problem !== ofOneRoute)
        .map((problem) => `${name} ${problem}`),
    );
    expect(told.filter((each) => !reached.has(each))).toEqual([]);
  });

  it('is for what was changed: without that, every request is recorded', async () => {
    expect(Object.keys(FITS).sort()).toEqual(world.routes.map(({ name }) => name).sort());
    const anybody = await world.client('anybody');
    const answers = await eachAtOnce(world.routes, async ({ name }) => {
      const { path, body } = await fitOf(name, world);
      return [name, (await anybody.post(path, body)).status];
    });
    expect(answers.filter(([, status]) => status !== 201)).toEqual([]);
  });
});

/** Routes that begin something under an id chosen in the request, which every group may. */
const FOUNDING = ['POST /admin/units', 'POST /admin/playbooks', 'POST /admin/words'];

const OPEN = `declares:
  story-told:
    name: { zh: 故事, en: Story }
    stage: reception
    fields: { type: object, additionalProperties: false, properties: { story: { type: string, label: { zh: 故事, en: Story } } } }
`;

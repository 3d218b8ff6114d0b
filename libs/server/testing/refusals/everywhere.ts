import { randomUUID } from 'node:crypto';
import type { RejectionCode } from '@touchline/routes/rejections.js';
import type { Body, Route } from '../api-document.js';
import { NOBODY, eventsOf } from '../look.js';
import { crowded } from '../trouble.js';
import type { Fit } from './fits.js';
import { fitOf } from './fits.js';
import type { Attempt, Row, Rows } from './row.js';
import type { World } from './world.js';
import { NOWHERE } from './world.js';

// Refusals that many routes have in common: each that is documented with one gets a request that fits, changed in one thing.

type Fitting = Fit & { path: string };
type Change = (fit: Fitting, world: World, route: Route) => Promise<Partial<Attempt>> | Partial<Attempt>;

export const everywhere = (code: RejectionCode, change: Change): Row => ({
  attempts: (world) =>
    Promise.all(
      world.routes
        .filter(({ problems }) => [...problems].some((problem) => problem.endsWith(` ${code}`)))
        .map(async (route): Promise<Attempt> => {
          const fit = await fitOf(route.name, world);
          return { path: fit.path, body: fit.body, ...(await change(fit, world, route)) };
        }),
    ),
});

/** Where a journey is one way among others to say what a request is about. */
const MAY_NAME_OTHERS = ['POST /calls/received', 'POST /visits/received', 'POST /complaints/received'];

/** The request about something else, named in its address or in its body. */
const about =
  (field: string, value: (world: World) => unknown): Change =>
  async ({ path, body, in: named = {} }, world, { name }) => {
    const id = await value(world);
    const inAddress = named[field];
    if (inAddress !== undefined) return { path: path.replace(inAddress, String(id)) };
    if (!MAY_NAME_OTHERS.includes(name)) return { body: { ...body, [field]: id } };
    return { body: { ...withoutJourney(body), ...(field === 'customerId' && SITE), [field]: id } };
  };

const SITE = { siteId: 'pudong' };
const withoutJourney = ({ journeyId: _, ...body }: Body): Body => body;

/** The request with something to find the customer by, as the route takes it. */
const foundBy =
  (identifierType: string, value: (world: World) => string | Promise<string>): Change =>
  async ({ body }, world, { name }) => {
    const identifier = { identifierType, value: await value(world) };
    if (MAY_NAME_OTHERS.includes(name)) return { body: { ...withoutJourney(body), ...SITE, person: { phone: identifier.value } } };
    return { body: { ...body, ...(name.endsWith('/removals') ? identifier : { identifiers: [identifier] }) } };
  };

const also =
  (more: Body | ((world: World) => Promise<Body>)): Change =>
  async ({ body }, world) => ({ body: { ...body, ...(typeof more === 'function' ? await more(world) : more) } });

/** An event that is there, but of no kind that the route could correct. */
async function ofAnotherKind({ body, stream }: Fitting, world: World, { name }: Route): Promise<Body> {
  if (name !== 'POST /complaints/received') {
    const [first] = await eventsOf(world.api, ...stream!);
    return { ...body, corrects: first!.id };
  }
  const { complaintId } = await world.complaint('acknowledged');
  const [, acknowledged] = await eventsOf(world.api, 'complaint', complaintId);
  return { ...withoutJourney(body), complaintId, corrects: acknowledged!.id };
}

/** The request about somebody who was erased: the customer of its address, of its journey, or the one it names. */
const aboutSomebodyErased: Change = async ({ body, in: { customerId: own } = {} }, world, { name }) => {
  const { on, customerId } = await world.journey();
  const erased = own ?? customerId;
  await world.record(`/customers/${erased}/erasure`, { askedBy: 'person', reason: 'asked' });
  if (own !== undefined) return {};
  return { body: { ...body, ...(name === 'POST /contacts/tied' ? { journeyId: on.journeyId } : { customerId: erased }) } };
};

/** Two who share a telephone number. */
async function shared(world: World): Promise<string> {
  const phone = world.phone();
  for (const name of ['王芳', '王强'])
    await world.customer({ name, identifiers: [{ identifierType: 'phone', value: phone }], share: true });
  return phone;
}

async function held(world: World): Promise<string> {
  const phone = world.phone();
  await world.customer({ identifiers: [{ identifierType: 'phone', value: phone }] });
  return phone;
}

const justBeyondTolerance = (now: string): string => new Date(Date.parse(now) + 61_000).toISOString();

export const COMMON = {
  'idempotency.key-reused': everywhere('idempotency.key-reused', async ({ path, body, other }, world) => {
    const headers = { 'idempotency-key': randomUUID() };
    await world.record(path, body, headers);
    return { body: { ...body, ...other }, headers };
  }),
  'precondition.stale': everywhere('precondition.stale', () => ({ headers: { 'if-match': '"999"' } })),
  'occurred-at.in-future': everywhere('occurred-at.in-future', ({ body }, { now }) => ({
    body: { ...body, occurredAt: justBeyondTolerance(now) },
  })),
  'stream.contended': { ...everywhere('stream.contended', () => ({})), while: crowded },
  'scope.other-site': everywhere('scope.other-site', () => ({ as: 'elsewhere' })),
  'user.unknown': everywhere('user.unknown', ({ body }) => ({
    body: { ...body, ['ownerId' in body ? 'ownerId' : 'responsibleId']: NOBODY },
  })),
  'correction.unknown-event': everywhere('correction.unknown-event', also({ corrects: NOBODY })),
  'correction.other-kind': everywhere('correction.other-kind', async (...fit) => ({ body: await ofAnotherKind(...fit) })),

  'journey.unknown': everywhere('journey.unknown', also({ journeyId: NOBODY })),
  'journey.not-open': everywhere(
    'journey.not-open',
    also((world) => world.lostJourney()),
  ),
  'customer.unknown': everywhere(
    'customer.unknown',
    about('customerId', () => NOBODY),
  ),
  'customer.erased': everywhere('customer.erased', aboutSomebodyErased),
  'complaint.unknown': everywhere(
    'complaint.unknown',
    about('complaintId', () => NOBODY),
  ),
  'contact.unknown': everywhere(
    'contact.unknown',
    about('contactId', () => NOBODY),
  ),
  'contact.already-recorded': everywhere(
    'contact.already-recorded',
    about('contactId', (world) => world.contact()),
  ),
  'contact.site-missing': everywhere('contact.site-missing', ({ body }) => ({ body: withoutJourney(body) })),
  'site.unknown': everywhere(
    'site.unknown',
    about('siteId', () => NOWHERE),
  ),
  'site.closed': everywhere(
    'site.closed',
    about('siteId', (world) => world.closedSite()),
  ),
  'site.other-product-line': everywhere('site.other-product-line', async (fit, world, route) => {
    const { body } = await about('siteId', () => 'pudong')(fit, world, route);
    return { body: { ...body, productLine: 'apartments' } };
  }),
  'unit.unknown': everywhere(
    'unit.unknown',
    about('unitId', () => NOWHERE),
  ),
  'user.not-registered': everywhere(
    'user.not-registered',
    about('userId', () => NOBODY),
  ),
  'user.site-unknown': everywhere('user.site-unknown', also({ sites: [NOWHERE] })),
  'playbook.unknown': everywhere('playbook.unknown', also({ playbook: { id: 'auto-ssp9', version: 7 } })),

  'phone.invalid': everywhere(
    'phone.invalid',
    foundBy('phone', () => '1360000444'),
  ),
  'phone.extension': everywhere(
    'phone.extension',
    foundBy('phone', () => '021-68881234 转 5'),
  ),
  'email.invalid': everywhere(
    'email.invalid',
    foundBy('email', () => 'wang@localhost'),
  ),
  'wechat.invalid': everywhere(
    'wechat.invalid',
    foundBy('wechat', () => '王芳王芳王'),
  ),
  'member-number.invalid': everywhere(
    'member-number.invalid',
    foundBy('member-number', () => '-12'),
  ),
  'identifier.held': everywhere('identifier.held', foundBy('phone', held)),
  'identifier.shared': everywhere('identifier.shared', foundBy('phone', shared)),
} as const satisfies Partial<Rows<RejectionCode>>;

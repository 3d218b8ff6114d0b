import { userIdOf } from '@touchline/commands/user-id.js';
import type { StreamCategory } from '@touchline/core';
import { yuan } from '../look.js';
import type { Body } from '../api-document.js';
import { DAY_AFTER, SETTLED, SITE, playbook } from './world.js';
import type { World } from './world.js';

/** A request that its route records, on records of its own: changed in one thing, it is refused for that. */
export interface Fit {
  body: Body;
  /** What the address names. */
  in?: { [parameter: string]: string };
  /** Other words, for another request about the same record. */
  other: Body;
  /** Where it is recorded, if something else is recorded there. */
  stream?: readonly [category: StreamCategory, id: string];
}

type Making = (world: World) => Promise<Fit>;

const PRICE = { price: yuan(226_800) };

/** On a journey on which this was recorded before. */
const onJourney =
  (body: Body, ...before: [path: string, body: Body][]): Making =>
  async (world) => {
    const { on } = await world.journey();
    for (const [path, more] of before) await world.record(path, { ...on, ...more });
    return { body: { ...on, ...body }, other: { note: '另一说法' }, stream: ['journey', on.journeyId] };
  };

const onCustomer =
  (body: Body, other: Body, ...before: [path: string, body: Body][]): Making =>
  async (world) => {
    const customerId = await world.customer();
    for (const [path, more] of before) await world.record(`/customers/${customerId}/${path}`, more);
    return { body, other, in: { customerId }, stream: ['customer', customerId] };
  };

const onComplaint =
  (body: Body, ...steps: 'resolved'[]): Making =>
  async (world) => {
    const at = await world.complaint(...steps);
    return { body: { ...at, ...body }, other: { note: '另一说法' }, stream: ['complaint', at.complaintId] };
  };

const consent = { purpose: 'photos', how: 'spoken' };

/** Of every route that records. */
export const FITS: Readonly<{ [route: string]: Making }> = {
  'POST /calls/received': onJourney({ contactTaken: false }),
  'POST /calls/made': onJourney({ reached: true }),
  'POST /visits/received': onJourney({ batchSize: 1, first: false, contactTaken: false }),
  'POST /touchpoints': onJourney({ kind: 'needs-recorded', fields: { use: 'family' } }),
  'POST /quotes/issued': onJourney(PRICE),
  'POST /quotes/revised': onJourney(PRICE, ['/quotes/issued', PRICE]),
  'POST /quotes/withdrawn': onJourney({}, ['/quotes/issued', PRICE]),
  'POST /contracts/signed': onJourney(PRICE),
  'POST /contracts/cancelled': onJourney({ reason: 'loan refused' }, ['/contracts/signed', PRICE]),
  'POST /handovers/scheduled': onJourney({ at: DAY_AFTER }, ['/contracts/signed', PRICE]),
  'POST /handovers/completed': onJourney({}, ['/contracts/signed', PRICE]),
  'POST /progress/told': onJourney({ news: '车辆已从工厂发运' }, ['/contracts/signed', PRICE]),
  'POST /journeys/lost': onJourney({ kind: 'gave-up' }),
  'POST /journeys/reactivated': onJourney({ cause: 'manager' }, ['/journeys/lost', { kind: 'gave-up' }]),
  'POST /journeys/owner-assigned': async (world) => {
    const { on } = await world.journey();
    return { body: { journeyId: on.journeyId, ownerId: userIdOf('dongfang', 'chen') }, other: { note: '李娜休假' } };
  },
  'POST /journeys/identified': async (world) => ({
    body: { journeyId: await world.unidentifiedJourney(), customerId: await world.customer() },
    other: { customerId: await world.customer() },
  }),
  'POST /complaints/received': onJourney({ category: 'delivery', account: '交车晚了三天' }),
  'POST /complaints/acknowledged': onComplaint({}),
  'POST /complaints/resolved': onComplaint(SETTLED),
  'POST /complaints/closed': onComplaint({}, 'resolved'),
  'POST /contacts/tied': async (world) => ({
    body: { ...(await world.journey()).on, contactId: await world.contact() },
    other: { note: '另一说法' },
  }),
  'POST /contacts/untied': async (world) => {
    const contactId = await world.contact();
    await world.record('/contacts/tied', { ...(await world.journey()).on, contactId });
    return { body: { contactId, occurredAt: world.now, reason: '同名' }, other: { reason: '另一位' } };
  },
  'POST /customers': (world) =>
    Promise.resolve({
      body: { siteId: 'pudong', name: '王芳', identifiers: [{ identifierType: 'phone', value: world.phone() }] },
      other: { name: '王强' },
    }),
  'POST /customers/{customerId}/details': onCustomer({ name: '王方' }, { name: '王放' }),
  'POST /customers/{customerId}/identifiers': async (world) => ({
    ...(await onCustomer({ identifiers: [{ identifierType: 'phone', value: world.phone() }] }, { share: true })(world)),
  }),
  'POST /customers/{customerId}/identifiers/removals': async (world) => {
    const held = { identifierType: 'phone', value: world.phone() };
    const customerId = await world.customer({ identifiers: [held] });
    return { body: { ...held, reason: 'changed' }, other: { reason: 'wrong' }, in: { customerId } };
  },
  'POST /customers/{customerId}/consents': onCustomer(consent, { evidence: '表 17' }),
  'POST /customers/{customerId}/consents/withdrawals': onCustomer(consent, { evidence: '表 17' }, ['consents', consent]),
  'POST /customers/{customerId}/erasure': onCustomer({ askedBy: 'person', reason: 'asked' }, { reason: 'consent-withdrawn' }),
  'POST /customers/{customerId}/reveals': onCustomer({ reason: '回访' }, { reason: '另一次回访' }),
  'POST /customers/{customerId}/settlements': async (world) => {
    const { customerId, body } = await world.question();
    return { body, other: { note: '另一说法' }, in: { customerId }, stream: ['customer', customerId] };
  },
  'POST /admin/playbooks': (world) => {
    const yaml = playbook(world.slug());
    return Promise.resolve({ body: { yaml }, other: { yaml: `${yaml}# again\n` } });
  },
  'POST /admin/sites': (world) => Promise.resolve({ body: { ...SITE, siteId: world.slug() }, other: { name: '另一展厅' } }),
  'POST /admin/sites/{siteId}/changes': onSite({ name: '新名展厅' }, { name: '另一展厅' }),
  'POST /admin/sites/{siteId}/calendar': onSite({ weekly: {}, closed: ['2026-10-01'], makeUp: [] }, { closed: ['2026-10-02'] }),
  'POST /admin/sites/{siteId}/closure': onSite({}, { reason: '合并' }),
  'POST /admin/units': (world) => Promise.resolve({ body: { unitId: world.slug(), name: '试点公司' }, other: { name: '另一公司' } }),
  'POST /admin/units/{unitId}/name': async (world) => {
    const unitId = world.slug();
    await world.record('/admin/units', { unitId, name: '试点公司' });
    return { body: { name: '新名公司' }, other: { name: '另一公司' }, in: { unitId } };
  },
  'POST /admin/words': (world) => Promise.resolve({ body: { list: 'media', word: world.slug() }, other: { zh: '电台' } }),
  'POST /admin/words/changes': async (world) => ({ body: { ...(await world.word()), zh: world.slug() }, other: { zh: '广播' } }),
  'POST /admin/words/withdrawals': async (world) => ({ body: await world.word(), other: { word: (await world.word()).word } }),
  'POST /admin/users': (world) =>
    Promise.resolve({
      body: { login: world.slug(), displayName: '新同事', roles: [], sites: ['pudong'] },
      other: { displayName: '另一同事' },
    }),
  'POST /admin/users/{userId}/roles': async (world) => ({
    body: { roles: ['manager'], sites: ['pudong'] },
    other: { roles: [] },
    in: { userId: await world.user() },
  }),
  'POST /admin/users/{userId}/deactivation': async (world) => ({ body: {}, other: { reason: '离职' }, in: { userId: await world.user() } }),
  'POST /admin/users/{userId}/reactivation': async (world) => ({
    body: {},
    other: { reason: '复职' },
    in: { userId: await world.deactivated() },
  }),
};

function onSite(body: Body, other: Body): Making {
  return async (world) => ({ body, other, in: { siteId: await world.site() } });
}

/** A fit of a route, with the address it is sent to; fails for a route that nobody has described. */
export async function fitOf(route: string, world: World): Promise<Fit & { path: string }> {
  const making = FITS[route];
  if (making === undefined) throw new Error(`describe in fits.ts a request that ${route} records`);
  const fit = await making(world);
  return { ...fit, path: route.replace('POST ', '').replaceAll(/\{(\w+)\}/g, (_, name: string) => fit.in?.[name] ?? name) };
}

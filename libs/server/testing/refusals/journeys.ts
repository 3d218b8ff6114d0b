import { userIdOf } from '@touchline/commands/user-id.js';
import type { RejectionCode } from '@touchline/routes/rejections.js';
import { yuan } from '../look.js';
import { everywhere } from './everywhere.js';
import type { Rows } from './row.js';
import { http, past, to } from './row.js';
import { DAY_AFTER, DAY_BEFORE, LONG_AGO } from './world.js';
import type { World } from './world.js';

// Of journeys, and of what is offered, sold and handed over on them.

const PRICE = { price: yuan(226_800) };
const FREE = { price: yuan(0) };
const DOLLARS = { amount: 100, currency: 'USD' };

type On = { journeyId: string; occurredAt: string };

/** A journey on which this was recorded, one after the other. */
async function after(world: World, ...acts: [path: string, body: object][]): Promise<On> {
  const { on } = await world.journey();
  for (const [path, body] of acts) await world.record(path, { ...on, ...body });
  return on;
}
const quoted = (world: World): Promise<On> => after(world, ['/quotes/issued', PRICE]);
const sold = (world: World): Promise<On> => after(world, ['/contracts/signed', PRICE]);
const handedOver = (world: World): Promise<On> => after(world, ['/contracts/signed', PRICE], ['/handovers/completed', {}]);
const appointed = (world: World): Promise<On> => after(world, ['/contracts/signed', PRICE], ['/handovers/scheduled', { at: DAY_AFTER }]);

export const OF_JOURNEYS = {
  'journey.already-lost': http(async (world) => to(['/journeys/lost'], { ...(await world.lostJourney()), kind: 'gave-up' })),
  'journey.not-lost': http(async (world) => to(['/journeys/reactivated'], { ...(await world.journey()).on, cause: 'manager' })),
  'journey.not-a-manager': http(async (world) => [
    { path: '/journeys/reactivated', body: { ...(await world.lostJourney()), cause: 'manager' }, as: 'consultant' },
  ]),
  'journey.contract-stands': http(async (world) => to(['/journeys/lost'], { ...(await sold(world)), kind: 'gave-up' })),
  'journey.already-identified': http(async (world) => {
    const { on, customerId } = await world.journey();
    return to(['/journeys/identified'], { journeyId: on.journeyId, customerId });
  }),
  'journey.same-owner': http(async (world) => {
    const { on } = await world.journey();
    return to(['/journeys/owner-assigned'], { journeyId: on.journeyId, ownerId: (await world.client('anybody')).userId });
  }),
  'journey.owner-elsewhere': http(async (world) => {
    const { on } = await world.journey();
    return to(['/journeys/owner-assigned'], { journeyId: on.journeyId, ownerId: userIdOf('dongfang', 'sun') });
  }),
  'journey.out-of-order': everywhere('journey.out-of-order', ({ body }) => ({ body: { ...body, occurredAt: LONG_AGO } })),

  'visit.batch-empty': past('a request counts from one person, or is malformed', async (world) => {
    const { on } = await world.journey();
    return world.command('visit-received', { ...on, batchSize: 0, first: false, contactTaken: false });
  }),
  'visit.not-the-owner': http(async (world) => {
    const visit = { ...(await world.journey()).on, batchSize: 1, first: false, contactTaken: false };
    return to(['/visits/received'], { ...visit, onBehalfOf: userIdOf('dongfang', 'chen') });
  }),
  'touchpoint.undeclared': http(async (world) =>
    to(['/touchpoints'], { ...(await world.journey()).on, kind: 'horoscope-read', fields: {} }),
  ),
  'touchpoint.fields-invalid': http(async (world) => {
    const { on } = await world.journey();
    return [{ use: 'moon' }, { noSuchField: 1 }].flatMap((fields) => to(['/touchpoints'], { ...on, kind: 'needs-recorded', fields }));
  }),

  'quote.price-invalid': everywhere('quote.price-invalid', ({ body }) => ({ body: { ...body, ...FREE } })),
  'quote.discount-invalid': everywhere('quote.discount-invalid', ({ body }) => ({ body: { ...body, discount: DOLLARS } })),
  'quote.validity-past': everywhere('quote.validity-past', ({ body }) => ({ body: { ...body, validUntil: DAY_BEFORE } })),
  'quote.already-stands': http(async (world) => to(['/quotes/issued'], { ...(await quoted(world)), ...PRICE })),
  'quote.none-stands': http(async (world) => {
    const { on } = await world.journey();
    return [...to(['/quotes/revised'], { ...on, ...PRICE }), ...to(['/quotes/withdrawn'], on)];
  }),
  'quote.contract-stands': http(async (world) => {
    const on = await sold(world);
    return [...to(['/quotes/issued', '/quotes/revised'], { ...on, ...PRICE }), ...to(['/quotes/withdrawn'], on)];
  }),
  'quote.out-of-order': everywhere('quote.out-of-order', ({ body }) => ({ body: { ...body, occurredAt: DAY_BEFORE } })),

  'contract.price-invalid': everywhere('contract.price-invalid', ({ body }) => ({ body: { ...body, ...FREE } })),
  'contract.schedule-invalid': everywhere('contract.schedule-invalid', ({ body }) => ({
    body: { ...body, paymentSchedule: [{ dueAt: DAY_AFTER, amount: DOLLARS }] },
  })),
  'contract.quote-unknown': everywhere('contract.quote-unknown', ({ body }) => ({ body: { ...body, onQuote: 1 } })),
  'contract.quote-withdrawn': http(async (world) => {
    const on = await after(world, ['/quotes/issued', PRICE], ['/quotes/withdrawn', {}]);
    return to(['/contracts/signed'], { ...on, ...PRICE, onQuote: 1 });
  }),
  'contract.quote-superseded': http(async (world) => {
    const on = await after(world, ['/quotes/issued', PRICE], ['/quotes/revised', PRICE]);
    return to(['/contracts/signed'], { ...on, ...PRICE, onQuote: 1 });
  }),
  'contract.already-signed': http(async (world) => to(['/contracts/signed'], { ...(await sold(world)), ...PRICE })),
  'contract.none-stands': http(async (world) => to(['/contracts/cancelled'], { ...(await world.journey()).on, reason: 'loan refused' })),
  'contract.out-of-order': http(async (world) => [
    ...to(['/contracts/signed'], { ...(await quoted(world)), ...PRICE, onQuote: 1, occurredAt: DAY_BEFORE }),
    ...to(['/contracts/cancelled'], { ...(await sold(world)), reason: 'loan refused', occurredAt: DAY_BEFORE }),
  ]),

  'progress.no-contract': http(async (world) => to(['/progress/told'], { ...(await world.journey()).on, news: '车辆已发运' })),
  'progress.expected-past': everywhere('progress.expected-past', ({ body }) => ({ body: { ...body, expectedAt: DAY_BEFORE } })),

  'handover.no-contract': http(async (world) => {
    const { on } = await world.journey();
    return [...to(['/handovers/scheduled'], { ...on, at: DAY_AFTER }), ...to(['/handovers/completed'], on)];
  }),
  'handover.already-completed': http(async (world) => {
    const on = await handedOver(world);
    return [...to(['/handovers/scheduled'], { ...on, at: DAY_AFTER }), ...to(['/handovers/completed'], on)];
  }),
  'handover.out-of-order': everywhere('handover.out-of-order', ({ body }) => ({ body: { ...body, occurredAt: DAY_BEFORE } })),
  'handover.appointment-past': everywhere('handover.appointment-past', ({ body }) => ({ body: { ...body, at: DAY_BEFORE } })),
  'handover.same-time': http(async (world) =>
    to(['/handovers/scheduled'], { ...(await appointed(world)), at: DAY_AFTER, reason: 'transport' }),
  ),
  'handover.reason-missing': http(async (world) =>
    to(['/handovers/scheduled'], { ...(await appointed(world)), at: '2026-06-03T02:00:00Z' }),
  ),
  'handover.checklist-invalid': past('a request counts from 0, or is malformed', async (world) => {
    return world.command('handover-completed', { ...(await sold(world)), checklist: { passed: -1, failed: 0 } });
  }),
} as const satisfies Partial<Rows<RejectionCode>>;

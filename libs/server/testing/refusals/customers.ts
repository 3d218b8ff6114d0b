import { randomUUID } from 'node:crypto';
import type { NamedCommand } from '@touchline/commands';
import { streamName } from '@touchline/core';
import { handleCommand } from '@touchline/event-store';
import { identify } from '@touchline/identity';
import { customerDecider } from '@touchline/touchpoints/customer/customer.decider.js';
import type { RejectionCode } from '@touchline/routes/rejections.js';
import { everywhere } from './everywhere.js';
import type { Rows } from './row.js';
import { http, past, to } from './row.js';
import { DAY_BEFORE, SETTLED } from './world.js';
import type { World } from './world.js';

// Of customers, of contacts that left no details, and of complaints.

const consent = { purpose: 'photos', how: 'spoken' };
const ACCOUNT = { category: 'delivery', account: '交车晚了三天' } as const;

/** A complaint told past the form of requests. */
async function complaining(world: World, told: { category: string; account: string }): Promise<NamedCommand> {
  return world.command('complaint-received', { ...(await world.journey()).on, ...told });
}

export const OF_CUSTOMERS = {
  'customer.already-registered': {
    why: 'every registration makes a customer of its own, and is known again by its key',
    trial: async (world) => {
      const customerId = await world.customer();
      const details = { kind: 'person', siteId: 'pudong', name: '王芳' } as const;
      return async () => {
        const outcome = await handleCommand(world.api.platform.services.deps, {
          stream: streamName('customer', 'dongfang', customerId),
          decider: customerDecider,
          command: { kind: 'register', customerId, occurredAt: world.now, details, identifiers: [] },
          request: world.importer(),
        });
        return outcome.kind === 'refused' ? outcome.refusals : [];
      };
    },
  },
  'customer.nameless': http(async () => to(['/customers'], { siteId: 'pudong' })),
  'customer.nothing-to-change': http(async (world) => to([`/customers/${await world.customer()}/details`], {})),
  'customer.identifier-unknown': http(async (world) =>
    to([`/customers/${await world.customer()}/identifiers/removals`], { identifierType: 'phone', value: world.phone(), reason: 'wrong' }),
  ),
  'identifier.different-holders': {
    why: 'a contact names one number; several identifiers of one person come from other systems',
    trial: async (world) => {
      const [phone, email] = [world.phone(), `${world.slug()}@example.com`];
      await world.customer({ identifiers: [{ identifierType: 'phone', value: phone }] });
      await world.customer({ identifiers: [{ identifierType: 'email', value: email }] });
      const { services, settings } = world.api.platform;
      const person = { phone, identifiers: [{ kind: 'email', value: email }] as const };
      const identity = { deps: services.deps, secret: settings.secrets.identityHmacSecret };
      return async () => {
        const found = await identify(identity, world.importer(), { person, siteId: 'pudong', refusedFor: () => Promise.resolve([]) });
        return 'refusals' in found ? found.refusals : [];
      };
    },
  },
  'consent.already-given': http(async (world) => {
    const path = `/customers/${await world.customer()}/consents`;
    await world.record(path, consent);
    return to([path], consent);
  }),
  'consent.not-given': http(async (world) => to([`/customers/${await world.customer()}/consents/withdrawals`], consent)),

  'contact.already-tied': http(async (world) => {
    const tie = { ...(await world.journey()).on, contactId: await world.contact() };
    await world.record('/contacts/tied', tie);
    return to(['/contacts/tied'], tie);
  }),
  'contact.not-tied': http(async (world) =>
    to(['/contacts/untied'], { contactId: await world.contact(), occurredAt: world.now, reason: '同名' }),
  ),
  'question.unknown': http(async (world) => {
    const customerId = await world.customer();
    return to([`/customers/${customerId}/settlements`], { questionId: randomUUID(), answer: 'family' });
  }),
  'question.settled': http(async (world) => {
    const { path, body } = await world.question();
    await world.record(path, body);
    return to([path], body);
  }),
  'question.other-answers': http(async (world) => {
    const { path, body } = await world.question();
    return to([path], { ...body, answer: 'share' });
  }),
  'contact.journey-unidentified': http(async (world) =>
    to(['/contacts/tied'], { contactId: await world.contact(), journeyId: await world.unidentifiedJourney(), occurredAt: world.now }),
  ),

  'complaint.already-received': http(async (world) => to(['/complaints/received'], { ...(await world.complaint()), ...ACCOUNT })),
  'complaint.customer-missing': http(async (world) => [
    ...to(['/complaints/received'], { occurredAt: world.now, siteId: 'pudong', ...ACCOUNT }),
    ...to(['/complaints/received'], { occurredAt: world.now, journeyId: await world.unidentifiedJourney(), ...ACCOUNT }),
  ]),
  'complaint.account-missing': past('a request gives an account that can be read, or is malformed', (world) =>
    complaining(world, { category: 'delivery', account: ' ' }),
  ),
  'complaint.category-unknown': past('a request names a category of the list, or is malformed', (world) =>
    complaining(world, { category: 'weather', account: '下雨' }),
  ),
  'complaint.already-acknowledged': http(async (world) => to(['/complaints/acknowledged'], await world.complaint('acknowledged'))),
  'complaint.already-resolved': http(async (world) =>
    [
      to(['/complaints/acknowledged'], await world.complaint('resolved')),
      to(['/complaints/resolved'], { ...(await world.complaint('resolved')), ...SETTLED }),
    ].flat(),
  ),
  'complaint.already-closed': http(async (world) => {
    const at = await world.complaint('resolved', 'closed');
    return [...to(['/complaints/acknowledged', '/complaints/closed'], at), ...to(['/complaints/resolved'], { ...at, ...SETTLED })];
  }),
  'complaint.not-resolved': http(async (world) => to(['/complaints/closed'], await world.complaint('acknowledged'))),
  'complaint.out-of-order': everywhere('complaint.out-of-order', ({ body }) => ({ body: { ...body, occurredAt: DAY_BEFORE } })),
} as const satisfies Partial<Rows<RejectionCode>>;

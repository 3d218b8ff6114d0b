import type { Permission } from '@touchline/core';
import { choice, id, instant } from '@touchline/core';
import { CORRECTING, OF_JOURNEY, ofJourney, touchpoint } from '../declare.js';
import { note } from '../touchpoint.events.js';
import { journeyDecider } from './journey.decider.js';
import { journeyEvents, lossNoted } from './journey.events.js';

const SALES = { roles: ['consultant', 'manager'], scope: 'site' } as const satisfies Permission;
const COMMON = { tag: 'journeys', decider: journeyDecider } as const;
const journeyId = id();

const cause = choice(['recorded-in-error', 'manager'], {
  description: 'a loss that never was, or a manager takes it up again; a customer who comes back needs neither',
});
const customerId = id();
const ownerId = id({ description: 'user who owns it from now on; works at its site' });
const why = { ...note, description: 'why; kept sealed' };

const journeyCommands = [
  ofJourney({
    ...COMMON,
    name: 'journey-lost',
    operation: 'Journey_lost',
    path: 'journeys/lost',
    summary: 'Record a journey lost (战败)',
    who: SALES,
    formName: 'JourneyLostDto',
    fields: { ...lossNoted, note },
    input: {
      journeyId,
      occurredAt: instant({ description: 'when it was lost; may be earlier than now, never later' }),
      ...lossNoted,
      note,
      corrects: id({ optional: true, description: 'loss that the request replaces (a correction)' }),
    },
    command: (act, loss) => ({ ...act, act: 'lose' as const, loss }),
    refusals: [...OF_JOURNEY, ...CORRECTING, 'journey.already-lost', 'journey.contract-stands', 'journey.out-of-order'],
  }),
  ofJourney({
    ...COMMON,
    name: 'journey-reactivated',
    operation: 'Journey_reactivated',
    path: 'journeys/reactivated',
    summary: 'Take up a lost journey again',
    who: { ...SALES, why: 'consultants take back a loss recorded in error; only managers take up what was lost' },
    formName: 'JourneyReactivatedDto',
    fields: { cause, note },
    input: { journeyId, occurredAt: instant({ description: 'when it was taken up again' }), cause, note },
    command: (act, reactivation, { roles }) => ({ ...act, act: 'reactivate' as const, reactivation, byManager: roles.includes('manager') }),
    refusals: [...OF_JOURNEY, 'journey.not-lost', 'journey.not-a-manager', 'journey.out-of-order'],
  }),
  ofJourney({
    ...COMMON,
    name: 'journey-identified',
    operation: 'Journey_identified',
    path: 'journeys/identified',
    summary: 'Tie an unidentified journey to its customer',
    who: SALES,
    formName: 'JourneyIdentifiedDto',
    fields: { customerId },
    input: { journeyId, customerId },
    newCustomer: 'customerId',
    command: ({ journeyId }, { customerId }) => ({ act: 'identify' as const, journeyId, customerId }),
    refusals: [...OF_JOURNEY, 'customer.unknown', 'customer.erased', 'journey.already-identified'],
  }),
  ofJourney({
    ...COMMON,
    name: 'journey-owner-assigned',
    operation: 'Journey_ownerAssigned',
    path: 'journeys/owner-assigned',
    summary: 'Give a journey to another owner (归属顾问), from now on',
    who: { roles: ['manager'], scope: 'site' },
    formName: 'OwnerAssignedDto',
    fields: { ownerId, note: why },
    input: { journeyId, ownerId, note: why },
    newOwner: 'ownerId',
    command: ({ journeyId }, assigned) => ({ act: 'assign' as const, journeyId, ...assigned }),
    refusals: [...OF_JOURNEY, 'user.unknown', 'user.deactivated', 'journey.owner-elsewhere', 'journey.same-owner'],
  }),
];

export const journey = touchpoint({
  name: 'journey',
  tags: { journeys: 'journeys and their funnel' },
  events: journeyEvents,
  commands: journeyCommands,
  refusals: {
    'journey.already-lost': 409,
    'journey.not-lost': 409,
    'journey.not-a-manager': 403,
    'journey.contract-stands': 409,
    'journey.already-identified': 409,
    'journey.same-owner': 409,
    'journey.out-of-order': 422,
  },
});

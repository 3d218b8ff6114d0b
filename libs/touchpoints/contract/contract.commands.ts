import type { Permission } from '@touchline/core';
import { ON_JOURNEY, onJourney, touchpoint } from '../declare.js';
import { contractDecider } from './contract.decider.js';
import { cancellationNoted, contractEvents, contractNoted, contractOfHistory } from './contract.events.js';

const COMMON = {
  tag: 'contracts',
  /** Sales, and the dealer management system that holds the orders (domain §1.1). */
  who: { roles: ['consultant', 'manager', 'service'], scope: 'site' } satisfies Permission,
  taken: true,
  stated: { channel: 'showroom', direction: 'in' },
  decider: contractDecider,
} as const;

const contractCommands = [
  onJourney({
    ...COMMON,
    name: 'contract-signed',
    operation: 'Contract_signed',
    path: 'contracts/signed',
    summary: 'Record a contract or order signed (签约), with its payment schedule',
    formName: 'ContractSignedDto',
    fields: contractNoted,
    history: contractOfHistory,
    command: (act, contract) => ({ ...act, act: 'sign' as const, contract }),
    refusals: [
      ...ON_JOURNEY,
      'contract.price-invalid',
      'contract.schedule-invalid',
      'contract.quote-unknown',
      'contract.quote-withdrawn',
      'contract.quote-superseded',
      'contract.already-signed',
      'contract.out-of-order',
    ],
  }),
  onJourney({
    ...COMMON,
    name: 'contract-cancelled',
    operation: 'Contract_cancelled',
    path: 'contracts/cancelled',
    summary: 'Cancel the contract that stands, with its handover',
    formName: 'ContractCancelledDto',
    fields: cancellationNoted,
    command: (act, cancellation) => ({ ...act, act: 'cancel' as const, cancellation }),
    refusals: [...ON_JOURNEY, 'contract.none-stands', 'contract.out-of-order'],
  }),
];

export const contract = touchpoint({
  name: 'contract',
  tags: { contracts: 'contracts signed and cancelled' },
  events: contractEvents,
  commands: contractCommands,
  refusals: {
    'contract.price-invalid': 422,
    'contract.schedule-invalid': 422,
    'contract.quote-unknown': 422,
    'contract.quote-withdrawn': 409,
    'contract.quote-superseded': 409,
    'contract.already-signed': 409,
    'contract.none-stands': 409,
    'contract.out-of-order': 422,
  },
});

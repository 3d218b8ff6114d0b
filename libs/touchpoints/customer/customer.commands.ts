import type { Permission } from '@touchline/core';
import { choice, flag, form, id, instant, objects, slug, text } from '@touchline/core';
import { CORRECTING, MAY_RECORD, onCustomer, onIdentity, touchpoint } from '../declare.js';
import { customerDecider } from './customer.decider.js';
import {
  CUSTOMER_KINDS,
  REMOVAL_REASONS,
  consentNoted,
  customerEvents,
  detailsNoted,
  erasureNoted,
  personNoted,
} from './customer.events.js';
import { erasureEvents } from './erasure.events.js';
import { erasureUnfinished } from './erasure.timers.js';
import { IDENTIFIER_KINDS, identifierEvents } from './identifier.events.js';
import { questionDecider } from './question.decider.js';
import { ANSWERS, questionEvents } from './question.events.js';

const FORM = ['phone.invalid', 'phone.extension', 'email.invalid', 'wechat.invalid', 'member-number.invalid'] as const;
const ON_CUSTOMER = ['customer.unknown', 'customer.erased'] as const;
const COMMON = { tag: 'customers', who: MAY_RECORD } as const;
const params = form('CustomerPath', { customerId: id() });

const occurredAt = instant({ optional: true, description: 'when the customer said so; now when absent' });
const share = flag({ optional: true, description: 'others may have the same identifiers, and keep them (families)' });
const identifierType = choice(IDENTIFIER_KINDS);
const identifier = form('IdentifierDto', {
  identifierType,
  value: text({ max: 254, description: 'as typed; telephone numbers without a country code are Chinese', example: '138 0000 1111' }),
});
const consentForm = {
  occurredAt,
  ...consentNoted,
  corrects: id({ optional: true, description: 'event of this kind that the request replaces (a correction)' }),
};

const customerCommands = [
  onIdentity({
    ...COMMON,
    act: 'register',
    name: 'customer-registered',
    operation: 'Customer_register',
    path: 'customers',
    summary: 'Register a customer with what they are found by',
    formName: 'RegisterCustomerDto',
    fields: {
      occurredAt,
      siteId: slug({ description: 'where they were met', example: 'pudong' }),
      customerType: choice(CUSTOMER_KINDS, { optional: true, description: 'a person when absent' }),
      ...personNoted,
      identifiers: objects(identifier, { optional: true, maxItems: 20 }),
      share,
    },
    refusals: ['site.unknown', 'site.closed', 'customer.nameless', 'word.unknown', 'identifier.held', ...FORM],
  }),
  onCustomer({
    ...COMMON,
    params,
    name: 'customer-details-changed',
    operation: 'Customer_changeDetails',
    path: 'customers/:customerId/details',
    summary: 'Change what is kept of a customer; null takes a detail back',
    formName: 'ChangeDetailsDto',
    input: {
      occurredAt,
      ...detailsNoted,
      corrects: id({ optional: true, description: 'change of details that the request replaces (a correction)' }),
    },
    fields: detailsNoted,
    decider: customerDecider,
    command: (act, changes) => ({ kind: 'change-details' as const, ...act, changes }),
    refusals: ['customer.nothing-to-change', ...ON_CUSTOMER, ...CORRECTING],
  }),
  onIdentity({
    ...COMMON,
    params,
    act: 'add-identifiers',
    name: 'customer-identified',
    operation: 'Customer_addIdentifiers',
    path: 'customers/:customerId/identifiers',
    summary: 'Add what a customer is found by; what they have already changes nothing',
    formName: 'AddIdentifiersDto',
    fields: { occurredAt, identifiers: objects(identifier, { minItems: 1, maxItems: 20 }), share },
    refusals: ['identifier.held', ...ON_CUSTOMER, ...FORM],
  }),
  onIdentity({
    ...COMMON,
    params,
    act: 'remove-identifier',
    name: 'customer-identifier-removed',
    operation: 'Customer_removeIdentifier',
    path: 'customers/:customerId/identifiers/removals',
    summary: 'Take an identifier from a customer; it is free for the next',
    formName: 'RemoveIdentifierDto',
    fields: {
      occurredAt,
      identifierType,
      value: text({ max: 254, example: '138 0000 1111' }),
      reason: choice(REMOVAL_REASONS, { description: 'the customer has another one, it was never theirs, or they asked for it' }),
    },
    refusals: ['customer.identifier-unknown', ...ON_CUSTOMER, ...FORM],
  }),
  onCustomer({
    ...COMMON,
    params,
    name: 'consent-given',
    operation: 'Customer_giveConsent',
    path: 'customers/:customerId/consents',
    summary: 'Record a consent',
    formName: 'ConsentDto',
    input: consentForm,
    fields: consentNoted,
    decider: customerDecider,
    command: (act, consent) => ({ kind: 'give-consent' as const, ...act, consent }),
    refusals: ['consent.already-given', ...ON_CUSTOMER, ...CORRECTING],
  }),
  onCustomer({
    ...COMMON,
    params,
    name: 'consent-withdrawn',
    operation: 'Customer_withdrawConsent',
    path: 'customers/:customerId/consents/withdrawals',
    summary: 'Record that a consent is withdrawn',
    formName: 'ConsentDto',
    input: consentForm,
    fields: consentNoted,
    decider: customerDecider,
    command: (act, consent) => ({ kind: 'withdraw-consent' as const, ...act, consent }),
    refusals: ['consent.not-given', ...ON_CUSTOMER, ...CORRECTING],
  }),
  onCustomer({
    tag: 'customers',
    who: {
      roles: ['manager', 'service-manager'],
      scope: 'site',
      why: 'those who answer for a site settle who its customers are',
    } satisfies Permission,
    params,
    name: 'identity-settled',
    operation: 'Question_settle',
    path: 'customers/:customerId/settlements',
    summary: 'Settle who somebody was; nothing that is recorded moves',
    formName: 'SettlementDto',
    fields: {
      questionId: id({ description: 'as GET /identity-questions lists it' }),
      answer: choice(Object.values(ANSWERS).flat(), {
        description:
          'other-name: same-person, family, wrong-number · known-elsewhere: share (that site may act on this customer), keep-apart',
      }),
      note: text({ optional: true, max: 4000, description: 'why; kept sealed' }),
    },
    decider: questionDecider,
    command: ({ customerId }, settled) => ({ kind: 'settle' as const, customerId, ...settled }),
    refusals: ['customer.unknown', 'question.unknown', 'question.settled', 'question.other-answers'],
  }),
  onIdentity({ act: 'erase', name: 'customer-erased', fields: erasureNoted, refusals: ['customer.unknown'] }),
  // Sent by its timer alone.
  onIdentity({ act: 'finish-erasure', name: 'erasure-completed', fields: {}, refusals: ['customer.unknown'] }),
];

export const customer = touchpoint({
  name: 'customer',
  tags: { customers: 'people and organisations: details, identifiers, consents, status, erasure' },
  events: [...customerEvents, ...identifierEvents, ...questionEvents, ...erasureEvents],
  commands: customerCommands,
  timers: [erasureUnfinished],
  refusals: {
    'customer.already-registered': 409,
    'customer.unknown': 404,
    'customer.erased': 409,
    'customer.nameless': 422,
    'customer.nothing-to-change': 422,
    'customer.identifier-unknown': 404,
    'consent.already-given': 409,
    'consent.not-given': 409,
    'question.unknown': 404,
    'question.settled': 409,
    'question.other-answers': 422,
    'phone.invalid': 422,
    'phone.extension': 422,
    'email.invalid': 422,
    'wechat.invalid': 422,
    'member-number.invalid': 422,
    'identifier.held': 409,
    'identifier.shared': 409,
    'identifier.different-holders': 409,
  },
});

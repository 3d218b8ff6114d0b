import type { DataOf, EventDefinition } from '@touchline/core';
import { always, defineEvent, flag, form, instant, integer, money, objects, optional, text } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { SEALED_FURTHER, touchpointFields } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the contract closes (domain §4.5). Stored shapes: never edit, only upcast.
// The fold of what stands is in ../journey/dealings.fold.ts.

export const instalment = form('InstalmentDto', {
  dueAt: instant({ description: 'by when it is to be paid', told: true, label: ['应付时间', 'due at'] }),
  amount: money({ told: true, label: ['金额(分)', 'amount in minor units'] }),
});

export type Instalment = DataOf<typeof instalment.fields>;

/** `product` is sealed, since a register leads from it to its owner. */
export const contractNoted = {
  price: money({ told: true, label: ['价格', 'price'] }),
  onQuote: integer({
    optional: true,
    min: 1,
    max: 10_000,
    description: 'version of the quote it was signed on',
    example: 2,
    told: true,
    label: ['报价版本', 'on quote'],
  }),
  paymentSchedule: objects(instalment, {
    optional: true,
    maxItems: 400,
    description: 'in the currency of the price',
    told: true,
    label: ['付款计划', 'payment schedule'],
  }),
  product: text({
    optional: true,
    sealed: true,
    description: 'the home or vehicle sold: unit number, VIN or order number',
    example: '3-1502',
    label: ['产品', 'product'],
  }),
  termsExplained: flag({ optional: true, told: true, label: ['条款说明', 'terms explained'] }),
  serviceCentreIntroduced: flag({ optional: true, told: true, label: ['介绍服务中心', 'service centre introduced'] }),
};

/** Without a price only where an imported source states none: the sale stands, its value is unknown. */
export const contractOfHistory = { ...contractNoted, price: optional(contractNoted.price) };
export type ContractTerms = TouchpointData & DataOf<typeof contractOfHistory>;

const signedFields = {
  ...touchpointFields,
  /** A cancellation names it. */
  number: integer({ told: 'counts the contracts of the journey, from 1', label: ['编号', 'number'] }),
  ...contractOfHistory,
  /** All up to it are settled, and a cancellation revives none of them. */
  settledQuote: integer({ told: 'newest quote, 0 for none', label: ['确认的报价', 'quote settled'] }),
};
export type ContractSigned = DataOf<typeof signedFields>;

export const cancellationNoted = {
  reason: text({
    sealed: true,
    description: 'as the boards count it; what names a person belongs into the note',
    example: 'loan refused',
    label: ['理由', 'reason'],
  }),
};
const cancellationFields = { ...touchpointFields, ...cancellationNoted };
export type ContractCancellation = DataOf<typeof cancellationFields>;

/** Takes back the contract with its handover (domain §2.2); `number` is absent only where an imported source cancels one it never signed. */
const cancelledFields = { ...cancellationFields, number: integer({ optional: true, told: true, label: ['编号', 'number'] }) };
export type ContractCancelled = DataOf<typeof cancelledFields>;

export type ContractEvent = { type: 'contract-signed'; data: ContractSigned } | { type: 'contract-cancelled'; data: ContractCancelled };

export const contractEvents: EventDefinition[] = [
  defineEvent({
    type: 'contract-signed',
    version: 3,
    // From 2 to 3: a price may be lacking; where one was stored it stays.
    upcasters: { ...SEALED_FURTHER, 2: (data) => data },
    touchpoint: true,
    reaches: always,
    label: ['签约', 'Contract signed'],
    message: { summary: 'A contract was signed' },
    fields: signedFields,
  }),
  defineEvent({
    type: 'contract-cancelled',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    reaches: always,
    label: ['解约', 'Contract cancelled'],
    message: { summary: 'A contract, with its handover, was cancelled' },
    fields: cancelledFields,
  }),
];

import type { DataOf, EventDefinition } from '@touchline/core';
import { always, defineEvent, instant, integer, money, text, texts } from '@touchline/core';
import type { TouchpointData } from '../touchpoint.events.js';
import { AS_TOLD_UNTIL, SEALED_FURTHER, touchpointFields } from '../touchpoint.events.js';

// Category `journey`, stream of the journey the quote is for (domain §3.2, §4.5). Stored shapes: never edit, only upcast.
// The fold of what stands is in ../journey/dealings.fold.ts: contracts settle quotes and cancellations end both.

/** What is offered. `promises` are given on top: each is to be fulfilled or released by delivery. */
export const quoteNoted = {
  price: money({ told: true, label: ['价格', 'price'] }),
  discount: money({
    optional: true,
    description: 'given on the list price; in the currency of the price',
    told: true,
    label: ['优惠', 'discount'],
  }),
  product: text({ optional: true, max: 200, words: 'product', example: '凯旋 1.5T', told: true, label: ['产品', 'product'] }),
  items: texts({
    optional: true,
    sealed: true,
    description: 'what is offered for the price; kept sealed',
    example: ['registration'],
    label: ['报价内容', 'items'],
  }),
  promises: texts({
    optional: true,
    sealed: true,
    description: 'promised on top; each to be fulfilled or released by delivery; kept sealed',
    example: ['floor mats'],
    label: ['承诺', 'promises'],
  }),
  validUntil: instant({
    optional: true,
    description: 'last instant at which the offer holds',
    told: true,
    label: ['有效期至', 'valid until'],
  }),
};
export type QuoteTerms = TouchpointData & DataOf<typeof quoteNoted>;

/** One version of the offer; every version is kept. Versions count up over the whole journey, from 1, and none is used twice. */
const versionFields = {
  ...touchpointFields,
  version: integer({ told: 'counts the quotes of the journey, from 1', label: ['版本', 'version'] }),
  ...quoteNoted,
};
export type QuoteVersion = DataOf<typeof versionFields>;

export const withdrawalNoted = {
  reason: text({
    optional: true,
    sealed: true,
    description: 'why; kept sealed',
    example: 'model sold out',
    label: ['理由', 'reason'],
  }),
};
const withdrawalFields = { ...touchpointFields, ...withdrawalNoted };
export type QuoteWithdrawal = DataOf<typeof withdrawalFields>;

/**
 * Takes back the version named and every older one: a withdrawal revives nothing (domain §2.2). `version` is absent only where
 * an imported source withdraws a quote it never issued.
 */
const withdrawnFields = { ...withdrawalFields, version: integer({ optional: true, told: true, label: ['版本', 'version'] }) };
export type QuoteWithdrawn = DataOf<typeof withdrawnFields>;

export type QuoteEvent =
  | { type: 'quote-issued'; data: QuoteVersion }
  | { type: 'quote-revised'; data: QuoteVersion }
  | { type: 'quote-withdrawn'; data: QuoteWithdrawn };

/** A version of the offer is stored alike whether it is the first or a further one. */
const OFFERED = {
  version: 3,
  upcasters: { ...SEALED_FURTHER, ...AS_TOLD_UNTIL(2) },
  touchpoint: true,
  reaches: always,
  fields: versionFields,
} as const satisfies Omit<EventDefinition, 'type'>;

export const quoteEvents: EventDefinition[] = [
  defineEvent({
    type: 'quote-issued',
    ...OFFERED,
    label: ['报价', 'Quote issued'],
    message: { version: 2, summary: 'A quote was given' },
  }),
  defineEvent({
    type: 'quote-revised',
    ...OFFERED,
    label: ['修改报价', 'Quote revised'],
    message: { version: 2, summary: 'A quote was replaced by a further version' },
  }),
  defineEvent({
    type: 'quote-withdrawn',
    version: 2,
    upcasters: SEALED_FURTHER,
    touchpoint: true,
    reaches: always,
    label: ['撤回报价', 'Quote withdrawn'],
    message: { summary: 'A quote, with every older version, was taken back' },
    fields: withdrawnFields,
  }),
];

import { MOST_MONEY } from '@touchline/core';
import type { JsonObject, Rejection, Upcaster } from '@touchline/core';

export const CHANNELS = [
  'phone',
  'showroom',
  'site',
  'web',
  'wechat',
  'sms',
  'mail',
  'forum',
  'hotline',
  'regulator',
  'media',
  'other',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** What every contact or service act states (domain §4.1); its ids, time and source stand in the metadata. */
export interface TouchpointData extends JsonObject {
  channel: Channel;
  direction: 'in' | 'out';
  /** User id of the person responsible. */
  responsibleId: string;
  /** Free text, sealed: it may name people. */
  note?: string;
}

/** From version 1 to 2: a text that was kept in clear is sealed from then on; what was stored before stays as it is. */
export const SEALED_FURTHER: Readonly<Record<1, Upcaster>> = { 1: (data) => data };

/** Texts that are words of the group's from the version after; what was stored until then reads as it was told. */
export const AS_TOLD_UNTIL = <Version extends number>(version: Version): Readonly<Record<number, Upcaster>> => ({
  [version]: (data) => data,
});

/** Money in integer minor units and an ISO 4217 currency (ADR 0026). */
export interface Money extends JsonObject {
  amount: number;
  currency: string;
}

/** A sum that can be asked for: whole minor units above zero, in a currency. */
export const isPrice = (money: Money): boolean =>
  Number.isSafeInteger(money.amount) && money.amount > 0 && money.amount <= MOST_MONEY && /^[A-Z]{3}$/.test(money.currency);

/** A value that cannot be: refused in imported history too (ADR 0010). */
export const formFault = <Code extends string>(code: Code, detail: string, field: string): Rejection<Code> => ({
  code,
  kind: 'form',
  detail,
  field,
});

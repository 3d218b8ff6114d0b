import type { Money, Rejection } from '@touchline/core';
import { MOST_MONEY } from '@touchline/core';

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

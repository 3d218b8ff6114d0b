import type { JsonObject } from './json.js';

/** Money in integer minor units and an ISO 4217 currency (ADR 0026). */
export interface Money extends JsonObject {
  amount: number;
  currency: string;
}

/** Largest amount in minor units: some nine thousand of it still add up without a rounding. */
export const MOST_MONEY = 1_000_000_000_000;

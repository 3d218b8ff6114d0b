/** Largest amount in minor units: some nine thousand of it still add up without a rounding. */
export const MOST_MONEY = 1_000_000_000_000;

/** How waiting times grow between tries. */
export interface BackOffBounds {
  /** After the first failure, ms. */
  firstMs: number;
  longestMs: number;
  /** Part of each that chance decides, so that those who failed together do not return together: 0, the default, to 1. */
  jitter?: number;
}

/**
 * How long to wait before the next try, ms: doubled with each further failure in a row, up to the bound.
 * `failures`: before the last one, so 0 after the first; `chance`: from 0 to below 1.
 */
export function backOffMs(failures: number, { firstMs, longestMs, jitter = 0 }: BackOffBounds, chance = 0): number {
  const longest = Math.min(firstMs * 2 ** failures, longestMs);
  return longest * (1 - jitter) + longest * jitter * chance;
}

const FIRST_MS = 50;
const LONGEST_MS = 10_000;

/** How long to wait before the next attempt, `failures` having failed in a row: doubling up to 10 s, of which a random half, so that readers do not return in step. */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/**
 * How much the tests that repeat something do, in percent: one setting for every suite that kills, races or draws by chance.
 * `npm test` tries every kind of fault a few times; `npm run certify` does all of it.
 */
const EFFORT = Number(process.env['TEST_EFFORT'] ?? 20);
if (!(EFFORT > 0 && EFFORT <= 100)) throw new Error(`TEST_EFFORT is a percentage above 0: ${EFFORT}`);

/** So many of `full` as the effort asks for, but never fewer than try each kind of place a few times. */
export function effort(full: number, atLeast: number, percent = EFFORT): number {
  return Math.min(full, Math.max(atLeast, Math.ceil((full * percent) / 100)));
}

/** The number that this run's chance comes from: given again as TOUCHLINE_SEED, the same happens again. */
export function seedOf(suite: string): number {
  const seed = Number(process.env['TOUCHLINE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`\n${suite}: seed ${seed} (give it again as TOUCHLINE_SEED)\n`);
  return seed;
}

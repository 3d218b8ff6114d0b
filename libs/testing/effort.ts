/**
 * How much the tests that repeat something do, in percent of the way from few to all: one setting for every suite that kills, races
 * or draws by chance. `npm test` tries every kind of fault a few times; `npm run certify` does all of it.
 */
const EFFORT = Number(process.env['TEST_EFFORT'] ?? 0);
if (!(EFFORT >= 0 && EFFORT <= 100)) throw new Error(`TEST_EFFORT is a percentage: ${EFFORT}`);

/** Everything is tried, as for a certificate. */
export const IS_WHOLE = EFFORT === 100;

/** How many there are of something: `few` try each kind of place a few times, `all` is what a certificate rests on. */
export function effort(all: number, few: number, percent = EFFORT): number {
  return Math.round(few + ((all - few) * percent) / 100);
}

/** The number that this run's chance comes from: given again as TOUCHLINE_SEED, the same happens again. */
export function seedOf(suite: string): number {
  const seed = Number(process.env['TOUCHLINE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  process.stdout.write(`\n${suite}: seed ${seed} (give it again as TOUCHLINE_SEED)\n`);
  return seed;
}

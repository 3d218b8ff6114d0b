import type { Figure, Goal } from './benchmark.js';

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between two values where it falls between them. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined) throw new Error('there are no values');
  return below + (above - below) * (place - Math.floor(place));
}

/** Round by round, each against its neighbour in time. */
export const ratiosOf = ({ measured, against }: Figure): number[] =>
  against === undefined ? [] : measured.map((value, round) => value / (against.values[round] ?? median(against.values)));

/** What is held against the goal. */
export const resultOf = (figure: Figure, goal: Goal): number => median(goal.kind === 'at-most' ? figure.measured : ratiosOf(figure));

export function isReached(figure: Figure, goal: Goal): boolean {
  const result = resultOf(figure, goal);
  return goal.kind === 'ratio-at-least' ? result >= goal.value : result <= goal.value;
}

/** Runs the sides of each round one after the other, the other way about in every second round. */
export async function inRounds<Side extends string, T>(
  rounds: number,
  sides: Readonly<Record<Side, (round: number) => Promise<T>>>,
): Promise<Record<Side, T[]>> {
  const names = Object.keys(sides) as Side[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Side, T[]>;
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : [...names].reverse()) results[name].push(await sides[name](round));
  return results;
}
